package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/tlsstore"
)

// TestInspectionsArePrintedAsTheyMarshal: what is printed piece by piece is the document that the library's type marshals to.
func TestInspectionsArePrintedAsTheyMarshal(t *testing.T) {
	names, err := filepath.Glob("../../tlsstore/testdata/stores/*")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	all := []*tlsstore.Inspection{tlsstore.InspectFailure([]byte("x"), tlsstore.ErrFormat)}
	shown := []*inspection{{Inspection: all[0]}}
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, password := range []tlsstore.Password{tlsstore.NewPassword([]byte("changeit")), {}} {
			s, err := tlsstore.Decode(data, password, tlsstore.DecodeOptions{})
			require.NoError(t, err, name)
			in := s.Inspect()
			in.Path = `/a/<odd> "entries": []/` + name
			in.Findings = tlsstore.Check(s, tlsstore.CheckOptions{})
			in.Notes = append(in.Notes, `"findings": []`)
			all = append(all, in)
			brief := newInspection(s)
			brief.Path, brief.Findings, brief.Notes = in.Path, in.Findings, in.Notes
			shown = append(shown, brief)
		}
	}
	for _, n := range []int{0, 1, len(all)} {
		var printed, marshalled bytes.Buffer
		p := newInspectionsJSON(&env{Stdout: &printed})
		for _, in := range shown[:n] {
			require.NoError(t, p.print(in))
		}
		require.NoError(t, p.end(nil))
		require.NoError(t, printJSON(&env{Stdout: &marshalled}, tlsstore.Inspections{Stores: all[:n]}))
		require.Equal(t, marshalled.String(), printed.String())
		require.True(t, json.Valid(printed.Bytes()))
	}
}

// TestLongListsArePrintedInOrder: they are rendered in parts, side by side.
func TestLongListsArePrintedInOrder(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 1024, 5000} {
		numbers := make([]int, n)
		for i := range numbers {
			numbers[i] = i
		}
		var s slots
		var printed, marshalled bytes.Buffer
		document, err := json.MarshalIndent(map[string]any{"a": s.slot(listOf(numbers)), "b": `"a": -0.0e0,`, "c": s.slot(listOf([]string{`<&"\\`}))}, "", "  ")
		require.NoError(t, err)
		w := bufio.NewWriter(&printed)
		require.NoError(t, s.print(w, append(document, '\n')))
		require.NoError(t, w.Flush())
		require.NoError(t, encodeJSON(&marshalled, map[string]any{"a": numbers, "b": `"a": -0.0e0,`, "c": []string{`<&"\\`}}))
		require.Equal(t, marshalled.String(), printed.String())
	}
}
