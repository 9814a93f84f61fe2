package zkcfg

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
)

// TestBundlesAreReal asks the jars that releases of Kafka need.
func TestBundlesAreReal(t *testing.T) {
	reference.Require(t)
	jar := regexp.MustCompile(`/zookeeper-(\d[.\d]*)\.jar`)
	for _, kafka := range strings.Fields("2.5.0 2.5.1 2.8.0 3.0.0 3.3.2 3.5.0 3.6.0 3.6.1 3.6.2 3.9.2") {
		m := jar.FindStringSubmatch(reference.KafkaClasspath(t, kafka))
		require.NotNil(t, m, kafka)
		got, ok := BundledWith(kafka)
		require.True(t, ok, kafka)
		require.Equal(t, m[1], string(got), kafka)
	}
}
