package kafkacfg

import (
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/internal/rule"
)

// Timeouts that have to leave room for each other, and sizes that have to let records pass.
var timeLints = []rule.Rule[*lint]{
	{ID: "kafka-broker-heartbeat-session", Severity: finding.Warning, Check: brokerHeartbeatSession},
	{ID: "kafka-zookeeper-session-short", Severity: finding.Warning, Check: zookeeperSessionShort},
	{ID: "kafka-consumer-heartbeat-session", Severity: finding.Warning, Check: consumerHeartbeatSession},
	{ID: "kafka-consumer-session-short", Severity: finding.Warning, Check: consumerSessionShort},
	{ID: "kafka-consumer-poll-below-session", Severity: finding.Info, Check: consumerPollBelowSession},
	{ID: "kafka-message-above-request", Severity: finding.Error, Check: messageAboveRequest},
	{ID: "kafka-message-above-fetch", Severity: finding.Info, Check: messageAboveFetch},
	{ID: "kafka-request-size-huge", Severity: finding.Warning, Check: requestSizeHuge},
	{ID: "kafka-fetch-memory", Severity: finding.Info, Check: fetchMemory},
	{ID: "kafka-producer-buffer-small", Severity: finding.Warning, Check: producerBufferSmall},
	{ID: "kafka-producer-acks-weak", Severity: finding.Info, Check: producerAcksWeak},
	{ID: "kafka-metrics-level-unknown", Severity: finding.Error, Check: metricsLevelUnknown},
}

// Kafka 4.2 and later log it as an error and go on.
func brokerHeartbeatSession(c *lint, report rule.Reporter) {
	const beat, session = "broker.heartbeat.interval.ms", "broker.session.timeout.ms"
	b, ok := c.num(beat)
	s, ok2 := c.num(session)
	if !ok || !ok2 || !c.kraft() || !c.broker() || b*2 <= s {
		return
	}
	key := beat
	if !c.set(beat) {
		key = session
	}
	f := report(c.pos(key), key, "broker.heartbeat.interval.ms (%d) is more than half of broker.session.timeout.ms (%d): one late heartbeat fences the broker", b, s)
	f.Help = "set broker.heartbeat.interval.ms=" + itoa(max(1, s/4))
	c.relate(f, other(key, beat, session))
}

func zookeeperSessionShort(c *lint, report rule.Reporter) {
	const key, least = "zookeeper.session.timeout.ms", 6000
	if n, ok := c.num(key); ok && c.zooKeeper() && c.set(key) && n < least {
		report(c.pos(key), key, "zookeeper.session.timeout.ms is %d: a garbage collection of that length takes the broker out of the cluster", n).
			Help = "set zookeeper.session.timeout.ms=18000, the default since 2.5"
	}
}

func consumerHeartbeatSession(c *lint, report rule.Reporter) {
	const beat, session = "heartbeat.interval.ms", "session.timeout.ms"
	b, ok := c.num(beat)
	s, ok2 := c.num(session)
	if !ok || !ok2 || c.node() || !c.set(beat) && !c.set(session) || b*3 <= s || b >= s { // the client refuses b >= s itself
		return
	}
	key := beat
	if !c.set(beat) {
		key = session
	}
	f := report(c.pos(key), key, "heartbeat.interval.ms (%d) is more than a third of session.timeout.ms (%d)", b, s)
	f.Help = "set heartbeat.interval.ms=" + itoa(max(1, s/3))
	c.relate(f, other(key, beat, session))
}

// The broker's group.min.session.timeout.ms is 6000 unless set.
func consumerSessionShort(c *lint, report rule.Reporter) {
	const key, least = "session.timeout.ms", 6000
	if n, ok := c.num(key); ok && !c.node() && c.set(key) && n < least {
		report(c.pos(key), key, "session.timeout.ms is %d, below the 6000 that brokers allow by default (group.min.session.timeout.ms)", n).
			Help = "set session.timeout.ms=6000 or more; the default is 45000 since 3.0"
	}
}

func consumerPollBelowSession(c *lint, report rule.Reporter) {
	const poll, session = "max.poll.interval.ms", "session.timeout.ms"
	p, ok := c.num(poll)
	s, ok2 := c.num(session)
	if !ok || !ok2 || c.node() || !c.set(poll) && !c.set(session) || p >= s {
		return
	}
	key := poll
	if !c.set(poll) {
		key = session
	}
	f := report(c.pos(key), key, "max.poll.interval.ms (%d) is below session.timeout.ms (%d): processing has less time than the heartbeats", p, s)
	f.Help = "set max.poll.interval.ms above session.timeout.ms"
	c.relate(f, other(key, poll, session))
}

func messageAboveRequest(c *lint, report rule.Reporter) {
	const message, request = "message.max.bytes", "socket.request.max.bytes"
	m, ok := c.num(message)
	r, ok2 := c.num(request)
	if !ok || !ok2 || !c.broker() || !c.set(message) && !c.set(request) || m <= r {
		return
	}
	key := message
	if !c.set(message) {
		key = request
	}
	f := report(c.pos(key), key, "message.max.bytes (%d) is above socket.request.max.bytes (%d): the broker closes the connection on such a batch", m, r)
	f.Help = "set socket.request.max.bytes above message.max.bytes"
	c.relate(f, other(key, message, request))
}

// Since 0.10.1 a fetch returns the first batch whole, whatever the limit: slower, not stuck.
func messageAboveFetch(c *lint, report rule.Reporter) {
	const message = "message.max.bytes"
	m, ok := c.num(message)
	if !ok || !c.broker() || !c.set(message) {
		return
	}
	var f *finding.Finding
	for _, fetch := range []string{"replica.fetch.max.bytes", "replica.fetch.response.max.bytes", "fetch.max.bytes"} {
		n, ok := c.num(fetch)
		switch {
		case !ok || m <= n:
			continue
		case f == nil:
			f = report(c.pos(message), message, "message.max.bytes (%d) is above %s (%d): such batches are fetched one at a time", m, fetch, n)
			f.Help = "set " + fetch + "=" + itoa(m) + " or more"
		default:
			f.Help += ", likewise " + fetch
		}
		c.relate(f, fetch)
	}
}

func requestSizeHuge(c *lint, report rule.Reporter) {
	for _, limit := range []struct {
		key  string
		most int64
	}{{"socket.request.max.bytes", 1 << 30}, {"message.max.bytes", 100 << 20}} {
		n, ok := c.num(limit.key)
		if !ok || !c.broker() || !c.set(limit.key) || n < limit.most {
			continue
		}
		report(c.pos(limit.key), limit.key, "%s is %d: one request can take that much of the broker's heap", limit.key, n).
			Help = "keep large objects outside Kafka, and stay below " + itoa(limit.most)
	}
}

// Every fetcher thread may hold one response of each broker that it follows.
func fetchMemory(c *lint, report rule.Reporter) {
	const fetchers, response, heap = "num.replica.fetchers", "replica.fetch.response.max.bytes", 1 << 30
	n, ok := c.num(fetchers)
	size, ok2 := c.num(response)
	if !ok || !ok2 || !c.broker() || !c.set(fetchers) && !c.set(response) || n < 1 || size < 1 || n > heap || size > 1<<40 || n*size <= heap {
		return
	}
	key := fetchers
	if !c.set(fetchers) {
		key = response
	}
	f := report(c.pos(key), key, "%s with responses of %d bytes: more than the heap that Kafka's scripts give (1 GiB), for each broker followed", plural.Of(int(n), "replica fetcher"), size)
	f.Help = "raise the heap (KAFKA_HEAP_OPTS), or lower num.replica.fetchers"
	c.relate(f, other(key, fetchers, response))
}

func producerBufferSmall(c *lint, report rule.Reporter) {
	const buffer = "buffer.memory"
	n, ok := c.num(buffer)
	if !ok || c.node() {
		return
	}
	for _, size := range []string{"max.request.size", "batch.size"} {
		m, ok := c.num(size)
		if !ok || m <= n || !c.set(buffer) && !c.set(size) {
			continue
		}
		key := buffer
		if !c.set(buffer) {
			key = size
		}
		f := report(c.pos(key), key, "buffer.memory (%d) is below %s (%d), which can then never be reached", n, size, m)
		f.Help = "set buffer.memory to several times " + size
		c.relate(f, other(key, buffer, size))
	}
}

func producerAcksWeak(c *lint, report rule.Reporter) {
	const key = "acks"
	refused := slices.ContainsFunc(c.cfg.problems, func(f finding.Finding) bool { return f.Key == key && f.Refuses() })
	if v := c.str(key); c.set(key) && c.defined(key) && !c.node() && !refused && (v == "0" || v == "1") {
		report(c.pos(key), key, "acks is %s: a record that was acknowledged may be lost with the leader", v).Help = "set acks=all, the default since 3.0"
	}
}

// Free text for KafkaConfig; the broker dies when it makes its metrics. Clients have their own check of it.
func metricsLevelUnknown(c *lint, report rule.Reporter) {
	const key = "metrics.recording.level"
	if !c.node() || !c.set(key) || oneOfFold(c.str(key), "INFO", "DEBUG", "TRACE") {
		return
	}
	report(c.pos(key), key, "metrics.recording.level is %s; it must be INFO, DEBUG or TRACE", c.str(key)).Help = "set metrics.recording.level=INFO"
}
