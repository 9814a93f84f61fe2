package kafkacfg_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
)

func parse(t *testing.T, text string) *properties.File {
	t.Helper()
	f, err := properties.Parse("server.properties", []byte(text))
	require.NoError(t, err)
	return f
}

const providers = "config.providers=file,dir,env\n" +
	"config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n" +
	"config.providers.dir.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider\n" +
	"config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n"

func TestConfigProviders(t *testing.T) {
	o := kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker, Root: fstest.MapFS{
		"etc/kafka/sizes":  {Data: []byte("threads=12\nname=gr\xc3\xb6\xc3\x9fe\n")},
		"run/secrets/port": {Data: []byte("7\n")},
	}, Env: func(name string) (string, bool) { return "5", name == "NUM" }}
	c, err := kafkacfg.Resolve(parse(t, providers+"num.io.threads=${file:/etc/kafka/sizes:threads}\nbroker.rack=${file:/etc/kafka/sizes:name}\n"+
		"num.network.threads=${env:NUM}\nbackground.threads=${dir:/run/secrets:port}\nclient.quota.x=1\nlog.dir=/a/${file:/etc/kafka/sizes:absent}\n"), o)
	require.NoError(t, err)
	for key, want := range map[string]string{
		"num.io.threads": "12", "broker.rack": "größe", "num.network.threads": "5", "background.threads": "7", "log.dir": "/a/${file:/etc/kafka/sizes:absent}",
	} {
		require.Equal(t, want, c.Value(key).Text, key)
	}
	require.Equal(t, kafkacfg.FromProvider, c.Value("num.io.threads").Origin)
	require.Equal(t, kafkacfg.FromDefault, c.Value("num.partitions").Origin)
	require.Equal(t, kafkacfg.Absent, c.Value("no.such.key").Origin)

	f := parse(t, providers+"zookeeper.connect=z:1\nnum.io.threads=${file:/etc/kafka/sizes:threads}\n")
	r, err := kafkacfg.Validate(f, kafkacfg.Options{Release: "3.9.1"})
	require.NoError(t, err)
	require.Equal(t, finding.Undetermined, r.Verdict, "without access to the files")
	require.Equal(t, finding.Load, r.Stage)
	r, err = kafkacfg.Validate(f, o)
	require.NoError(t, err)
	require.Equal(t, finding.Accepts, r.Verdict)
	o.Root = fstest.MapFS{}
	r, err = kafkacfg.Validate(f, o)
	require.NoError(t, err)
	require.Equal(t, finding.Refuses, r.Verdict, "the file cannot be read")
}

// What is not known counts only where it decides.
func TestUnresolvedProviders(t *testing.T) {
	for _, tt := range []struct {
		lines string
		want  finding.Verdict
		stage finding.Stage
	}{
		{"ssl.keystore.password=${env:PASSWORD}", finding.Accepts, ""},
		{"broker.rack=${env:RACK}", finding.Accepts, ""},
		{"ssl.keystore.password=${env:PASSWORD}\nnum.io.threads=0", finding.Refuses, finding.Config},
		{"num.io.threads=${env:THREADS}", finding.Undetermined, finding.Load},
		{"listeners=${env:LISTENERS}", finding.Undetermined, finding.Load},
		{"ssl.keystore.password=${file:/etc/kafka/secrets:password}", finding.Undetermined, finding.Load},
		{"unknown.key=${file:/etc/kafka/secrets:password}", finding.Undetermined, finding.Load},
		{"num.io.threads=${env:THREADS}\nnum.partitions=0", finding.Refuses, finding.Config},
		{"config.providers.file.param.allowed.paths=secrets", finding.Refuses, finding.Config},
		{"config.providers.file.param.allowed.paths=/etc/kafka", finding.Undetermined, finding.Load},
	} {
		r, err := kafkacfg.Validate(parse(t, providers+"zookeeper.connect=z:1\n"+tt.lines+"\n"), kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker})
		require.NoError(t, err)
		require.Equal(t, tt.want, r.Verdict, tt.lines)
		require.Equal(t, tt.stage, r.Stage, tt.lines)
		if tt.want == finding.Undetermined {
			require.Contains(t, ids(r.Findings), "kafka-config-provider-unresolved", tt.lines)
		}
	}
}

func ids(fs []finding.Finding) (all []string) {
	for _, f := range fs {
		all = append(all, f.ID)
	}
	return all
}

func TestSuppression(t *testing.T) {
	r, err := kafkacfg.Validate(parse(t, "# kcfg:ignore kafka-class-unknown -- ours\nprincipal.builder.class=com.acme.P\n"+
		"# kcfg:ignore kafka-value-range -- try\nnum.io.threads=0\n# kcfg:ignore kafka-value-type, kafka-value-choice\nnum.partitions=3\n"+
		"# kcfg:ignore-file kafka-key-required\n"), kafkacfg.Options{Release: "3.9.1", Kind: kafkacfg.Broker})
	require.NoError(t, err)
	require.Equal(t, []string{"kafka-class-unknown"}, ids(r.Suppressed))
	require.Contains(t, ids(r.Findings), "kafka-value-range", "what refuses cannot be suppressed")
	unused := 0
	for _, f := range r.Findings {
		if f.ID == "file-suppression-unused" {
			unused++
		}
	}
	require.Equal(t, 4, unused, "three find nothing, one cannot silence")
	require.Equal(t, finding.Refuses, r.Verdict)
}

func TestLevels(t *testing.T) {
	f := parse(t, "zookeeper.connect=z:1\nnum.io.threads=0\nprincipal.builder.class=com.acme.P\n")
	r, err := kafkacfg.Validate(f, kafkacfg.Options{Release: "3.9.1", Rules: map[string]kafkacfg.Level{"kafka-value-range": kafkacfg.Off, "kafka-class-unknown": kafkacfg.Off}})
	require.NoError(t, err)
	require.Contains(t, ids(r.Findings), "kafka-value-range")
	require.NotContains(t, ids(r.Findings), "kafka-class-unknown")
	require.Equal(t, finding.Refuses, r.Verdict)
}

func TestUnknownReleaseAndKind(t *testing.T) {
	_, err := kafkacfg.Validate(parse(t, ""), kafkacfg.Options{Release: "3.99.0"})
	require.ErrorIs(t, err, kafkacfg.ErrUnknownRelease)
	_, err = kafkacfg.Validate(parse(t, ""), kafkacfg.Options{Kind: "brokre"})
	require.ErrorIs(t, err, kafkacfg.ErrUnknownKind)
	_, err = kafkacfg.Validate(parse(t, ""), kafkacfg.Options{Kind: kafkacfg.Group, Release: "3.9.1"})
	require.ErrorIs(t, err, kafkacfg.ErrUnknownKind)
}

// The marker stands in every secret of every kind in two releases, spelled so that each is refused or told.
func TestNoSecretComesOut(t *testing.T) {
	const marker = "hunter2marker"
	for _, release := range []kafkacfg.Release{"2.5.0", "3.9.1", "4.4.0"} {
		for _, kind := range kafkacfg.Kinds() {
			var b strings.Builder
			for k := range kafkacfg.Keys(release, kind) {
				if k.Type == kafkacfg.Password {
					fmt.Fprintf(&b, "%s=%s # x\nlistener.name.plaintext.%s= \"%s\"\n", k.Name, marker, k.Name, marker)
				}
			}
			if b.Len() == 0 {
				continue
			}
			b.WriteString("my.password=" + marker + "\nssl.keystore.pasword=" + marker + "\nsasl.jaas.config=org.x.PlainLoginModule required username=\"a\" password=\"" + marker + "\"\n")
			r, err := kafkacfg.Validate(parse(t, b.String()), kafkacfg.Options{Release: release, Kind: kind})
			require.NoError(t, err)
			out, err := json.Marshal(r)
			require.NoError(t, err)
			require.NotContains(t, string(out), marker, "%s %s", release, kind)
		}
	}
}

func ExampleValidate() {
	f, err := properties.Parse("server.properties", []byte("process.roles=broker,controller\nnode.id=1\nnum.io.threads=8 # cores\n"))
	if err != nil {
		panic(err)
	}
	r, err := kafkacfg.Validate(f, kafkacfg.Options{Release: "3.9.1"})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Verdict, "at stage", r.Stage)
	for _, f := range r.Findings {
		if f.Refuses() {
			fmt.Println(f.Pos, f.Message)
		}
	}
	// Output:
	// refuses at stage config
	// server.properties:3:16 num.io.threads is 8 # cores, not a whole number
	// server.properties controller.quorum.bootstrap.servers and controller.quorum.voters are both empty; a node with process.roles needs one of them
	// server.properties controller.listener.names is not set; a node with process.roles needs it
}
