package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/catalog"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/kafkacfg"
)

const root = "../../.."

// stepsInsideLines are the patch releases that accept or refuse what the one before them did not.
var stepsInsideLines = []string{
	"2.8.1", "2.8.2", "3.0.0", "3.0.1", "3.0.2", "3.1.0", "3.1.1", "3.1.2", "3.2.1", "3.2.2", "3.3.1", "3.3.2",
	"3.5.0", "3.5.1", "3.5.2", "3.6.1", "3.6.2", "3.9.0", "3.9.1", "3.9.2", "4.2.0", "4.2.1", "4.2.2",
}

// sample is the first and the last release of every line and both sides of every patch step that changes a verdict.
func sample() []string {
	if os.Getenv("KCFG_ALL_RELEASES") == "1" {
		return names(kafkacfg.Releases())
	}
	releases := kafkacfg.Releases()
	return slices.DeleteFunc(names(releases), func(r string) bool {
		i := slices.Index(releases, kafkacfg.Release(r))
		first := i == 0 || releases[i-1].Line() != releases[i].Line()
		last := i == len(releases)-1 || releases[i+1].Line() != releases[i].Line()
		return !first && !last && !slices.Contains(stepsInsideLines, r)
	})
}

func names(releases []kafkacfg.Release) []string {
	var s []string
	for _, r := range releases {
		s = append(s, string(r))
	}
	return s
}

// KCFG_ALL_RELEASES=1 compares every release.
func TestCatalogueIsWhatTheRealClassesDefine(t *testing.T) {
	reference.Require(t)
	reference.PrepareKafkaTools(t, sample()...)
	for _, r := range sample() {
		keys, err := dumpRelease(t, ".", r)
		require.NoError(t, err)
		for _, k := range kafkacfg.Kinds() {
			data, err := os.ReadFile(fileOf(root, k))
			require.NoError(t, err)
			var want []string
			if h := catalog.Open(data); h.Has(r) {
				want = text(h.Fold(r))
			}
			records, err := recordsOf(keys[k])
			require.NoError(t, err)
			require.Equal(t, want, text(records), "%s of %s", k, r)
		}
		for _, k := range []kafkacfg.Kind{kafkacfg.Broker, kafkacfg.Topic, kafkacfg.Producer, kafkacfg.Streams, kafkacfg.ConnectDistributed} {
			require.NotEmpty(t, keys[k], "%s of %s", k, r)
		}
	}
}

func text(records []catalog.Record) []string {
	var s []string
	for _, r := range records {
		s = append(s, r.Name+r.Body())
	}
	return s
}

func TestFilesAreAsCatalogenWritesThem(t *testing.T) {
	all, err := load(root)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "kafkacfg/catalog"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "kafkacfg/testdata"), 0o755))
	require.NoError(t, all.write(dir))
	for _, k := range kafkacfg.Kinds() {
		want, err := os.ReadFile(fileOf(root, k))
		require.NoError(t, err)
		got, err := os.ReadFile(fileOf(dir, k))
		require.NoError(t, err)
		require.True(t, string(want) == string(got), "%s.json", k)
	}
}

func TestUnknownValidatorsAreNamed(t *testing.T) {
	dump := func(validator string) error {
		_, err := readDump(strings.NewReader(`{"kind":"broker","name":"a","type":"INT","validator":` + validator + `}`))
		return err
	}
	require.ErrorContains(t, dump(`{"class":"org.x.Config$NewValidator","text":"new","fields":{}}`),
		`broker key a: unknown validator org.x.Config$NewValidator that prints "new"`)
	require.ErrorContains(t, dump(`{"class":"org.x.ConfigDef$LambdaValidator","text":"odd","fields":{}}`), "unknown validator")
	require.ErrorContains(t, dump(`{"class":"org.x.ConfigDef$Range","fields":{"min":"1","step":"2"}}`), "unknown field step")
	require.ErrorContains(t, dump(`{"class":"org.x.ConfigDef$CompositeValidator","fields":{"validators":[{"class":"X"}]}}`), "unknown validator X")
}

func TestValidators(t *testing.T) {
	const values = `{"class":"org.x.ConfigDef$ValidString","fields":{"validStrings":["b","a"]}}`
	for dump, want := range map[string]kafkacfg.Validator{
		`{"class":"org.x.ConfigDef$Range","fields":{"min":"1","max":null}}`: {Check: kafkacfg.CheckRange, Min: "1"},
		values: {Check: kafkacfg.CheckIn, Values: []string{"a", "b"}},
		`{"class":"org.x.ConfigDef$ValidList","fields":{"validString":` + values + `}}`: {
			Check: kafkacfg.CheckListIn, Values: []string{"a", "b"}},
		`{"class":"org.x.ConfigDef$ValidList","fields":{"isEmptyAllowed":true,"isNullAllowed":false,"validString":` + values + `}}`: {
			Check: kafkacfg.CheckList, Values: []string{"a", "b"}, Empty: true},
		`{"class":"org.x.ConfigDef$LambdaValidator","text":"[1,...,9] or -1","fields":{"ensureValid":{"class":"L"}}}`: {
			Check: kafkacfg.CheckRangeOr, Min: "1", Max: "9", Values: []string{"-1"}},
		`{"class":"org.x.QuorumConfig$ControllerQuorumVotersValidator","text":"non-empty list","fields":{}}`: {Check: kafkacfg.CheckQuorumVoters},
		`{"class":"kafka.api.ApiVersionValidator$","text":"[0.8.0, 0.10.0-IV0]","fields":{}}`: {
			Check: kafkacfg.CheckAPIVersion, Values: []string{"0.8.0", "0.10.0-IV0"}},
		`{"class":"org.x.AutoOffsetResetStrategy$Validator","text":"[latest, none, by_duration:PnDTnHnMn.nS]","fields":{}}`: {
			Check: kafkacfg.CheckOffsetReset, Values: []string{"latest", "none"}},
	} {
		keys, err := readDump(strings.NewReader(`{"kind":"broker","name":"a","type":"INT","validator":` + dump + `}`))
		require.NoError(t, err)
		require.Equal(t, &want, keys[kafkacfg.Broker][0].Valid, dump)
	}
}
