package kafkacfg

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/internal/rule/pagetest"
	"github.com/kcfg/kcfg/properties"
)

// TestPages runs the examples of every rule's page: the bad one gives the finding on the page, the good one none of that
// rule. The text behind the fence gives the options: properties kafka=3.9.1 kind=topic guess=NAME exact brokers=3 replicas=3
// file=NAME, and "crlf" and "bom" for what Markdown cannot hold.
func TestPages(t *testing.T) {
	pages := pagetest.Suite{Pages: rulePages, Explain: Explain, Example: runExample}.Run(t)
	require.Equal(t, RuleIDs(), pages, "every rule has its page, and every page its rule")
}

func TestExplainKnowsOnlyRules(t *testing.T) {
	for _, id := range []string{"", "kafka-nothing", "../options", "kafka-value-type.md"} {
		_, ok := Explain(id)
		require.False(t, ok, id)
	}
}

// guessed in an example leaves the kind to kcfg: guess=NAME gives the file its name.
const guessed Kind = "guessed"

// runExample returns the text of the findings of one rule about an example.
func runExample(t *testing.T, id string, blocks ...rule.Block) string {
	t.Helper()
	f, r := judgeExample(t, blocks[0])
	return pagetest.Text(t, id, r, f, properties.HideValues(SecretKey))
}

// TestGoodExamplesHaveNoOtherError: what they lack, such as a key store, is left out of them on purpose.
func TestGoodExamplesHaveNoOtherError(t *testing.T) {
	for _, id := range RuleIDs() {
		text, _ := Explain(id)
		page, err := rule.ParsePage(text)
		require.NoError(t, err)
		for _, good := range page.Good {
			_, r := judgeExample(t, good)
			for _, f := range r.Findings {
				if f.Severity == finding.Error && f.Pos.Line > 0 && f.ID != "kafka-tls-listener-without-keystore" {
					t.Errorf("the good example of %s has %s: %s", id, f.ID, f.Message)
				}
			}
		}
	}
}

// judgeExample validates an example.
func judgeExample(t *testing.T, example rule.Block) (*properties.File, finding.Report) {
	t.Helper()
	o := Options{}
	name, content := "server.properties", example.Text
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		require.NoError(t, err)
		return n
	}
	for _, field := range strings.Fields(example.Info)[1:] {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "kafka":
			o.Release = Release(value)
		case "kind":
			o.Kind = Kind(value)
			name = value + ".properties"
		case "guess":
			o.Kind, name = guessed, value
		case "file":
			name = value
		case "crlf":
			content = strings.ReplaceAll(content, "\n", "\r\n")
		case "bom":
			content = "\xef\xbb\xbf" + content
		case "exact":
			o.ClassesExact = true
		case "brokers":
			o.Brokers = number(value)
		case "replicas":
			o.Replicas = number(value)
		default:
			t.Fatalf("unknown option %s of an example", field)
		}
	}
	f, err := properties.Parse(name, []byte(content))
	require.NoError(t, err)
	switch o.Kind {
	case "":
		o.Kind = Broker
	case guessed:
		o.Kind = ""
	}
	r, err := Validate(f, o)
	require.NoError(t, err)
	return f, r
}

// TestPagesNameTheReleasesOfTheirRules: where a rule is not for all releases, its page says from which or up to which.
func TestPagesNameTheReleasesOfTheirRules(t *testing.T) {
	spans := map[string][]rule.Spans{}
	for _, k := range kinds {
		for _, r := range rulesOf(k) {
			spans[r.ID] = append(spans[r.ID], r.In)
		}
	}
	for _, r := range allLints() {
		spans[r.ID] = append(spans[r.ID], r.In)
	}
	var releases []string
	for _, r := range Releases() {
		releases = append(releases, string(r))
	}
	pagetest.NameReleases(t, Explain, spans, releases)
}
