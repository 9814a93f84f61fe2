package secret

import (
	"bytes"
	"testing"
)

// FuzzReadLine holds that a password which is read has no line end and no NUL, and is the input less one line end.
func FuzzReadLine(f *testing.F) {
	for _, seed := range []string{"", "secret", "secret\n", "secret\r\n", "a\nb\n", "\r", "\x00", "ä\n\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := readLine(bytes.NewReader(data), "input")
		if err != nil {
			return
		}
		if bytes.ContainsAny(got, "\r\n\x00") {
			t.Errorf("%q gives %q", data, got)
		}
		if rest, ok := bytes.CutPrefix(data, got); !ok || len(rest) > 2 {
			t.Errorf("%q gives %q", data, got)
		}
	})
}
