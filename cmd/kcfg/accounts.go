package main

import (
	"os"
	"os/user"
	"strconv"
	"strings"
	"sync"
)

func userName(id int) string {
	if id < 0 {
		return ""
	}
	if name, ok := localName(passwd(), id); ok {
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
	if name, ok := localName(group(), id); ok {
		return name
	}
	if g, err := user.LookupGroupId(strconv.Itoa(id)); err == nil {
		return g.Name
	}
	return strconv.Itoa(id)
}

// The system's own files of accounts, read once; empty where there are none.
var (
	passwd = sync.OnceValue(func() string { return textOf("/etc/passwd") })
	group  = sync.OnceValue(func() string { return textOf("/etc/group") })
)

func textOf(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}

// localNames returns the names of the accounts in one of the system's own files.
func localNames(accounts string) []string {
	var names []string
	for line := range strings.Lines(accounts) {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name != "" && name[0] != '#' && name[0] != '+' {
			names = append(names, name)
		}
	}
	return names
}

// localName looks an account up in one of the system's own files. Only for accounts that are not in it is the system asked:
// loading its name services takes as long as making a store.
func localName(accounts string, id int) (name string, ok bool) {
	number := strconv.Itoa(id)
	for line := range strings.Lines(accounts) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 4) // NAME:PASSWORD:ID
		if len(fields) >= 3 && fields[2] == number && fields[0] != "" && fields[0][0] != '#' {
			return fields[0], true
		}
	}
	return "", false
}
