package zkcfg

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/properties"
)

func (m mutant) root() fstest.MapFS {
	files := map[string]string{"@DIR@/zoo.cfg": m.cfg}
	for name, content := range m.files {
		files["@DIR@/"+name] = content
	}
	return machine(files)
}

func (m mutant) reference() reference.ZooKeeperCase {
	c := reference.ZooKeeperCase{Files: map[string]string{"zoo.cfg": m.cfg}, Config: "zoo.cfg", Properties: m.properties}
	for name, content := range m.files {
		c.Files[name] = content
	}
	return c
}

// facts brings our configuration into the words of QuorumPeerConfig's fields.
func facts(c *Config) map[string]string {
	f := map[string]string{}
	for _, p := range c.problems {
		if p.step < stepStart && p.exit != 0 {
			f["exit"] = strconv.Itoa(c.ExitStatus)
			return f
		}
	}
	put := func(key string, v any) { f[key] = fmt.Sprint(v) }
	put("distributed", c.Mode == Distributed)
	put("serverId", c.ID)
	put("peerType", strings.ToUpper(string(c.PeerType)))
	put("tickTime", c.TickTime)
	put("initLimit", c.InitLimit)
	put("syncLimit", c.SyncLimit)
	put("minSessionTimeout", c.MinSessionTimeout)
	put("maxSessionTimeout", c.MaxSessionTimeout)
	put("maxClientCnxns", c.MaxClientCnxns)
	put("electionAlg", c.ElectionAlg)
	put("snapRetainCount", c.SnapRetainCount)
	put("purgeInterval", c.PurgeInterval)
	put("dataDir", javaPath(c.DataDir))
	put("dataLogDir", javaPath(c.DataLogDir))
	if !c.d.verifier {
		put("dataDir", c.DataDir)
		put("dataLogDir", c.DataLogDir)
	}
	if c.Client != nil {
		put("clientPortAddress", addressOf(*c.Client))
	}
	if c.Secure != nil {
		put("secureClientPortAddress", addressOf(*c.Secure))
	}
	if c.d.pipes {
		put("observerMasterPort", c.ObserverMasterPort)
	}
	for _, s := range c.Servers {
		prefix := fmt.Sprintf("server %d ", s.ID)
		if !c.d.verifier && c.Mode == Standalone {
			continue
		}
		put(prefix+"type", strings.ToUpper(string(s.Role)))
		put(prefix+"addr", addressesOf(s.Quorum))
		put(prefix+"electionAddr", addressesOf(s.Election))
		if s.Client != nil {
			put(prefix+"clientAddr", addressOf(*s.Client))
		}
	}
	for group, members := range c.Groups {
		for _, id := range members {
			put(fmt.Sprintf("group of %d", id), group)
		}
	}
	if len(c.Groups) > 0 {
		for id, w := range c.Weights {
			put(fmt.Sprintf("weight of %d", id), w)
		}
	}
	for key, value := range c.Properties {
		put("-D"+key, value)
	}
	return f
}

func addressOf(a Address) string {
	ip := "?"
	switch host := strings.ToLower(a.Host); {
	case a.IP.IsValid():
		ip = a.IP.WithZone("").String()
	case hosts[host] != "":
		ip = hosts[host] // Java's file of hosts knows upper and lower case apart, so both are in it
	}
	return fmt.Sprintf("%s:%d", ip, a.Port)
}

func addressesOf(all []Address) string {
	var s []string
	for _, a := range all {
		s = append(s, addressOf(a))
	}
	slices.Sort(s)
	return strings.Join(s, " ")
}

// said brings what the real class said into the same form.
func said(r reference.ZooKeeperFacts, c *Config) map[string]string {
	f := map[string]string{}
	if exit, ok := r["exit"]; ok {
		f["exit"] = exit
		return f
	}
	for key, value := range r {
		switch {
		case strings.HasPrefix(key, "-Dzookeeper."):
			f["-D"+strings.TrimPrefix(key, "-Dzookeeper.")] = value
		case key == "clientPortAddress", key == "secureClientPortAddress":
			f[key] = realAddresses(value)
		case strings.Contains(key, "allMembers[") || strings.HasPrefix(key, "servers["):
			_, rest, _ := strings.Cut(key, "[")
			id, field, _ := strings.Cut(rest, "].")
			if slices.Contains([]string{"type", "addr", "electionAddr", "clientAddr"}, field) && !strings.HasPrefix(key, "lastSeen") {
				f["server "+id+" "+field] = realAddresses(value)
			}
		case strings.Contains(key, "serverGroup[") && !strings.HasPrefix(key, "lastSeen"):
			_, id, _ := strings.Cut(strings.TrimSuffix(key, "]"), "[")
			f["group of "+id] = value
		case strings.Contains(key, "serverWeight[") && !strings.HasPrefix(key, "lastSeen"):
			_, id, _ := strings.Cut(strings.TrimSuffix(key, "]"), "[")
			f["weight of "+id] = value
		default:
			f[key] = value
		}
	}
	return f
}

func realAddresses(value string) string {
	if !strings.Contains(value, "|") {
		return value
	}
	var all []string
	for _, a := range strings.Split(value, " ") { // host names in the cases may hold blanks, which never resolve
		parts := strings.Split(a, "|")
		if len(parts) < 3 {
			continue
		}
		ip := parts[len(parts)-2]
		if strings.Contains(ip, ":") {
			if parsed, ok := parseIPv6(ip); ok {
				ip = parsed.WithZone("").String()
			}
		}
		all = append(all, ip+":"+parts[len(parts)-1])
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// differences compares the fields that we have.
func differences(c *Config, real reference.ZooKeeperFacts) []string {
	ours, theirs := facts(c), said(real, c)
	var all []string
	for key, want := range theirs {
		if !c.d.verifier && c.Mode == Standalone && hasPrefixAny(key, "group of", "weight of") {
			continue // read and forgotten
		}
		got, ok := ours[key]
		if !ok && !hasPrefixAny(key, "server ", "group of", "-D", "exit", "clientPortAddress", "secureClientPortAddress") {
			continue
		}
		// What a server leaves for itself, and the client address that the static file gives.
		if key == "-DauthProvider.x509" || strings.HasSuffix(key, " clientAddr") && !ok || strings.HasPrefix(key, "-DmultiAddress") {
			continue
		}
		if strings.HasPrefix(key, "server ") && strings.HasSuffix(key, "addr") && want == "" && got == "" {
			continue
		}
		if got != want {
			all = append(all, fmt.Sprintf("%s: we say %q, the server %q", key, got, want))
		}
	}
	for key, got := range ours {
		if _, ok := theirs[key]; !ok && !(got == "" && hasPrefixAny(key, "server ")) && !strings.HasPrefix(key, "weight of") {
			all = append(all, fmt.Sprintf("%s: we say %q, the server nothing", key, got))
		}
	}
	slices.Sort(all)
	return all
}

func hostsFile() string {
	var b strings.Builder
	for name, ip := range hosts {
		fmt.Fprintf(&b, "%s %s\n", ip, name)
	}
	return b.String()
}

// undeterminable reports whether the answer depends on which address a host name has, which is the machine's business.
func undeterminable(c *Config) bool {
	return slices.ContainsFunc(c.problems, func(p problem) bool { return p.exit == 0 })
}

func TestAgreesWithQuorumPeerConfig(t *testing.T) {
	reference.Require(t)
	count, seed := 1000, uint64(time.Now().UnixNano())
	releases := []string{"3.4.14", "3.5.7", "3.6.4", "3.8.7", "3.9.6"}
	if n, err := strconv.Atoi(os.Getenv("KCFG_CASES")); err == nil {
		count = n
	}
	if n, err := strconv.ParseUint(os.Getenv("KCFG_SEED"), 10, 64); err == nil {
		seed = n
	}
	if os.Getenv("KCFG_RELEASES") == "all" {
		releases = reference.ZooKeeperReleases
	}
	t.Logf("seed %d (KCFG_SEED), %d cases", seed, count)
	m := mutants{rand.New(rand.NewPCG(seed, 0))}
	cases := make([]mutant, count)
	asked := make([]reference.ZooKeeperCase, count)
	for i := range cases {
		cases[i] = m.next()
		asked[i] = cases[i].reference()
	}
	for _, release := range releases {
		answers := reference.JudgeZooKeeper(t, release, hostsFile(), asked)
		compare(t, Release(release), cases, answers)
	}
}

func compare(t *testing.T, release Release, cases []mutant, answers []reference.ZooKeeperFacts) {
	t.Helper()
	accepted, wrong := 0, 0
	for i, c := range cases {
		f, err := properties.Parse("/d/zoo.cfg", []byte(expand(c.cfg)))
		require.NoError(t, err)
		config, err := Resolve(f, Options{Release: release, Root: c.root(), ClassesExact: true, Properties: c.properties})
		require.NoError(t, err)
		for key, value := range answers[i] {
			answers[i][key] = expand(value)
		}
		if _, ok := answers[i]["accepts"]; ok {
			accepted++
		}
		if undeterminable(config) {
			continue
		}
		if d := differences(config, answers[i]); len(d) > 0 {
			if wrong++; wrong <= 15 {
				t.Errorf("%s, case %d:\n%s\n--- zoo.cfg\n%s\n--- %q %v\n%s", release, i, strings.Join(d, "\n"), c.cfg, c.files, c.properties, answers[i]["exceptions"])
			}
		}
	}
	t.Logf("%s: %d accepted, %d refused, %d disagreements", release, accepted, len(cases)-accepted, wrong)
	require.Greater(t, accepted, len(cases)/10, "hardly anything is accepted: the cases are no test")
	require.Less(t, accepted, len(cases)*9/10)
}
