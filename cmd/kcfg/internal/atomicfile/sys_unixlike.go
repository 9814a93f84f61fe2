//go:build unix && !linux

package atomicfile

import "os"

func beginWriting(*os.File) {}

func mounted(*dir, string) bool { return false }

func copyAttributes(_, _ *os.File) (lost []string) { return nil }
