package main

import (
	"os"
	"os/user"
	"strconv"
	"strings"
)

func userName(id int) string {
	if id < 0 {
		return ""
	}
	if name, ok := localName("/etc/passwd", id); ok {
		return name
	}
	if u, err := user.LookupId(strconv.Itoa(id)); err == nil {
		return u.Username
	}
	return strconv.Itoa(id)
}

func groupName(id int) string {
	if id < 0 {
		return ""
	}
	if name, ok := localName("/etc/group", id); ok {
		return name
	}
	if g, err := user.LookupGroupId(strconv.Itoa(id)); err == nil {
		return g.Name
	}
	return strconv.Itoa(id)
}

// localName looks an account up in the system's own file. Only for accounts that are not in it is the system asked: loading
// its name services takes as long as making a store.
func localName(path string, id int) (name string, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", false
	}
	number := strconv.Itoa(id)
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 4) // NAME:PASSWORD:ID
		if len(fields) >= 3 && fields[2] == number && fields[0] != "" && fields[0][0] != '#' {
			return fields[0], true
		}
	}
	return "", false
}
