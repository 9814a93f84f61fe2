package kafkacfg

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/internal/rule"
)

// A mutant is a configuration that the real Kafka and kcfg both judge. It is made from a base that is accepted where its
// mode exists, by one to five changes: a value at a boundary or oddly spelled, a side of a rule, a block of listeners, an
// edit of the text that Properties reads.
type mutant struct {
	kind  Kind
	lines []string
	edit  edit
}

func (m mutant) text() string { return m.edit.apply(strings.Join(m.lines, "\n") + "\n") }

const fullMap = "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL"

// base is a configuration that its release accepts, and its share of all mutants.
type base struct {
	kind  Kind
	share int
	in    rule.Spans // the releases that have the mode; the others are asked seldom
	lines []string
}

var bases = []base{
	{Broker, 18, "..3.9", []string{"zookeeper.connect=z:2181", "broker.id=0"}},
	{Broker, 20, "2.8..", []string{"process.roles=broker,controller", "node.id=1", "controller.quorum.voters=1@h:9093", "controller.listener.names=CONTROLLER", fullMap,
		"listeners=PLAINTEXT://:9092,CONTROLLER://:9093"}},
	{Broker, 18, "2.8..", []string{"process.roles=broker", "node.id=2", "controller.quorum.voters=1@h:9093", "controller.listener.names=CONTROLLER", fullMap,
		"listeners=PLAINTEXT://:9092"}},
	{Broker, 16, "2.8..", []string{"process.roles=controller", "node.id=1", "controller.quorum.voters=1@h:9093", "controller.listener.names=CONTROLLER", fullMap,
		"listeners=CONTROLLER://:9093"}},
	{Broker, 4, "3.4..3.9", []string{"zookeeper.connect=z:2181", "broker.id=0", "zookeeper.metadata.migration.enable=true", "controller.quorum.voters=5@h:9093", "controller.listener.names=CONTROLLER", fullMap,
		"inter.broker.listener.name=PLAINTEXT"}},
	{Broker, 2, "3.4..3.9", []string{"process.roles=controller", "node.id=1", "controller.quorum.voters=1@h:9093", "controller.listener.names=CONTROLLER", "listeners=CONTROLLER://:9093", "zookeeper.connect=z:2181",
		"zookeeper.metadata.migration.enable=true"}},
	{Broker, 3, "..3.9", []string{"zookeeper.connect=z:2181", "broker.id=0", "listeners=SASL_PLAINTEXT://:9092", "security.inter.broker.protocol=SASL_PLAINTEXT", "sasl.mechanism.inter.broker.protocol=PLAIN", "sasl.enabled.mechanisms=PLAIN",
		"inter.broker.protocol.version=2.4"}},
	{Broker, 3, "2.8..", []string{"process.roles=broker,controller", "node.id=1", "controller.quorum.voters=1@h:9093", "controller.listener.names=CONTROLLER", fullMap, "listeners=SASL_SSL://:9092,CONTROLLER://:9093",
		"inter.broker.listener.name=SASL_SSL", "listener.name.sasl_ssl.sasl.enabled.mechanisms=SCRAM-SHA-512", "sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512"}},
	{Broker, 3, "3.6..", []string{"process.roles=broker", "node.id=2", "controller.quorum.voters=1@h:9093", "controller.listener.names=CONTROLLER", "listeners=PLAINTEXT://:9092", "remote.log.storage.system.enable=true",
		"remote.log.metadata.manager.listener.name=PLAINTEXT", "log.local.retention.ms=1000", "log.local.retention.bytes=1000", "log.retention.bytes=2000"}},
	{Broker, 3, "3.9..", []string{"process.roles=broker,controller", "node.id=1", "controller.quorum.bootstrap.servers=h:9093", "controller.listener.names=CONTROLLER", "listeners=PLAINTEXT://:9092,CONTROLLER://:9093",
		"advertised.listeners=PLAINTEXT://h:9092,CONTROLLER://h:9093"}},
	{Broker, 3, "2.8..", []string{"process.roles=broker", "node.id=2", "controller.quorum.voters=1@h:9093,3@g:9093", "controller.listener.names=CONTROLLER", "listener.security.protocol.map=INTERNAL:PLAINTEXT,EXTERNAL:SSL,CONTROLLER:SSL",
		"listeners=INTERNAL://:9092,EXTERNAL://:9094", "advertised.listeners=INTERNAL://h:9092,EXTERNAL://g:9094", "inter.broker.listener.name=INTERNAL", "early.start.listeners=INTERNAL"}},
	{Producer, 2, "", []string{"bootstrap.servers=localhost:9092", "key.serializer=java.lang.String", "value.serializer=java.lang.String", "transactional.id=t", "acks=all", "enable.idempotence=true", "max.in.flight.requests.per.connection=5",
		"delivery.timeout.ms=120000", "security.protocol=SASL_SSL", "sasl.mechanism=PLAIN"}},
	{Consumer, 2, "", []string{"bootstrap.servers=localhost:9092", "key.deserializer=java.lang.String", "value.deserializer=java.lang.String", "group.id=g", "group.protocol=consumer", "enable.auto.commit=true", "auto.offset.reset=earliest",
		"isolation.level=read_committed"}},
	{Topic, 2, "", []string{"cleanup.policy=delete", "min.compaction.lag.ms=10", "max.compaction.lag.ms=20", "remote.storage.enable=true", "local.retention.ms=10", "retention.ms=20"}},
	{Producer, 8, "", []string{"bootstrap.servers=localhost:9092", "key.serializer=java.lang.String", "value.serializer=java.lang.String"}},
	{Consumer, 8, "", []string{"bootstrap.servers=localhost:9092", "key.deserializer=java.lang.String", "value.deserializer=java.lang.String", "group.id=g"}},
	{Admin, 4, "", []string{"bootstrap.servers=localhost:9092"}},
	{Topic, 6, "", nil},
	{Group, 2, "", nil},
	{ShareConsumer, 2, "", []string{"bootstrap.servers=localhost:9092", "key.deserializer=java.lang.String", "value.deserializer=java.lang.String", "group.id=g"}},
}

// toolBases are those of the processes that have Kafka's tools on their class path.
var toolBases = []base{
	{Streams, 2, "", []string{"application.id=a", "bootstrap.servers=h:1"}},
	{Streams, 1, "", []string{"application.id=a", "bootstrap.servers=h:1", "processing.guarantee=exactly_once_v2", "producer.enable.idempotence=true", "main.consumer.group.instance.id=i", "security.protocol=SASL_SSL", "sasl.mechanism=PLAIN",
		"rack.aware.assignment.tags=zone", "client.tag.zone=z"}},
	{ConnectDistributed, 2, "", []string{"bootstrap.servers=h:1", "group.id=g", "key.converter=org.apache.kafka.connect.json.JsonConverter",
		"value.converter=org.apache.kafka.connect.storage.StringConverter", "config.storage.topic=c", "offset.storage.topic=o", "status.storage.topic=s"}},
	{ConnectStandalone, 1, "", []string{"bootstrap.servers=h:1", "key.converter=org.apache.kafka.connect.json.JsonConverter",
		"value.converter=org.apache.kafka.connect.storage.StringConverter", "offset.storage.file.filename=/tmp/o"}},
	{MirrorMaker, 1, "", []string{"clusters=a,b", "a.bootstrap.servers=h:1", "b.bootstrap.servers=g:1", "a->b.enabled=true"}},
}

// generator makes mutants for one release.
type generator struct {
	*rand.Rand
	release Release
	bases   []base // of the kinds that the release has
	shares  int
	keys    map[Kind][]ConfigKey
	mild    bool // most values pass, so that what depends on several keys is reached
}

func newGenerator(seed uint64, r Release, from []base) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(number(r)))), release: r, keys: map[Kind][]ConfigKey{}}
	for _, b := range from {
		if KeysFrom(r, b.kind) != r { // its classes are not to be had
			continue
		}
		if !b.in.Contain(string(r)) {
			b.share /= 8
		}
		g.bases = append(g.bases, b)
		g.shares += b.share
		g.keys[b.kind] = slices.Collect(Keys(r, b.kind))
	}
	return g
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *generator) mutant() mutant {
	n, i := g.IntN(g.shares), 0
	for n >= g.bases[i].share {
		n -= g.bases[i].share
		i++
	}
	m := mutant{g.bases[i].kind, slices.Clone(g.bases[i].lines), asTheyAre}
	changes := 1
	for g.IntN(3) == 0 && changes < 5 {
		changes++
	}
	g.mild = g.IntN(2) == 0
	for range changes {
		switch n := g.IntN(100); {
		case n < 32:
			g.value(&m)
		case n < 58:
			g.rule(&m)
		case n < 71 && m.kind == Broker:
			g.listeners(&m)
		case n < 76:
			g.rule(&m)
		case n < 79:
			g.remove(&m)
		case n < 85:
			g.lexical(&m)
		case n < 88:
			g.defaults(&m)
		case n < 91:
			g.prefixed(&m)
		case n < 94:
			g.foreign(&m)
		case n < 97:
			g.provided(&m)
		default:
			g.bare(&m)
		}
	}
	if g.IntN(50) == 0 {
		m.edit = edits[g.IntN(len(edits))]
	}
	return m
}

// set gives key a value, in the place of an earlier line for it.
func (m *mutant) set(key, value string) {
	line := key + "=" + value
	for i, l := range m.lines {
		if strings.HasPrefix(l, key+"=") {
			m.lines[i] = line
			return
		}
	}
	m.lines = append(m.lines, line)
}

func (m *mutant) unset(key string) {
	m.lines = slices.DeleteFunc(m.lines, func(l string) bool { return strings.HasPrefix(l, key+"=") })
}

func (g *generator) remove(m *mutant) {
	if len(m.lines) > 0 {
		i := g.IntN(len(m.lines))
		m.lines = slices.Delete(m.lines, i, i+1)
	}
}

// value gives a random key a value that its type or its check may not like.
func (g *generator) value(m *mutant) {
	keys := g.keys[m.kind]
	if g.mild {
		for range 1 + g.IntN(3) {
			k := keys[g.IntN(len(keys))]
			m.set(k.Name, g.valueOf(k))
		}
		return
	}
	k := keys[g.IntN(len(keys))]
	if m.kind == Broker && g.IntN(40) == 0 {
		m.set("listener.name."+g.pick("plaintext", "sasl_plaintext", "controller", "PLAINTEXT")+"."+k.Name, g.valueOf(k))
		return
	}
	m.set(k.Name, g.valueOf(k))
}

var oddNumbers = []string{
	"", "+3", "-3", "3.0", "1e6", "1_000", "0x10", "100L", "10MB", `"3"`, "3 # three", " 3 ", `\u0663`, `\uff13`, `1\u0663`, `\ud835\udfd7`, "--1", "+", "-", "007", "-0",
	"2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "32767", "32768", "NaN", "Infinity", `3\u00a0`, `\t3`, "0", "1", "-1", "-2", "100", "14",
}

var oddDoubles = []string{"0.5", "0,9", "NaN", "-NaN", "+Infinity", "0x1p-1", "0x.8p0", "0x1.p0", "0x1", "0x1p3f", "1d", "1f", ".5", "5.", ".", "e1", "1e", "1e+1", "1e400", "-1e400",
	"1e-400", "0.5dd", `\u0660.5`, "1_0.0", "infinity", "nan", " 0.5 ", "-0.1", "1.0000001", "+.5D"}

var classNames = []string{"java.lang.String", "com.acme.Foo", "", "java.lang.Object", "java.lang.string", "[Ljava.lang.String;", "[I", "java.util.HashMap", "java.lang.Foo",
	"org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", "kafka.security.authorizer.AclAuthorizer", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
	"org.apache.kafka.common.serialization.StringSerializer", "org.apache.kafka.coordinator.group.assignor.RangeAssignor", "org.apache.kafka.coordinator.group.assignor.UniformAssignor",
	"org.apache.kafka.common.security.auth.KafkaPrincipalBuilder", "java/lang/String", " java.lang.String ", "java.util.Map$Entry", "org.apache.kafka.common.config.provider.FileConfigProvider",
	"org.apache.kafka.coordinator.group.assignor.SimpleAssignor"}

// near returns a number that passes most often: near another bound of the same kind of key, or a usual one.
func (g *generator) near(v *Validator) string {
	if v != nil && v.Min != "" && g.IntN(3) == 0 {
		if n, err := parseInteger(v.Min, Long); err == nil && n < 1<<62 {
			return fmt.Sprint(n + int64(g.IntN(3)))
		}
	}
	return g.pick("1", "2", "3", "5", "10", "100", "499", "500", "501", "1000", "3000", "5000", "5001", "10000", "15000", "15001", "30000", "30001", "45000", "60000", "60001", "120000", "600000", "1048576", "1048577", "104857600", "604800000")
}

func (g *generator) number(v *Validator) string {
	if g.mild && g.IntN(8) > 0 {
		return g.near(v)
	}
	if v != nil && g.IntN(3) > 0 {
		for _, bound := range []string{v.Min, v.Max} {
			if bound == "" || g.IntN(2) == 0 {
				continue
			}
			if n, err := parseInteger(bound, Long); err == nil {
				return fmt.Sprint(n + int64(g.IntN(3)) - 1)
			}
			return g.pick(bound, bound+"1", "-"+bound)
		}
	}
	return g.pick(oddNumbers...)
}

// valueOf is a value of a key, one in four with odd blanks or letters.
func (g *generator) valueOf(k ConfigKey) string {
	value := g.plainValue(k)
	if g.mild || g.IntN(4) > 0 {
		return value
	}
	if k.Type == Int || k.Type == Long || k.Type == Short || k.Type == Double {
		return g.blanks(g.script(value))
	}
	return g.blanks(g.fold(value))
}

func (g *generator) plainValue(k ConfigKey) string {
	v := k.Valid
	switch k.Type {
	case Int, Long, Short:
		return g.number(v)
	case Double:
		if g.IntN(2) == 0 {
			return g.number(v)
		}
		return g.pick(oddDoubles...)
	case Boolean:
		if g.mild {
			return g.pick("true", "false")
		}
		return g.pick("true", "false", "TRUE", "False", "", "yes", "1", "on", "false # no", `fal\u017fe`, " true ", "tru", `"true"`)
	case Class:
		return g.pick(classNames...)
	case Password:
		return g.pick("secret", "", " secret ", `p\u00e4ss`)
	}
	var values []string
	if v != nil {
		values = v.Values
		for _, part := range v.All {
			values = append(values, part.Values...)
		}
	}
	if len(values) == 0 {
		values = []string{"a", "b", k.Default, "0.0.0.0", "*", "none", "all", "0:1"}
	}
	one := g.pick(values...)
	if g.mild && g.IntN(8) > 0 {
		return one
	}
	if k.Type == List {
		return g.pick(one, one+","+g.pick(values...), one+",", ","+one, one+","+one, one+",,"+g.pick(values...), " "+one+" , "+one+" ", "", ",", strings.ToUpper(one), "foo", "*,"+one)
	}
	return g.pick(one, one, strings.ToUpper(one), strings.ToLower(one), "", "foo", one+" ", `\u00a0`+one, one+"x", strings.ReplaceAll(one, "S", "ß"), "by_duration:"+g.pick("PT1H", "P1D", "-PT1H", "PT-1H",
		"x", "", "pt1.5s", "PT1.5H", "P1Y", "P", "PT", "P1DT", "PT0S", "+PT1S", "-PT-1S", "PT1H1S", "PT1S1H"))
}
