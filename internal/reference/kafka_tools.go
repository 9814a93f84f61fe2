package reference

import (
	_ "embed"
	"encoding/json"
	"path/filepath"
	"testing"
)

// substitutes.json names, for a release, the release whose jar of a module stands in where Maven's repository does not
// serve that one: the nearest of the same line, or "" where the line has none and the module is left out.
//
//go:embed substitutes.json
var substitutesJSON []byte

// KafkaToolsClasspath returns the class path of KafkaClasspath and, from the same release, Streams, Connect and
// MirrorMaker, without the web server and the database that they need only to run. MirrorMaker is missing where no jar is
// to be had.
func KafkaToolsClasspath(t testing.TB, release string) string {
	t.Helper()
	PrepareKafkaTools(t, release)
	return KafkaClasspath(t, release) + string(filepath.ListSeparator) + Classpath(t, kafkaTools(t, release)...)
}

// PrepareKafkaTools does for KafkaToolsClasspath what PrepareKafka does for KafkaClasspath.
func PrepareKafkaTools(t testing.TB, releases ...string) {
	t.Helper()
	var sets [][]string
	for _, r := range releases {
		sets = append(sets, kafkaArtifacts(r), kafkaTools(t, r))
	}
	prepareClasspaths(t, sets)
}

func kafkaTools(t testing.TB, release string) []string {
	t.Helper()
	var substitutes map[string]map[string]string // module → release → release
	if err := json.Unmarshal(substitutesJSON, &substitutes); err != nil {
		t.Fatal(err)
	}
	artifacts := []string{"org.apache.maven:maven-artifact:3.9.6" + alone} // Connect from 4.1 reads version ranges with it
	for _, module := range []string{
		"kafka-streams", "connect-api", "connect-runtime", "connect-transforms", "connect-json", "connect-mirror", "connect-mirror-client",
	} {
		from, ok := substitutes[module][release]
		if !ok {
			from = release
		}
		if from != "" {
			artifacts = append(artifacts, "org.apache.kafka:"+module+":"+from+alone)
		}
	}
	return artifacts
}
