package main

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// paths lists the files to judge: the arguments, and what --files-from lists.
func (v *validation) paths(e *env, args []string) ([]string, error) {
	if v.filesFrom == "" {
		if len(args) == 0 {
			return nil, withHint(usagef("validate: a file is missing"), "usage: kcfg validate FILE...")
		}
		return args, stdinOnce(args)
	}
	in, name := e.Stdin, "standard input"
	if v.filesFrom == stdinArgument {
		if slices.Contains(args, stdinArgument) {
			return nil, stdinIsList()
		}
	} else {
		f, err := openNamed(v.filesFrom)
		if err != nil {
			return nil, pathError(err, v.filesFrom)
		}
		defer f.Close()
		in, name = f, v.filesFrom
	}
	const most = 64 << 20 // bytes of names; a million files
	list, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, pathError(err, name)
	}
	end := "\n"
	if bytes.IndexByte(list, 0) >= 0 { // as git ls-files -z and find -print0 part names, which may hold anything else
		end = "\x00"
	}
	for path := range strings.SplitSeq(string(list), end) {
		if end == "\n" {
			path = strings.TrimSuffix(path, "\r")
		}
		if path != "" {
			args = append(args, path)
		}
	}
	if v.filesFrom == stdinArgument && slices.Contains(args, stdinArgument) {
		return nil, stdinIsList()
	}
	return args, stdinOnce(args)
}

func stdinIsList() error { return usagef("standard input is either a file or the list of files") }

// stdinOnce refuses a second - among the files: it would be judged as an empty one.
func stdinOnce(paths []string) error {
	first := slices.Index(paths, stdinArgument)
	if first >= 0 && slices.Contains(paths[first+1:], stdinArgument) {
		return usagef("standard input is read once: only one of the files can be -")
	}
	return nil
}
