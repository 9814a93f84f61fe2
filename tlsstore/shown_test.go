package tlsstore

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSecretsNeverShown plants a marker in every secret and prints everything in every way.
func TestSecretsNeverShown(t *testing.T) {
	const marker = "S3CR3T-marker"
	id := fixture(t, "p256")
	pw := NewPassword([]byte(marker))
	e := Entry{Alias: "a", Kind: KindKey, Created: testTime, Key: id.key, Chain: id.chain}
	s := &Store{Format: PKCS12, Entries: []Entry{e}}
	data, err := Encode(s, pw, EncodeOptions{Iterations: 1})
	require.NoError(t, err)
	back, err := Decode(data, pw, DecodeOptions{KeyPasswords: []Password{pw}})
	require.NoError(t, err)
	back.Hidden = append(back.Hidden, Hidden{Kind: HiddenKey, Why: "plain", raw: append([]byte(marker), id.key...)})
	require.NoError(t, back.SetKeyPassword("a", pw))
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	text := slog.New(slog.NewTextHandler(&out, nil))
	type wrapper struct {
		Exported any
		hidden   Password
		Store    Store
	}
	for _, v := range []any{pw, &pw, e, &e, *back, back, back.Entries, back.Hidden, back.Entries[0], wrapper{pw, pw, *back}, &wrapper{e, pw, *back},
		EncodeOptions{KeyPassword: pw}, DecodeOptions{KeyPasswords: []Password{pw}}, map[string]any{"x": *back, "pw": pw}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%c", "%U", "%b", "%t"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
		text.Info("x", "v", v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	_, err = Decode(data, NewPassword([]byte(marker+"x")), DecodeOptions{})
	fmt.Fprintln(&out, err)
	_, err = Encode(back, NewPassword([]byte(marker+"\r")), EncodeOptions{})
	fmt.Fprintln(&out, err)
	shown := out.String()
	for name, secret := range map[string][]byte{"password": []byte(marker), "key": id.key[20:60]} {
		for form, s := range map[string]string{
			"text": string(secret), "hex": hex.EncodeToString(secret), "upper hex": strings.ToUpper(hex.EncodeToString(secret)),
			"decimal": strings.Trim(fmt.Sprint(secret), "[]"), "quoted": strings.Trim(fmt.Sprintf("%q", secret), `"`),
			"octal": strings.Trim(fmt.Sprintf("%o", secret), "[]"), "hex list": strings.Trim(fmt.Sprintf("%#v", secret)[7:], "{}"),
		} {
			if i := strings.Index(shown, s); i >= 0 {
				t.Errorf("%s as %s: …%q", name, form, shown[max(0, i-100):i])
			}
		}
	}
}

// TestHostileNames: what comes from a file is escaped in messages and intact in JSON.
func TestHostileNames(t *testing.T) {
	id := fixture(t, "p256")
	names := []string{"a\x00b", "line\nbreak", "\x1b[31mred\x1b[0m", "\u202eabc", "tab\t", "\u2028x"}
	for _, format := range []Format{JKS, PKCS12} {
		s := &Store{Format: format}
		for _, n := range names {
			require.NoError(t, s.Add(TrustEntry(n, id.root, testTime)))
		}
		data, err := Encode(s, changeit, EncodeOptions{Iterations: 1})
		require.NoError(t, err)
		back, err := Decode(data, changeit, DecodeOptions{})
		require.NoError(t, err)
		var in struct{ Entries []struct{ Alias string } }
		b, err := json.Marshal(back.Inspect())
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &in))
		for _, n := range names {
			e, ok := back.Entry(n)
			require.True(t, ok)
			require.Equal(t, n, e.Alias)
			require.NotContains(t, fmt.Sprint(e), n)
			found := false
			for _, i := range in.Entries {
				found = found || i.Alias == n
			}
			require.True(t, found, "intact in JSON")
			err := back.Add(e)
			require.ErrorIs(t, err, ErrAliasExists)
			require.NotContains(t, err.Error(), n)
		}
	}
}
