package main

import (
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
		}
	}
	for _, stores := range [][]*tlsstore.Inspection{nil, all[:1], all} {
		var printed, marshalled bytes.Buffer
		require.NoError(t, printInspections(&env{Stdout: &printed}, stores))
		require.NoError(t, printJSON(&env{Stdout: &marshalled}, tlsstore.Inspections{Stores: stores}))
		require.Equal(t, marshalled.String(), printed.String())
		require.True(t, json.Valid(printed.Bytes()))
	}
}
