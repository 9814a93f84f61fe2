package reference

import (
	"path/filepath"
	"runtime"
)

// sourceDir is this package's directory, in which its Java programs lie.
func sourceDir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}
