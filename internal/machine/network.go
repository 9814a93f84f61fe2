package machine

import (
	"encoding/hex"
	"io"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// read returns a file that may not be there, and that may say it is empty, as those below proc do.
func read(root fs.FS, name string) []byte {
	f, err := root.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTable))
	if err != nil {
		return nil
	}
	return data
}

// PortsInUse returns the TCP ports at which a process listens now, as far as proc tells.
func PortsInUse(root fs.FS) []int {
	var ports []int
	for _, name := range []string{"proc/net/tcp", "proc/net/tcp6"} {
		for line := range strings.Lines(string(read(root, name))) {
			const listening = "0A"
			fields := strings.Fields(line)
			if len(fields) < 4 || fields[3] != listening {
				continue
			}
			if _, digits, ok := strings.Cut(fields[1], ":"); ok {
				if port, err := strconv.ParseUint(digits, 16, 16); err == nil {
					ports = append(ports, int(port))
				}
			}
		}
	}
	return ports
}

// Addresses returns the addresses of the machine; none means that they are not known.
func Addresses(root fs.FS) []netip.Addr {
	var all []netip.Addr
	last := ""
	for line := range strings.Lines(string(read(root, "proc/net/fib_trie"))) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "|--" {
			last = fields[1]
		} else if strings.Contains(line, "host LOCAL") {
			if a, err := netip.ParseAddr(last); err == nil {
				all = append(all, a)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	for line := range strings.Lines(string(read(root, "proc/net/if_inet6"))) {
		digits, _, _ := strings.Cut(line, " ")
		if b, err := hex.DecodeString(digits); err == nil {
			if a, ok := netip.AddrFromSlice(b); ok && a.Is6() {
				all = append(all, a)
			}
		}
	}
	return all
}

// Foreign reports whether an address is certainly none of the machine's, so that no process can listen at it.
func Foreign(addresses []netip.Addr, a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	return a.IsValid() && len(addresses) > 0 && !a.IsUnspecified() && !a.IsLoopback() && !slices.Contains(addresses, a)
}

// Privileged is the first port that every account may listen at.
const Privileged = 1024
