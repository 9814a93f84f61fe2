package kafkacfg

import (
	"fmt"
	"slices"
	"strings"
)

// sides are settings near a rule, by kind: key, then values of which one is taken. Several on one line go together.
var sides = map[Kind][]string{
	Broker: {
		"broker.id=0|-1|-2|1000|1001|5000|x", "node.id=0|1|2|3|-1|5000", "broker.id=7|1|2;node.id=1|2|7", "broker.id.generation.enable=true|false;broker.id=-1|-2|3", "reserved.broker.max.id=0|5000|-1;broker.id=5000|1",
		"process.roles=|broker|controller|broker,controller|controller,broker|Broker|broker,|broker,broker| broker , controller |foo|,",
		"controller.quorum.voters=|1@h:9093|2@h:9093|1@h:1,2@0.0.0.0:1|1@0.0.0.0:9093|1@000.0.0.0:1|1@[0.0.0.0]:1|1@[::1]:1|1@h:1,|1@h|@h:1|1@@h:1|1@h:1@|x@h:1|1@h:99999|1@h:65535|1@h:65536|1@h:2147483648|1@a b:1|1@PLAINTEXT://h:1|1@a_b:1|1 @h:1|1@h:1,1@g:1|+1@h:1|\\u0661@h:1|1@h:-1|1@h: 1|1@:1|1@x://:1|1@foo://bar://h:1|1@(h):1|9@h:1",
		"controller.quorum.bootstrap.servers=|h:1|h|h:1,|h:99999|[::1]:9|a b:1|://h:1|h:1,g:2|:1",
		"controller.quorum.voters=;controller.quorum.bootstrap.servers=|h:1", "controller.quorum.auto.join.enable=true|false",
		"controller.listener.names=|CONTROLLER|controller|CONTROLLER,|CONTROLLER,PLAINTEXT|CONTROLLER, PLAINTEXT|CONTROLLER,CONTROLLER|,CONTROLLER|PLAINTEXT|FOO|SSL|CONTROLLER,FOO|controller,CONTROLLER|,|CONTROLLER,,PLAINTEXT",
		"inter.broker.protocol.version=0.8.0|0.9.0|0.10.0|0.10.0-IV0|0.10.0-IV1|0.10|0.11.0|1.0|2.0|2.4|2.4.1|2.4.|2.4.foo|2.4-IV9|2.8|3.0|3.0-IV0|3.0-IV1|3.3|3.4|3.4-IV0|3.5|3.6|3.7|3.7-IV0|3.7-IV1|3.7-IV2|3.8|3.8-IV0|3.9|3.9-IV0|4.0|4.0-IV0|4.0-IV3|4.1||2|foo|0.|0.10.2.1",
		"log.message.format.version=0.8.0|0.9.0|0.10.0|0.11.0|1.0|2.4|2.8|3.0|3.4|3.8-IV0|3.8|4.0-IV0|foo||2.4.", "inter.broker.protocol.version=0.9.0|0.10.0|0.10.0-IV0|0.11.0|2.8|3.0|3.2;log.message.format.version=0.9.0|0.10.0|0.11.0|2.8|3.0|3.2",
		"offsets.topic.compression.codec=0|4|5|-1|1;inter.broker.protocol.version=0.10.0|0.11.0|2.4;log.message.format.version=0.10.0", "offsets.topic.compression.codec=-1|0|4|5|9", "share.coordinator.state.topic.compression.codec=-1|0|4|5",
		"offsets.commit.required.acks=-2|-1|0|1|3|4;offsets.topic.replication.factor=1|3",
		"replica.fetch.wait.max.ms=500|30001|30000;replica.socket.timeout.ms=30000|500;replica.lag.time.max.ms=30000|499|500", "queued.max.request.bytes=-1|0|1|104857599|104857600;socket.request.max.bytes=104857600|1|2",
		"max.connections.per.ip=0|1;max.connections.per.ip.overrides=|127.0.0.1:100|,|h:1", "max.connections.per.ip.overrides=|h|h:1,|,h:1|h:x|h:-5|127.0.0.0#:100|a b:1|::1:5|h:1,h:x|h:x,h:1|h:1,,g:2|:1|h:99999999999|,|h:+1",
		"connection.failed.authentication.delay.ms=0|99|100|101;connections.max.idle.ms=100|-1|0",
		"log.dirs=|/a|/a,/b|,|/a,|/a,/a| /a , /b |,/a", "log.dir=|/a|/a,/b|,", "log.dirs=;log.dir=/a", "log.roll.ms=0|1|-1", "log.roll.hours=0|1|-1", "log.roll.jitter.ms=-1|0|1", "log.roll.jitter.hours=-1|0",
		"log.retention.ms=0|1|-1|-5", "log.retention.minutes=0|1|-1", "log.retention.hours=0|1|-1|-9", "log.retention.ms=0|-1|5;log.retention.hours=0|1", "log.cleaner.threads=0|1|2|127|128|129;log.cleaner.enable=true|false",
		"log.cleaner.dedupe.buffer.size=1048576|1048577|2097152|2097154|0|-1;log.cleaner.threads=1|2", "log.segment.bytes=13|14|1048575|1048576", "compression.type=zstd|ZSTD|zst|none||gzip|uncompressed|producer|PRODUCER|Gzip|lz4",
		"log.cleaner.min.cleanable.ratio=-0.1|0|1|1.1|NaN|3", "log.cleaner.delete.retention.ms=-1|0", "log.cleaner.min.compaction.lag.ms=-1|0|10|11;log.cleaner.max.compaction.lag.ms=0|1|10|9223372036854775807",
		"log.message.timestamp.difference.max.ms=-1|0", "log.flush.interval.ms=-1|0|1", "log.flush.scheduler.interval.ms=-1|0", "log.flush.interval.messages=0|1|-1", "log.index.size.max.bytes=3|4", "log.index.interval.bytes=-1|0",
		"log.cleanup.policy=delete|compact|compact,delete|COMPACT||delete,|delete,delete|foo", "log.message.timestamp.type=CreateTime|LogAppendTime|createtime|foo", "message.max.bytes=-1|0", "log.segment.delete.delay.ms=-1|0", "min.insync.replicas=0|1|9",
		"cordoned.log.dirs=|*|/a|*,/a|/tmp/kafka-logs|,", "cordoned.log.dirs=/a|/b|/a,/b;log.dirs=/a|/a,/b", "remote.log.storage.system.enable=true|false;log.dirs=/a|/a,/b",
		"remote.log.storage.system.enable=true;log.local.retention.ms=-2|-1|0|10|604800000|604800001;log.retention.ms=-1|5|10", "remote.log.storage.system.enable=true;log.local.retention.bytes=-2|-1|0|10;log.retention.bytes=-1|5|10|-2|0",
		"remote.log.storage.system.enable=true;log.local.retention.ms=-2|-1|0|3600000|3600001;log.retention.hours=1|-1", "remote.log.storage.system.enable=true;log.retention.minutes=1;log.local.retention.ms=60000|60001",
		"metadata.log.segment.bytes=11|12|8388607|8388608", "num.replica.fetchers=0|1|-1", "remote.log.manager.copier.thread.pool.size=-2|-1|0|1", "remote.log.manager.expiration.thread.pool.size=-2|-1|0|1", "remote.log.metadata.manager.impl.prefix=|a", "remote.log.storage.manager.impl.prefix=|a",
		"zookeeper.metadata.migration.enable=true|false", "zookeeper.metadata.migration.enable=true;controller.quorum.voters=1@h:1|;controller.listener.names=CONTROLLER|;inter.broker.protocol.version=3.3|3.4|3.6|3.7|3.9",
		"zookeeper.metadata.migration.enable=true;controller.quorum.voters=5@h:1;controller.listener.names=CONTROLLER;inter.broker.protocol.version=3.4|3.7-IV1|3.7-IV2;log.dirs=/a,/b|/a", "zookeeper.metadata.migration.enable=true;controller.quorum.voters=5@h:1;controller.listener.names=CONTROLLER;inter.broker.protocol.version=3.4;authorizer.class.name=|kafka.security.authorizer.AclAuthorizer",
		"zookeeper.metadata.migration.enable=true;controller.quorum.voters=5@h:1;controller.listener.names=CONTROLLER;inter.broker.protocol.version=3.4;broker.id=-1|0", "zookeeper.metadata.migration.enable=true;controller.quorum.bootstrap.servers=h:1;controller.listener.names=CONTROLLER;broker.id=3", "zookeeper.connect=|z:1;zookeeper.metadata.migration.enable=true",
		"group.coordinator.rebalance.protocols=classic|consumer|classic,consumer|classic,share|classic,streams|classic,unknown|Classic||classic,|consumer,classic|share,classic,consumer|classic,classic",
		"group.consumer.heartbeat.interval.ms=4999|5000|15000|15001|45000", "group.consumer.min.heartbeat.interval.ms=1|5001|15001;group.consumer.max.heartbeat.interval.ms=15000|5000|4999", "group.consumer.session.timeout.ms=44999|45000|60000|60001|5000", "group.consumer.min.session.timeout.ms=1|45001|60001;group.consumer.session.timeout.ms=5000|5001|45000",
		"group.consumer.assignors=|uniform|range|uniform,range|uniform,uniform|foo|org.apache.kafka.coordinator.group.assignor.RangeAssignor|org.apache.kafka.coordinator.group.assignor.UniformAssignor|range,org.apache.kafka.coordinator.group.assignor.RangeAssignor|java.lang.String|uniform,|org.apache.kafka.coordinator.group.assignor.SimpleAssignor|Range",
		"group.share.assignors=|simple|simple,simple|foo|simple,foo|org.apache.kafka.coordinator.group.assignor.SimpleAssignor|java.lang.String", "group.streams.assignors=|sticky|sticky,sticky|foo|java.lang.String", "group.share.heartbeat.interval.ms=4999|15001|45000", "group.share.session.timeout.ms=44999|60001", "group.share.record.lock.duration.ms=14999|15000|30000|60000|60001",
		"group.share.max.share.sessions=1|199|200|2000;group.share.max.size=10|200|1000", "group.streams.num.standby.replicas=0|2|3;group.streams.max.standby.replicas=0|2|3", "group.streams.heartbeat.interval.ms=4999|15001", "group.streams.session.timeout.ms=44999|60001|5000",
		"group.streams.num.warmup.replicas=2|20|21", "group.streams.task.offset.interval.ms=14999|15000", "group.streams.rack.aware.assignment.tags=|a|a,a|a,b|a,|a , a", "share.coordinator.snapshot.update.records.per.snapshot=-1|0|500|501", "group.share.delivery.count.limit=1|2|5|10|11", "group.share.partition.max.record.locks=99|100|2000|4000|10000|10001",
		"group.consumer.assignment.interval.ms=-1|0|1000|15001;group.consumer.min.assignment.interval.ms=0|1001", "group.share.assignment.interval.ms=15001|0", "group.streams.assignment.interval.ms=15001|0",
		"principal.builder.class=java.lang.String|org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder|org.apache.kafka.common.security.auth.KafkaPrincipalBuilder||com.acme.P", "create.topic.policy.class.name=java.lang.String|com.acme.P", "alter.config.policy.class.name=java.lang.String",
		"authorizer.class.name=|java.lang.String|com.acme.A|kafka.security.authorizer.AclAuthorizer|kafka.security.auth.SimpleAclAuthorizer|org.apache.kafka.metadata.authorizer.StandardAuthorizer|kafka.security.authorizer.AuthorizerWrapper|org.apache.kafka.server.authorizer.Authorizer",
		"ssl.client.auth=required|requested|none|REQUIRED|yes|", "early.start.listeners=|CONTROLLER|PLAINTEXT|plaintext|FOO| CONTROLLER , PLAINTEXT|,", "control.plane.listener.name=|SSL|CONTROLLER|PLAINTEXT|FOO|ssl",
		"security.inter.broker.protocol=PLAINTEXT|plaintext|SSL|SASL_SSL|foo|", "inter.broker.listener.name=PLAINTEXT|plaintext|SSL|FOO||CONTROLLER|controller", "inter.broker.listener.name=PLAINTEXT;security.inter.broker.protocol=PLAINTEXT|",
		"config.providers=file|file,env| file|file, env||foo;config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider|com.acme.P|java.lang.String|org.apache.kafka.common.config.provider.ConfigProvider;num.io.threads=3|${file:x}|${foo:a:b}",
		"config.providers=env|dir|e;config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider;config.providers.dir.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider;config.providers.e.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider",
		"advertised.host.name=h|0.0.0.0|", "advertised.port=1|x", "host.name=h|0.0.0.0|a b", "port=0|9092|x|-1", "max.decompressed.message.bytes=0|1|2147483639|2147483640", "alter.config.policy.kraft.compatibility.enable=true|x", "sasl.server.max.receive.size=0|x|1",
		"connections.max.reauth.ms=-1|0", "sasl.enabled.mechanisms=|PLAIN|GSSAPI,PLAIN|plain|PLAIN,", "delegation.token.secret.key=x;delegation.token.master.key=y",
	},
	Producer: {
		"acks=all|ALL|-1|0|1|2|+1|-01|foo|| all ", "enable.idempotence=true|false|x", "retries=0|1|2147483647|-1", "max.in.flight.requests.per.connection=0|1|5|6", "transactional.id=a||b", "enable.idempotence=true|false;acks=0|all|1|-1", "enable.idempotence=true|false;retries=0|1",
		"enable.idempotence=true|false;max.in.flight.requests.per.connection=5|6", "transactional.id=t;enable.idempotence=true|false", "transactional.id=t;acks=1|all|0", "transactional.id=t;retries=0|5", "transactional.id=t;max.in.flight.requests.per.connection=5|6",
		"transaction.two.phase.commit.enable=true|false;transaction.timeout.ms=1|1000;transactional.id=t", "delivery.timeout.ms=100|30000|120000;linger.ms=0|5", "compression.type=none|gzip|GZIP|producer|zstd|foo||uncompressed",
		"security.protocol=PLAINTEXT|ssl|SSL|SASL_SSL|sasl_plaintext|TLS|", "security.protocol=SASL_SSL|SASL_PLAINTEXT|sasl_ssl|PLAINTEXT;sasl.mechanism=|PLAIN|plain", "bootstrap.servers=|localhost|h:1|localhost:9092,", "metrics.recording.level=TRACE|INFO|trace|foo", "client.dns.lookup=default|use_all_dns_ips|resolve_canonical_bootstrap_servers_only|foo",
		"metadata.recovery.strategy=none|rebootstrap|NONE|foo", "buffer.memory.allocation.strategy=full|FULL|incremental|x", "reconnect.backoff.ms=2000;reconnect.backoff.max.ms=1000", "partitioner.class=com.x.Y|org.apache.kafka.clients.producer.RoundRobinPartitioner", "interceptor.classes=com.x.Y|", "client.rack=r;partitioner.rack.aware=true|x", "foo.bar=1",
	},
	Consumer: {
		"config.providers=file;config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider|com.acme.P;max.poll.records=3|${file:x}|${file:/nothing:k}",
		"enable.auto.commit=true|false", "auto.offset.reset=latest|earliest|none|LATEST|smallest|by_duration:PT1H|by_duration:-PT1H|by_duration:x|by_duration:|by_duration:P1D|by_duration:PT0S|", "group.protocol=classic|consumer|CONSUMER|foo|share", "group.protocol=consumer|classic;session.timeout.ms=100|", "group.protocol=consumer|classic;heartbeat.interval.ms=100",
		"group.protocol=consumer|classic;partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor|", "group.protocol=consumer|classic|Classic;group.remote.assignor=uniform| ", "group.instance.id=a|a/b||a.b|.|..|é;client.id=|c", "isolation.level=read_committed|READ_COMMITTED|foo", "share.acknowledgement.mode=implicit|explicit|foo| ;group.protocol=classic|consumer",
		"share.acquire.mode=batch_optimized|record_limit|BATCH_OPTIMIZED|foo", "partition.assignment.strategy=|com.x.Y|java.lang.String", "security.protocol=SASL_SSL|sasl_plaintext;sasl.mechanism=|PLAIN", "max.poll.records=0|1", "fetch.min.bytes=-1|0", "group.id=|g", "metrics.recording.level=TRACE|DEBUG|x", "key.deserializer=|com.x.Y", "client.dns.lookup=default|foo", "allow.auto.create.topics=yes|true",
	},
	Admin: {
		"bootstrap.controllers=h:1|", "bootstrap.servers=|h:1", "security.protocol=ssl|SSL|SASL_SSL|foo|", "security.protocol=SASL_SSL;sasl.mechanism=", "retries=-1|0|5", "client.dns.lookup=default|foo", "request.timeout.ms=-1|0", "metrics.recording.level=TRACE|x",
	},
	Group: {
		"consumer.heartbeat.interval.ms=5000|1|0|x", "consumer.session.timeout.ms=45000|1|0", "share.auto.offset.reset=latest|earliest|LATEST|by_duration:PT1H|by_duration:x|", "share.isolation.level=read_committed|READ_COMMITTED|x", "foo=1", "streams.num.standby.replicas=-1|0|2",
	},
	ShareConsumer: {
		"share.acknowledgement.mode=implicit|explicit|EXPLICIT|x|", "share.acquire.mode=batch_optimized|record_limit|RECORD_LIMIT|x", "auto.offset.reset=latest", "group.id=|g", "enable.auto.commit=true|false", "group.protocol=share|classic|consumer", "session.timeout.ms=1", "isolation.level=read_committed", "group.instance.id=a",
	},
	Topic: {
		"cleanup.policy=delete|compact|compact,delete|delete,delete|COMPACT||delete,|,|compact , delete", "min.compaction.lag.ms=0|10|11|-1;max.compaction.lag.ms=10|0|1", "message.format.version=2.4|2.5|3.0|3.8|3.8-IV0|foo|2.4.|0.10|0.10.0", "leader.replication.throttled.replicas=*|0:1|0:1,1:2|0-1||0:1,*|*,0:1|,|0:1,|a:b| 0 : 1 |0:1:2|*,*|٠:1",
		"follower.replication.throttled.replicas=*|0:1|", "segment.bytes=13|14|1048575|1048576", "compression.type=gzip|GZIP|none|producer|uncompressed", "message.timestamp.type=CreateTime|LogAppendTime|createtime", "foo=1", "remote.storage.enable=true|false;local.retention.ms=10|-2|-1;retention.ms=5|-1", "remote.storage.enable=true;cleanup.policy=compact", "remote.copy.lag.ms=-1|-2|0",
		"compression.gzip.level=-1|0|1|9|10", "compression.lz4.level=0|1|17|18", "compression.zstd.level=-131073|-131072|22|23", "retention.ms=-1|-2|0", "retention.bytes=-1|-2|0", "max.message.bytes=-1|0", "min.insync.replicas=0|1", "min.cleanable.dirty.ratio=-0.1|0|1|1.1|NaN", "max.decompressed.message.bytes=0|1|2147483639|2147483640", "errors.deadletterqueue.group.enable=true|x", "remote.log.copy.disable=true|x",
		" =1", "flush.ms=-1|0", "flush.messages=0|1",
	},
}

// rule sets one of the sides of a rule.
func (g *generator) rule(m *mutant) { g.side(m, sides[m.kind]) }

func (g *generator) side(m *mutant, of []string) {
	for part := range strings.SplitSeq(g.pick(of...), ";") {
		key, values, _ := strings.Cut(part, "=")
		m.set(key, g.pick(strings.Split(values, "|")...))
	}
}

// listeners writes a block of listeners, coherent or not.
func (g *generator) listeners(m *mutant) {
	names := []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "CONTROLLER", "INTERNAL", "EXTERNAL", "controller", "plaintext", "A-b.c", `\u00df`, "SS", `\u0131x`}
	if g.IntN(2) == 0 {
		names = names[:6]
	}
	entry := func() string {
		host := g.pick("", "", "localhost", "0.0.0.0", "[::]", "[::1]", "10.0.0.1", "h", "127.0.0.1", "a_b", "a b", "1.2.3")
		if g.IntN(4) == 0 {
			host = g.pick("[fe80::1%eth0]", "[::ffff:1.2.3.4]", "010.0.0.1", "[1::]", "256.1.1.1", "[1:2:3:4:5:6:7::]", "[::1:2:3:4:5:6:7]", "1.2.3.4", "2.3.4.5", "[1:2]", "::1", "[::]", "[12345::]", "[1::2::3]", "[fe80::%]", "1.2.3.4%x")
		}
		port := g.pick("9092", "9093", "9094", "9092", "0", "-1", "70000", "99999999999")
		e := g.pick(names...) + "://" + host + ":" + port
		if g.IntN(25) == 0 {
			e = g.pick("foo", "://h:1", "PLAINTEXT://h", "PLAINTEXT:h:1", "PLAINTEXT//h:1", "PLAINTEXT://h:1 # c", "A://B://h:1", "PLAINTEXT://[h:1", "PLAINTEXT://h]:1", "PLAINTEXT://h:+1", "PLAINTEXT://::1:9", "", " PLAINTEXT://h:1 ")
		}
		return e
	}
	list := func() string {
		var all []string
		for range 1 + g.IntN(3) {
			all = append(all, entry())
		}
		return strings.Join(all, g.pick(",", ",", ",", ", ", ",,"))
	}
	value := list()
	if g.IntN(3) > 0 {
		m.set("listeners", value)
	}
	switch g.IntN(5) {
	case 0:
		m.set("advertised.listeners", list())
	case 1:
		m.set("advertised.listeners", strings.NewReplacer("://:", "://h:", "0.0.0.0", "h").Replace(value))
	case 2:
		parts := strings.Split(value, ",")
		m.set("advertised.listeners", g.pick(parts...))
	}
	if g.IntN(3) == 0 {
		m.set("inter.broker.listener.name", g.pick(names...))
	} else if g.IntN(6) == 0 {
		m.set("security.inter.broker.protocol", g.pick("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"))
		m.set("sasl.enabled.mechanisms", g.pick("PLAIN", "GSSAPI", "PLAIN,GSSAPI", ""))
		m.set("sasl.mechanism.inter.broker.protocol", g.pick("PLAIN", "GSSAPI", "plain", ""))
		if g.IntN(3) == 0 {
			m.set("listener.name."+g.pick("sasl_plaintext.", "sasl_ssl.")+g.pick("sasl.enabled.mechanisms", "plain.connections.max.reauth.ms", "num.io.threads", "ssl.client.auth"), g.pick("PLAIN", "GSSAPI", "5", "x", "required"))
		}
	}
	switch g.IntN(6) {
	case 0:
		m.unset("listener.security.protocol.map")
	case 1:
		var pairs []string
		for _, n := range names {
			if g.IntN(4) > 0 {
				pairs = append(pairs, fmt.Sprintf("%s:%s", n, g.pick("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL", "plaintext", "PLAINTEXT")))
			}
		}
		m.set("listener.security.protocol.map", strings.Join(pairs, g.pick(",", ", ")))
	case 2:
		m.set("listener.security.protocol.map", g.pick("", "PLAINTEXT", ":PLAINTEXT", "PLAINTEXT:PLAINTEXT,", ",PLAINTEXT:PLAINTEXT", "PLAINTEXT:PLAINTEXT,,SSL:SSL", "PLAINTEXT:FOO", "plaintext:PLAINTEXT,PLAINTEXT:SSL,CONTROLLER:PLAINTEXT",
			"PLAINTEXT:PLAINTEXT,PLAINTEXT:FOO,CONTROLLER:PLAINTEXT", "PLAINTEXT:SSL:PLAINTEXT", "PLAINTEXT : PLAINTEXT , CONTROLLER : SSL", "PLAINTEXT:", ","))
	}
	if g.IntN(3) == 0 {
		m.set("controller.listener.names", g.pick("CONTROLLER", "CONTROLLER", "controller", "PLAINTEXT", "SSL", "CONTROLLER,SSL", "INTERNAL", "CONTROLLER,INTERNAL", "CONTROLLER, INTERNAL", "SASL_SSL", "CONTROLLER,CONTROLLER"))
	}
	if g.IntN(8) == 0 {
		m.set("control.plane.listener.name", g.pick(names...))
	}
	if g.IntN(8) == 0 {
		m.set("early.start.listeners", g.pick(names...))
	}
}

// lexical edits the text without, or hardly, changing what it says.
func (g *generator) lexical(m *mutant) {
	if len(m.lines) == 0 {
		return
	}
	i := g.IntN(len(m.lines))
	line := m.lines[i]
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return
	}
	switch g.IntN(14) {
	case 0:
		m.lines[i] = key + " : " + value
	case 1:
		m.lines[i] = " \t" + key + " " + value
	case 2:
		at := g.IntN(len(value) + 1)
		m.lines[i] = key + "=" + value[:at] + "\\\n   " + value[at:]
	case 3:
		m.lines[i] = line + "  "
	case 4:
		m.lines[i] = line + "\\"
	case 5:
		m.lines = slices.Insert(m.lines, i, key+"=foo")
	case 6:
		m.lines = append(m.lines, key+"="+value)
	case 7:
		m.lines[i] = line + "\r"
	case 8:
		m.lines[i] = `\u00` + fmt.Sprintf("%02x", key[0]) + key[1:] + "=" + value
	case 9:
		m.lines[0] = "\xef\xbb\xbf" + m.lines[0]
	case 10:
		m.lines[i] = g.pick("#", "!") + line
	case 11:
		m.lines[i] = line + g.pick(`\u12`, `\u00zz`, ` # comment`, `\:`, `\n`, `\u00a0`, "\f")
	case 12:
		m.lines = slices.Insert(m.lines, i, "# comment \\")
	case 13:
		m.lines[i] = key + "==" + value
	}
}
