package kafkacfg

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/catalog"
)

// TestStoredKeys compares what is read of every record with what encoding/json reads.
func TestStoredKeys(t *testing.T) {
	plain, others := 0, 0
	for _, k := range kinds {
		h := history(k)
		for _, r := range h.Releases() {
			d := newStoredDecoder()
			for _, rec := range h.Fold(r) {
				want := &ConfigKey{Name: rec.Name, Kind: k}
				require.NoError(t, rec.Decode((*StoredKey)(want)))
				got, err := d.decode(rec, k)
				require.NoError(t, err)
				require.Equal(t, want, got, "%s %s", r, rec.JSON)
				isPlain := d.plain(rec.JSON, &ConfigKey{})
				require.Equal(t, !bytes.ContainsRune(rec.JSON, '\\'), isPlain, "%s", rec.JSON)
				if isPlain {
					plain++
				} else {
					others++
				}
			}
		}
	}
	require.Greater(t, plain, 1000)
	require.Greater(t, others, 0)
}

// Whatever is not as the files have it is left to encoding/json, which knows better.
func TestStoredKeysThatAreNotPlain(t *testing.T) {
	for _, line := range []string{
		``, `{`, `{}`, `{"add"`, `{"add":"a"`, `{"add":"a",`, `{"add":"a"},`, `{"add":"a","type":"INT","new":true}`, `{"add":"a", "type":"INT"}`,
		`{"add":"a","type":7}`, `{"add":"a","type":null}`, `{"add":"a","has_default":false}`, `{"add":"a","default":"\n"}`, `{"add":"a","synonyms":[]}`,
		`{"add":"a","synonyms":["a"`, `{"add":"a","synonyms":["a",]}`, `{"add":"a","valid":{"check":"range","min":1}}`, `{"add":"a","valid":{"check":"range"`,
		`{"add":"a","valid":{}}`, `{"add":"a","valid":null}`, `{"add":"a","valid":{"check":"all","all":[{"check":"non-null"}`, `{"add":"a","valid":{"new":true}}`,
	} {
		require.False(t, newStoredDecoder().plain([]byte(line), &ConfigKey{}), line)
	}
	rec, err := catalog.NewRecord("a", StoredKey{Type: String, Default: "\"", HasDefault: true, Importance: "LOW"})
	require.NoError(t, err)
	key, err := newStoredDecoder().decode(rec, Broker)
	require.NoError(t, err)
	require.Equal(t, &ConfigKey{Name: "a", Kind: Broker, Type: String, Default: "\"", HasDefault: true, Importance: "LOW"}, key)
}
