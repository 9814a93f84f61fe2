package zkcfg

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/filelint"
)

// members is the list of servers with groups and weights, while it is read: QuorumMaj, QuorumHierarchical and
// QuorumOracleMaj in one.
type members struct {
	c       *Config
	from    source
	at      step
	trimmed bool // 3.4 trims keys and values
	next    bool // this is the next dynamic file, for which oraclePath does not count

	all          roster
	voters       roster // not always the one in all: 3.4 puts an observer of the same id over it
	observers    map[int64]bool
	grouped      bool // some line is about a group
	hierarchical bool
	context      lineContext
	groupOf      map[int64]int64 // server to group
	weights      map[int64]int64
	version      int64
	groupPos     finding.Position
}

func newMembers(c *Config, from source, at step) *members {
	return &members{c: c, from: from, at: at, context: c.lineContext()}
}

// roster is servers by their ids.
type roster struct {
	list  []Server
	index map[int64]int // nil: the list is short enough to be searched
}

// usual is up to how many servers a list is searched; no ensemble has more.
const usual = 16

func (r *roster) find(id int64) int {
	if r.index == nil {
		return slices.IndexFunc(r.list, func(s Server) bool { return s.ID == id })
	}
	if i, ok := r.index[id]; ok {
		return i
	}
	return -1
}

// put adds a server, in the place of the one that has its id.
func (r *roster) put(s Server) {
	if i := r.find(s.ID); i >= 0 {
		r.list[i] = s
		return
	}
	r.list = append(r.list, s)
	switch {
	case r.index != nil:
		r.index[s.ID] = len(r.list) - 1
	case len(r.list) > usual:
		r.index = make(map[int64]int, len(r.list))
		for i := range r.list {
			r.index[r.list[i].ID] = i
		}
	}
}

// read goes through the lines in file order; only where two lines mean the same server does the server's own order matter.
func (m *members) read() {
	for _, p := range m.from.pairs {
		if hasPrefixAny(trim(p.key), "group", "weight") {
			m.grouped = true
		}
	}
	m.hierarchical = m.grouped
	if m.c.d.oracle && !m.next && m.c.has("oraclePath") {
		m.hierarchical = false
	}
	problems := len(m.c.problems)
	if twice := m.pass(false); twice {
		m.c.problems = m.c.problems[:problems]
		m.pass(true)
	}
	if m.hierarchical && !m.trimmed {
		m.checkGroups()
	}
}

// pass reads all lines, in the order of the server or that of the file, and reports whether two of them are about one
// server.
func (m *members) pass(ordered bool) (twice bool) {
	n := min(len(m.from.pairs), usual)
	m.all, m.voters, m.observers = roster{list: make([]Server, 0, n)}, roster{list: make([]Server, 0, n)}, nil
	if m.grouped {
		m.groupOf, m.weights = map[int64]int64{}, map[int64]int64{}
	}
	weighed := map[int64]bool(nil)
	line := func(p pair) {
		if m.trimmed {
			p.key, p.value = trim(p.key), trim(p.value)
		}
		switch {
		case strings.HasPrefix(p.key, "server."):
			if s, ok := m.server(p); ok {
				twice = twice || m.all.find(s.ID) >= 0
				m.add(s)
			}
		case strings.HasPrefix(p.key, "group") && (m.hierarchical || m.trimmed):
			m.group(p)
		case strings.HasPrefix(p.key, "weight") && (m.hierarchical || m.trimmed):
			if id, ok := m.weight(p); ok {
				if weighed == nil {
					weighed = map[int64]bool{}
				}
				twice = twice || weighed[id]
				weighed[id] = true
			}
		case p.key == "version" && !m.trimmed:
			n, ok := parseLong(p.value, 16)
			if m.version = n; !ok {
				m.refuse("zk-version-not-hex", p, fmt.Sprintf("version is %q, which is not a hexadecimal number", p.value))
			}
		}
	}
	pairs := m.from.pairs
	if ordered {
		pairs = slices.Clone(pairs)
		slices.SortFunc(pairs, func(a, b pair) int { return m.from.order.rank(a.key) - m.from.order.rank(b.key) })
	}
	for _, p := range pairs {
		line(p)
	}
	return twice
}

func (m *members) add(s Server) {
	if s.Role == Observer {
		if m.observers == nil {
			m.observers = map[int64]bool{}
		}
		m.observers[s.ID] = true
	} else {
		m.voters.put(s)
	}
	// 3.4 keeps observers apart and adds them at the end.
	if i := m.all.find(s.ID); m.trimmed && i >= 0 && m.all.list[i].Role == Observer && s.Role != Observer {
		return
	}
	m.all.put(s)
}

func (m *members) refuse(id string, p pair, message string) *problem {
	return m.refuseExit(id, p, exitInvalid, message)
}

func (m *members) refuseExit(id string, p pair, exit int, message string) *problem {
	if m.next {
		id = "zk-next-dynamic-file-malformed"
	}
	found := m.c.refuse(id, m.at, exit, p.entry.ValuePos(), trim(p.key), message)
	found.key, found.order = p.entry.Key, m.from.order
	return found
}

// id reads the number in a key.
func (m *members) id(p pair) (int64, bool) {
	text := p.key[strings.IndexByte(p.key, '.')+1:]
	id, ok := parseLong(text, 10)
	if !ok {
		rule := "zk-group-malformed"
		if strings.HasPrefix(p.key, "server.") {
			rule = "zk-server-id-malformed"
		}
		m.refuse(rule, p, fmt.Sprintf("%q does not end in a number", p.key)).Pos = p.entry.KeyPos()
	}
	return id, ok
}

func (m *members) server(p pair) (Server, bool) {
	id, ok := m.id(p)
	if !ok {
		return Server{}, false
	}
	var s Server
	var f *flaw
	if m.trimmed {
		s, f = parseServer34(id, p.value)
	} else {
		s, f = parseServer35(id, p.value, m.context)
	}
	s.Pos = p.entry.ValuePos()
	if f == nil {
		return s, true
	}
	text := trim(p.key) + ": " + f.text
	if f.rule == "zk-multi-address-disabled" {
		text = trim(p.key) + " " + f.text
	}
	problem := m.refuseExit(f.rule, p, f.exit, text)
	m.explain(problem, p)
	return Server{}, false
}

func (c *Config) lineContext() lineContext {
	multi := strings.EqualFold(c.opts.Properties["zookeeper.multiAddress.enabled"], "true")
	canonical := c.table.lookup("kerberos.canonicalizeHostNames") != nil && strings.EqualFold(c.systemProperty("kerberos.canonicalizeHostNames", ""), "true")
	return lineContext{dialect: c.d, multiAddress: multi, canonicalize: canonical}
}

// explain adds the cure for the mistakes that people make in server lines.
func (m *members) explain(p *problem, from pair) {
	switch value := from.value; {
	case commentIn(value) >= 0:
		p.Help = filelint.CommentHelp
	case value != trim(value) && !m.trimmed:
		p.Notes = append(p.Notes, "the value ends in a blank, which ZooKeeper trimmed up to 3.4 and keeps since 3.5")
		p.Help = "remove the blank at the end"
	case m.trimmed && strings.Contains(value, ";"):
		p.Help = "remove what begins at the semicolon: 3.4 has no client address in a server line"
	}
}

func (m *members) group(p pair) {
	if m.groupPos.Line == 0 {
		m.groupPos = p.entry.ValuePos()
	}
	gid, ok := m.id(p)
	if !ok {
		return
	}
	for _, part := range javaSplit(p.value, ":") {
		sid, ok := parseLong(part, 10)
		if !ok {
			m.refuse("zk-group-malformed", p, fmt.Sprintf("%s is %q; it must be ids with colons between them", trim(p.key), p.value))
			return
		}
		if other, taken := m.groupOf[sid]; taken {
			m.refuse("zk-server-in-two-groups", p, fmt.Sprintf("%s lists server %d, which group.%d has already", trim(p.key), sid, other))
			return
		}
		m.groupOf[sid] = gid
	}
}

func (m *members) weight(p pair) (int64, bool) {
	if m.groupPos.Line == 0 {
		m.groupPos = p.entry.ValuePos()
	}
	sid, ok := m.id(p)
	if !ok {
		return 0, false
	}
	n, ok := parseLong(p.value, 10)
	if !ok {
		m.refuse("zk-group-malformed", p, fmt.Sprintf("%s is %q; it must be a number", trim(p.key), p.value))
		return 0, false
	}
	m.weights[sid] = n
	return sid, true
}

// checkGroups is what QuorumHierarchical asks of the whole list.
func (m *members) checkGroups() {
	for _, s := range m.sorted(&m.all) {
		if s.Role != Participant {
			continue
		}
		if _, ok := m.groupOf[s.ID]; !ok && len(m.groupOf) == 0 {
			m.refuseGroups("zk-server-without-group", s.Pos, exitInvalid,
				fmt.Sprintf("there are weights, but no group lists server.%d", s.ID)).Help = "remove the weights, or list every participant in a group"
		} else if !ok {
			m.refuseGroups("zk-server-without-group", s.Pos, exitInvalid, fmt.Sprintf("no group lists server.%d", s.ID))
		}
		if _, ok := m.weights[s.ID]; !ok {
			m.weights[s.ID] = 1
		}
	}
	m.checkGroupWeights(m.at + 1)
}

// checkGroupWeights: the sum of a group's weights is a null pointer where a member has none.
func (m *members) checkGroupWeights(at step) {
	for _, sid := range sortedKeys(m.groupOf) {
		if _, ok := m.weights[sid]; !ok {
			what := "is no server"
			if _, observes := m.observers[sid]; observes {
				what = "is an observer"
			}
			p := m.refuseGroups("zk-group-unknown-server", m.groupPos, exitUnexpected,
				fmt.Sprintf("group.%d lists %d, which %s and has no weight", m.groupOf[sid], sid, what))
			p.step = at
		}
	}
}

func (m *members) refuseGroups(id string, pos finding.Position, exit int, message string) *problem {
	if m.next {
		id = "zk-next-dynamic-file-malformed"
	}
	return m.c.refuse(id, m.at+1, exit, pos, "group", message)
}

// sorted returns the servers by id, once all lines are read.
func (m *members) sorted(r *roster) []Server {
	for i := range r.list {
		r.list[i].Group = m.groupOf[r.list[i].ID]
	}
	r.index = nil
	slices.SortFunc(r.list, func(a, b Server) int { return cmp.Compare(a.ID, b.ID) })
	return r.list
}

func (m *members) groups() map[int64][]int64 {
	groups := map[int64][]int64{}
	for _, sid := range sortedKeys(m.groupOf) {
		groups[m.groupOf[sid]] = append(groups[m.groupOf[sid]], sid)
	}
	return groups
}

func sortedKeys[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
