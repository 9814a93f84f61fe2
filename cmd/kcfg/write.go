package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
)

// writeFlags are the flags of every command that writes stores.
type writeFlags struct {
	owner, mode            string
	dryRun, force, inPlace bool
	output                 string
	setIn                  string // a properties file that is to name the stores
	listener               string // the listener whose stores they are; empty: all
	linesFor               string // whose file the printed lines are for; empty: server.properties

	parsedOwner *atomicfile.Owner
	parsedMode  fs.FileMode
}

func (w *writeFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.owner, "owner", "", "give the files to `USER[:GROUP]`")
	f.StringVar(&w.mode, "mode", "", "`MODE` of the files, such as 0640 (default: as before; else 0600 with a key, 0644 without)")
	f.BoolVar(&w.dryRun, "dry-run", false, "say what would be written, and write nothing")
	f.BoolVar(&w.force, "force", false, "replace what would be refused, and keep the old file as NAME.bak")
	f.BoolVar(&w.inPlace, "in-place", false, "overwrite instead of replacing: for bind-mounted files; not atomic")
	outputFlag(cmd, &w.output, outputText, outputJSON)
}

// parse checks owner and mode.
func (w *writeFlags) parse() error {
	if w.mode != "" {
		m, err := strconv.ParseUint(w.mode, 8, 32)
		if err != nil || m == 0 || m > 0o777 {
			return usagef("--mode %s: give permissions in octal, such as 0640", w.mode)
		}
		w.parsedMode = fs.FileMode(m)
	}
	if err := checkListener(w.listener); err != nil {
		return err
	}
	if w.owner != "" {
		o, err := parseOwner(w.owner)
		if err != nil {
			return usageError{err}
		}
		w.parsedOwner = &o
	}
	return nil
}

// openBatch prepares to write files, by replacing them or in place.
func openBatch(inPlace, readOnly bool, paths ...string) (*atomicfile.Batch, error) {
	if inPlace {
		return atomicfile.OpenInPlace(readOnly, paths...)
	}
	return atomicfile.Open(readOnly, paths...)
}

// parseOwner reads USER, USER:GROUP, USER: (with the user's own group) or :GROUP, by name or number.
func parseOwner(s string) (atomicfile.Owner, error) {
	o := atomicfile.Owner{UID: -1, GID: -1}
	name, group, hasGroup := strings.Cut(s, ":")
	if name == "" && group == "" {
		return o, fmt.Errorf("--owner %s names nobody: give USER[:GROUP]", s)
	}
	if name != "" {
		u, err := user.Lookup(name)
		if err != nil {
			u, err = user.LookupId(name)
		}
		switch id, ok := accountNumber(name); {
		case err == nil:
			o.UID, err = strconv.Atoi(u.Uid)
			if err != nil {
				return o, fmt.Errorf("--owner %s: owners have no numbers on this system", s)
			}
			if hasGroup && group == "" {
				o.GID, _ = strconv.Atoi(u.Gid)
			}
		case ok:
			o.UID = id
		default:
			return o, fmt.Errorf("--owner %s: no user %s on this machine", s, name)
		}
	}
	if group != "" {
		g, err := user.LookupGroup(group)
		if err != nil {
			g, err = user.LookupGroupId(group)
		}
		switch id, ok := accountNumber(group); {
		case err == nil:
			o.GID, _ = strconv.Atoi(g.Gid)
		case ok:
			o.GID = id
		default:
			return o, fmt.Errorf("--owner %s: no group %s on this machine", s, group)
		}
	}
	return o, nil
}

// accountNumber reads the number of a user or group. The highest one means "leave it" to the system.
func accountNumber(s string) (id int, ok bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil && n < math.MaxUint32
}

// fileAdvice adds to an error of the file system what to do about it.
func fileAdvice(err error, path string) error {
	var missing *atomicfile.MissingError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, atomicfile.ErrOwner):
		return withHint(err, "only root can give files away: run kcfg as root, or as that user")
	case errors.Is(err, atomicfile.ErrWorldWritable):
		return withHint(err, "chmod o-w the directory, or write elsewhere: anyone could exchange the file")
	case errors.Is(err, atomicfile.ErrForeignFile):
		return withHint(err, "remove it, write to a directory of your own, or say --owner")
	case errors.Is(err, atomicfile.ErrNotRegular):
		return withHint(err, "give the path of a file")
	case errors.As(err, &missing):
		dir := dirOf(missing.Path) // as it was given, unless a link leads elsewhere
		if absolute(dir) != missing.Dir {
			dir = missing.Dir
		}
		return withHint(err, "make the directory first, such as: mkdir -p -m 700 %s", dir)
	case errors.Is(err, fs.ErrNotExist):
		return withHint(err, "make the directory first, such as: mkdir -m 700 %s", dirOf(path))
	}
	return writingAdvice(err)
}

// writingAdvice is what to do about an error of the file system whatever is written.
func writingAdvice(err error) error {
	switch {
	case errors.Is(err, atomicfile.ErrMountPoint):
		return withHint(err, "--in-place overwrites it; that is not atomic")
	case errors.Is(err, atomicfile.ErrForeignLink):
		return withHint(err, "name the file itself: a link is followed only if root or you own it")
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "run kcfg as a user who may write there")
	case errors.Is(err, syscall.ENOSPC):
		return withHint(err, "make room, and run kcfg again")
	}
	return err
}

func dirOf(path string) string {
	if i := strings.LastIndexByte(path, os.PathSeparator); i > 0 {
		return path[:i]
	}
	return "."
}
