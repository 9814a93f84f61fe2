package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

// TestNoSecretComesOut plants a marker in every secret of every question to the channel builders, and in a login file.
func TestNoSecretComesOut(t *testing.T) {
	const marker = "ma5ker"
	root := fstest.MapFS{
		"etc/kafka/jaas.conf": {Data: []byte("KafkaServer {\n x.Y required password=\"ma5ker\" secret=ma5ker! ;\n};\n")},
	}
	for name, data := range stores(t) {
		root["ks/"+name] = &fstest.MapFile{Data: data}
	}
	hide := strings.NewReplacer("changeit", marker, `password="b"`, `password="ma5ker"`, `user_a="b"`, `user_a="ma5ker"`, "password=1234", "password=1ma5ker",
		"wrong1", marker, "=pw\n", "=ma5ker\n")
	for _, q := range questions {
		for _, inter := range []bool{true, false} {
			for _, jaasFile := range []string{"", "/etc/kafka/jaas.conf"} {
				config, _ := q.render(inter, "/ks")
				f, err := properties.Parse("server.properties", []byte(base("3.9.1")+hide.Replace(config)))
				require.NoError(t, err)
				r, err := Validate(f, Options{Options: kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker}, Root: root, JAAS: jaasFile, Now: time.Now()})
				require.NoError(t, err)
				var out bytes.Buffer
				require.NoError(t, finding.WriteText(&out, []finding.Report{r}, finding.TextOptions{Source: func(p finding.Position) (finding.Excerpt, bool) {
					return f.Excerpt(p, properties.HideValues(kafkacfg.SecretKey))
				}}))
				data, err := json.Marshal(r)
				require.NoError(t, err)
				require.NotContains(t, out.String()+string(data)+fmt.Sprintf("%+v", r), marker, q.name)
			}
		}
	}
}
