package reference

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClasspathHoldsTheArtifactAndWhatItNeeds(t *testing.T) {
	Require(t)
	jars := filepath.SplitList(Classpath(t, "org.apache.kafka:kafka-clients:2.5.0"))
	var names []string
	for _, j := range jars {
		if _, err := os.Stat(j); err != nil {
			t.Error(err)
		}
		names = append(names, filepath.Base(j))
	}
	all := strings.Join(names, " ")
	for _, want := range []string{"kafka-clients-2.5.0.jar", "slf4j-api"} {
		if !strings.Contains(all, want) {
			t.Errorf("class path %s lacks %s", all, want)
		}
	}
}
