package kafkacfg

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/reference"
)

// judged are the releases of a run in CI: the first and last of each line that changed much, and every patch step with
// which a verdict changed.
var judged = strings.Fields("2.5.0 2.5.1 2.8.0 2.8.1 2.8.2 3.0.0 3.0.1 3.0.2 3.1.0 3.1.1 3.1.2 3.2.1 3.2.2 3.3.0 3.3.1 3.3.2 3.5.0 3.5.1 3.5.2 " +
	"3.6.0 3.6.1 3.6.2 3.9.0 3.9.1 3.9.2 4.0.0 4.0.2 4.2.0 4.2.1 4.2.2 4.3.1 4.4.0")

func envInt(t *testing.T, name string, standard int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return standard
	}
	n, err := strconv.Atoi(s)
	require.NoError(t, err, name)
	return n
}

// mutantRun reads what the environment says about a run: beside the seed KCFG_MUTANTS says how many configurations
// there are for each release, and KCFG_RELEASES which releases ("all": every one).
func mutantRun(t *testing.T, releases []string) (seed uint64, count int, of []string) {
	count = envInt(t, "KCFG_MUTANTS", 100)
	switch s := os.Getenv("KCFG_RELEASES"); s {
	case "":
	case "all":
		releases = nil
		for _, r := range Releases() {
			releases = append(releases, string(r))
		}
	default:
		releases = strings.Fields(s)
	}
	t.Logf("KCFG_MUTANTS=%d, %d releases", count, len(releases))
	return reference.Seed(t), count, releases
}

// TestAgainstTheRealKafka makes configurations, lets the real classes and kcfg judge them, and demands the same verdict
// with the same stage.
func TestAgainstTheRealKafka(t *testing.T) {
	reference.Require(t)
	seed, count, releases := mutantRun(t, judged)
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			judge := newRealJudge(t, release, reference.KafkaClasspath(t, release))
			differ(t, judge, newGenerator(seed, Release(release), bases), count)
		})
	}
}

// toolsJudged are the first release of each line in which the constructors of Streams and Connect changed.
var toolsJudged = strings.Fields("2.5.0 2.8.2 3.0.0 3.2.0 3.6.0 3.9.1 4.0.0 4.1.0 4.2.0 4.4.0")

// jetty splits the rules of Connect's response headers.
const jetty = "org.eclipse.jetty:jetty-util:9.4.54.v20240208"

// TestToolsAgainstTheRealKafka does the same for Streams, Connect and MirrorMaker.
func TestToolsAgainstTheRealKafka(t *testing.T) {
	reference.Require(t)
	seed, count, releases := mutantRun(t, toolsJudged)
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			classpath := reference.KafkaToolsClasspath(t, release) + string(os.PathListSeparator) + reference.Classpath(t, jetty)
			judge := newRealJudge(t, release, classpath)
			differ(t, judge, newGenerator(seed, Release(release), toolBases), count)
		})
	}
}

func differ(t *testing.T, judge realJudge, g *generator, count int) {
	release := string(g.release)
	mutants := make([]mutant, count)
	cases := make([]reference.KafkaCase, count)
	for i := range mutants {
		mutants[i] = g.mutant()
		cases[i] = reference.KafkaCase{Kind: string(mutants[i].kind), File: mutants[i].text()}
	}
	groups := map[string]int{}
	tally := map[string]int{}
	for i, v := range judge.Judge(cases) {
		got, _ := ours(t, mutants[i].kind, release, cases[i].File, finding.Log)
		tally[v.Stage()]++
		if got == v.Stage() {
			continue
		}
		m := shrink(t, judge, release, mutants[i])
		v = judge.Judge([]reference.KafkaCase{{Kind: string(m.kind), File: m.text()}})[0]
		got, report := ours(t, m.kind, release, m.text(), finding.Log)
		group := fmt.Sprintf("%s %s %s %.60s", m.kind, got, v.Code, v.Message)
		if groups[group]++; groups[group] == 1 {
			t.Errorf("%s %s: got %s, the real one says %s: %.200s\n%s\n%s", release, m.kind, got, v.Code, v.Message, m.text(), messages(report))
		}
	}
	t.Logf("%d configurations: %v; disagreements: %v", count, tally, groups)
}

// shrink removes lines as long as the two still disagree.
func shrink(t *testing.T, judge realJudge, release string, m mutant) mutant {
	for i := 0; i < len(m.lines); {
		smaller := mutant{m.kind, slices.Delete(slices.Clone(m.lines), i, i+1), m.edit}
		v := judge.Judge([]reference.KafkaCase{{Kind: string(m.kind), File: smaller.text()}})[0]
		if got, _ := ours(t, m.kind, release, smaller.text(), finding.Log); got != v.Stage() {
			m = smaller
			continue
		}
		i++
	}
	return m
}
