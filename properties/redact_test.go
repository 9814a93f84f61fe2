package properties

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
)

func hidePasswords(e Entry) []Hidden {
	switch {
	case strings.HasSuffix(e.Key, "password"), e.Key == "key":
		return []Hidden{{From: 0, To: len(e.Value)}}
	case e.Key == "jaas":
		i := strings.Index(e.Value, "secret")
		return []Hidden{{From: i, To: i + 6}}
	}
	return nil
}

func TestExcerptHidesSecrets(t *testing.T) {
	f := parsed(t, "a=1\nü.password = S3CRETS3CRET \nkey=S3CRET\\n\\\n  S3CRET\\\n S3CRET\njaas=x p=\"secret\";\n"+
		"  #! b.password=S3CRET\n#S3CRET is fine here\npassword=\n")
	entry := func(key string) Entry { e, ok := f.Lookup(key); require.True(t, ok); return e }
	at := func(line, from, to int) finding.Position {
		return finding.Position{File: f.Name(), Line: line, Column: from, EndLine: line, EndColumn: to}
	}
	password := entry("Ã¼.password")
	for _, c := range []struct {
		name string
		pos  finding.Position
		want string // the underlined part in ‹›
	}{
		{"key", password.KeyPos(), "‹ü.password› = [hidden]"},
		{"value", password.ValuePos(), "ü.password = ‹[hidden]›"},
		{"part of a secret", password.ValueRange(3, 5), "ü.password = ‹[hidden]›"},
		{"end of a secret", password.ValueRange(12, 13), "ü.password = ‹[hidden]›"},
		{"folded, first line", entry("key").ValuePos(), "key=‹[hidden]\\›"},
		{"folded, second line", at(4, 3, 9), "  ‹[hidden]›\\"},
		{"folded, last line", at(5, 2, 8), " ‹[hidden]›"},
		{"before a secret", entry("jaas").ValueRange(0, 1), "jaas=‹x› p=\"[hidden]\";"},
		{"after a secret", entry("jaas").ValueRange(12, 13), "jaas=x p=\"[hidden]\"‹;›"},
		{"across a secret", entry("jaas").ValueRange(0, 13), "jaas=‹x p=\"[hidden]\";›"},
		{"commented out", at(7, 3, 5), "  ‹#!› b.password=[hidden]"},
		{"comment", at(8, 1, 2), "‹#›S3CRET is fine here"},
		{"empty secret", entry("password").ValuePos(), "password=‹›"},
		{"open", entry("a").ValuePos(), "a=‹1›"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, ok := f.Excerpt(c.pos, hidePasswords)
			require.True(t, ok)
			r := []rune(e.Text)
			got := string(r[:e.Start-1]) + "‹" + string(r[e.Start-1:e.End-1]) + "›" + string(r[e.End-1:])
			require.Equal(t, c.want, got)
		})
	}
	require.Equal(t, "a=1\nü.password = [hidden]\nkey=[hidden]\\\n  [hidden]\\\n [hidden]\njaas=x p=\"[hidden]\";\n"+
		"  #! b.password=[hidden]\n#S3CRET is fine here\npassword=\n", f.Redacted(hidePasswords))
	_, ok := f.Excerpt(at(99, 1, 2), nil)
	require.False(t, ok)
}

func FuzzRedact(f *testing.F) {
	f.Add("a=1\nkey=a\\\n b\\u00\\\nc\n#key=x\\", 2, 3)
	f.Fuzz(func(t *testing.T, src string, line, column int) {
		file, err := Parse("f", []byte(src))
		if err != nil {
			t.Skip()
		}
		hide := func(e Entry) []Hidden { return []Hidden{{0, len(e.Value), ""}} }
		file.Redacted(hide)
		e, ok := file.Excerpt(finding.Position{Line: line, Column: column, EndLine: line, EndColumn: column}, hide)
		if ok && (e.Start < 1 || e.End < 1 || e.Start > len(e.Text)+1) {
			t.Fatalf("%q: %+v", src, e)
		}
	})
}
