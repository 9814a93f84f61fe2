package zkcfg

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/properties"
)

func (m mutant) root() fstest.MapFS {
	files := map[string]string{"@DIR@/zoo.cfg": m.cfg}
	for name, content := range m.files {
		files["@DIR@/"+name] = content
	}
	return rootWith(files)
}

func (m mutant) resolve(t testing.TB, release Release) *Config {
	t.Helper()
	f, err := properties.Parse("/d/zoo.cfg", []byte(expand(m.cfg)))
	require.NoError(t, err)
	c, err := Resolve(f, Options{Release: release, Root: m.root(), ClassesExact: true, Properties: m.properties})
	require.NoError(t, err)
	return c
}

func (m mutant) reference() reference.ZooKeeperCase {
	c := reference.ZooKeeperCase{Files: map[string]string{"zoo.cfg": m.cfg}, Config: "zoo.cfg", Properties: m.properties}
	for name, content := range m.files {
		c.Files[name] = content
	}
	return c
}

// facts brings our configuration into the words of QuorumPeerConfig's fields.
func facts(c *Config) map[string]string {
	f := map[string]string{}
	for _, p := range c.problems {
		if p.step < stepStart && p.exit != 0 {
			f["exit"] = strconv.Itoa(c.ExitStatus)
			return f
		}
	}
	put := func(key string, v any) { f[key] = fmt.Sprint(v) }
	put("distributed", c.Mode == Distributed)
	put("serverId", c.ID)
	put("peerType", strings.ToUpper(string(c.PeerType)))
	put("tickTime", c.TickTime)
	put("initLimit", c.InitLimit)
	put("syncLimit", c.SyncLimit)
	put("minSessionTimeout", c.MinSessionTimeout)
	put("maxSessionTimeout", c.MaxSessionTimeout)
	put("maxClientCnxns", c.MaxClientCnxns)
	put("electionAlg", c.ElectionAlg)
	put("snapRetainCount", c.SnapRetainCount)
	put("purgeInterval", c.PurgeInterval)
	put("dataDir", javaPath(c.DataDir))
	put("dataLogDir", javaPath(c.DataLogDir))
	if !c.d.verifier {
		put("dataDir", c.DataDir)
		put("dataLogDir", c.DataLogDir)
	}
	if c.Client != nil {
		put("clientPortAddress", addressOf(*c.Client))
	}
	if c.Secure != nil {
		put("secureClientPortAddress", addressOf(*c.Secure))
	}
	if c.d.pipes {
		put("observerMasterPort", c.ObserverMasterPort)
	}
	for _, s := range c.Servers {
		prefix := fmt.Sprintf("server %d ", s.ID)
		if !c.d.verifier && c.Mode == Standalone {
			continue
		}
		put(prefix+"type", strings.ToUpper(string(s.Role)))
		put(prefix+"addr", addressesOf(s.Quorum))
		put(prefix+"electionAddr", addressesOf(s.Election))
		if s.Client != nil {
			put(prefix+"clientAddr", addressOf(*s.Client))
		}
	}
	for group, members := range c.Groups {
		for _, id := range members {
			put(fmt.Sprintf("group of %d", id), group)
		}
	}
	if len(c.Groups) > 0 {
		for id, w := range c.Weights {
			put(fmt.Sprintf("weight of %d", id), w)
		}
	}
	for key, value := range c.Properties {
		put("-D"+key, value)
	}
	return f
}

func addressOf(a Address) string {
	ip := "?"
	switch host := strings.ToLower(a.Host); {
	case a.IP.IsValid():
		ip = a.IP.WithZone("").String()
	case hosts[host] != "":
		ip = hosts[host] // Java's file of hosts knows upper and lower case apart, so both are in it
	case otherName(a.Host):
		ip = otherIP
	}
	return fmt.Sprintf("%s:%d", ip, a.Port)
}

// otherIP is the address of every name in the cases that has none of its own.
const otherIP = "10.9.9.9"

func otherName(name string) bool {
	_, known := resolve(name)
	return known == named && hosts[strings.ToLower(name)] == "" && slices.Contains(hostTexts, name)
}

func addressesOf(all []Address) string {
	var s []string
	for _, a := range all {
		s = append(s, addressOf(a))
	}
	slices.Sort(s)
	return strings.Join(s, " ")
}

// realFacts brings what the real class said into the same form.
func realFacts(r reference.ZooKeeperFacts) map[string]string {
	f := map[string]string{}
	if exit, ok := r["exit"]; ok {
		f["exit"] = exit
		return f
	}
	for key, value := range r {
		switch {
		case strings.HasPrefix(key, "-Dzookeeper."):
			f["-D"+strings.TrimPrefix(key, "-Dzookeeper.")] = value
		case key == "clientPortAddress", key == "secureClientPortAddress":
			f[key] = realAddresses(value)
		case strings.Contains(key, "allMembers[") || strings.HasPrefix(key, "servers["):
			_, rest, _ := strings.Cut(key, "[")
			id, field, _ := strings.Cut(rest, "].")
			if slices.Contains([]string{"type", "addr", "electionAddr", "clientAddr"}, field) && !strings.HasPrefix(key, "lastSeen") {
				f["server "+id+" "+field] = realAddresses(value)
			}
		case strings.Contains(key, "serverGroup[") && !strings.HasPrefix(key, "lastSeen"):
			_, id, _ := strings.Cut(strings.TrimSuffix(key, "]"), "[")
			f["group of "+id] = value
		case strings.Contains(key, "serverWeight[") && !strings.HasPrefix(key, "lastSeen"):
			_, id, _ := strings.Cut(strings.TrimSuffix(key, "]"), "[")
			f["weight of "+id] = value
		default:
			f[key] = value
		}
	}
	return f
}

func realAddresses(value string) string {
	if !strings.Contains(value, "|") {
		return value
	}
	var all []string
	for _, a := range strings.Split(value, " ") { // host names in the cases may hold blanks, which never resolve
		parts := strings.Split(a, "|")
		if len(parts) < 3 {
			continue
		}
		ip := parts[len(parts)-2]
		if strings.Contains(ip, ":") {
			if parsed, ok := parseIPv6(ip); ok {
				ip = parsed.WithZone("").String()
			}
		}
		all = append(all, ip+":"+parts[len(parts)-1])
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// differences compares the fields that we have.
func differences(c *Config, real reference.ZooKeeperFacts) []string {
	ours, theirs := facts(c), realFacts(real)
	var all []string
	for key, want := range theirs {
		if !c.d.verifier && c.Mode == Standalone && hasPrefixAny(key, "group of", "weight of") {
			continue // read and forgotten
		}
		got, ok := ours[key]
		if !ok && !hasPrefixAny(key, "server ", "group of", "-D", "exit", "clientPortAddress", "secureClientPortAddress") {
			continue
		}
		// What a server leaves for itself, and the client address that the static file gives.
		if key == "-DauthProvider.x509" || strings.HasSuffix(key, " clientAddr") && !ok || strings.HasPrefix(key, "-DmultiAddress") {
			continue
		}
		if strings.HasPrefix(key, "server ") && strings.HasSuffix(key, "addr") && want == "" && got == "" {
			continue
		}
		if given, ok := c.opts.Properties["zookeeper."+strings.TrimPrefix(key, "-D")]; ok && got == "" && given == want {
			continue // it was there before
		}
		if got != want {
			all = append(all, fmt.Sprintf("%s: we say %q, the server %q", key, got, want))
		}
	}
	for key, got := range ours {
		if _, ok := theirs[key]; !ok && !(got == "" && hasPrefixAny(key, "server ")) && !strings.HasPrefix(key, "weight of") {
			all = append(all, fmt.Sprintf("%s: we say %q, the server nothing", key, got))
		}
	}
	slices.Sort(all)
	return all
}

func hostsFile() string {
	var b strings.Builder
	for name, ip := range hosts {
		fmt.Fprintf(&b, "%s %s\n", ip, name)
	}
	fmt.Fprintf(&b, "%s 0x1\n%s 0x7f000001\n", otherIP, otherIP) // Java does not look these up
	for _, name := range hostTexts {                             // every name that a name service could know is known
		if otherName(name) {
			fmt.Fprintf(&b, "%s %s\n", otherIP, name)
		}
	}
	return b.String()
}

func expanded(r reference.ZooKeeperFacts) reference.ZooKeeperFacts {
	out := reference.ZooKeeperFacts{}
	for key, value := range r {
		out[expand(key)] = expand(value)
	}
	return out
}

var unknownHost = regexp.MustCompile(`UnknownHostException: Unable to resolve host (\S+) in hosts file|UnknownHostException: (\S+): Name or service`)

// nameUnknown reports whether a case was refused for a name that another machine's name service may know.
func nameUnknown(r reference.ZooKeeperFacts) bool {
	m := unknownHost.FindStringSubmatch(r["exceptions"])
	return m != nil && hostName(m[1]+m[2])
}

// undeterminable reports whether the answer depends on which address a host name has, which is the machine's business.
func undeterminable(c *Config) bool {
	return slices.ContainsFunc(c.problems, func(p problem) bool { return p.exit == 0 })
}

// judged are the releases whose real classes judge: KCFG_RELEASES names others than the usual ones, or all.
func judged() []string {
	switch some := os.Getenv("KCFG_RELEASES"); some {
	case "":
		return []string{"3.4.14", "3.5.7", "3.6.4", "3.8.7", "3.9.6"}
	case "all":
		return reference.ZooKeeperReleases
	default:
		return strings.Split(some, ",")
	}
}

func TestAgreesWithQuorumPeerConfig(t *testing.T) {
	reference.Require(t)
	count := 1000
	releases := judged()
	if n, err := strconv.Atoi(os.Getenv("KCFG_CASES")); err == nil {
		count = n
	}
	t.Logf("%d cases", count)
	g := grammar{rand.New(rand.NewPCG(reference.Seed(t), 0))}
	cases := make([]mutant, count)
	for i := range cases {
		cases[i] = g.next()
	}
	for _, release := range releases {
		compare(t, Release(release), cases)
	}
}

// compare holds the cases against what a release says, and shows the smallest forms of the first that differ.
func compare(t *testing.T, release Release, cases []mutant) {
	t.Helper()
	accepted, open, wrong := 0, 0, 0
	for i, r := range ask(t, release, cases) {
		if _, ok := r.answer["accepts"]; ok {
			accepted++
		}
		if r.open {
			open++
		}
		const most = 5 // each is asked many times to make it small
		if len(r.differences) == 0 {
			continue
		}
		if wrong++; wrong <= most {
			m, r := shrunk(t, release, cases[i], r)
			t.Errorf("%s, case %d:\n%s\n--- zoo.cfg\n%s\n--- %q %v\n%s", release, i, strings.Join(r.differences, "\n"), m.cfg, m.files, m.properties, r.answer["exceptions"])
		}
	}
	t.Logf("%s: %d accepted, %d refused, %d undetermined, %d disagreements", release, accepted, len(cases)-accepted, open, wrong)
	require.Greater(t, accepted, len(cases)/10, "hardly anything is accepted: the cases are no test")
	require.Less(t, accepted, len(cases)*9/10)
	require.Less(t, open, len(cases)/10, "too much is left open")
}

// result is what came of one case.
type result struct {
	answer      reference.ZooKeeperFacts
	open        bool // the answer depends on the machine's name service or on classes that are not listed
	differences []string
}

func ask(t *testing.T, release Release, cases []mutant) []result {
	t.Helper()
	asked := make([]reference.ZooKeeperCase, len(cases))
	for i := range cases {
		asked[i] = cases[i].reference()
	}
	results := make([]result, len(cases))
	for i, answer := range reference.JudgeZooKeeper(t, string(release), hostsFile(), asked) {
		c := cases[i].resolve(t, release)
		r := result{answer: expanded(answer)}
		if r.open = undeterminable(c) || nameUnknown(r.answer); !r.open {
			r.differences = differences(c, r.answer)
		}
		results[i] = r
	}
	return results
}

// shrunk takes parts of a case away, as long as what is left still differs.
func shrunk(t *testing.T, release Release, m mutant, r result) (mutant, result) {
	t.Helper()
	const rounds = 12
	for range rounds {
		smaller := m.smaller()
		if len(smaller) == 0 {
			break
		}
		results := ask(t, release, smaller)
		i := slices.IndexFunc(results, func(r result) bool { return len(r.differences) > 0 })
		if i < 0 {
			break
		}
		m, r = smaller[i], results[i]
	}
	return m, r
}

// smaller returns the cases with one part less: half the configuration, a line, a file, a property.
func (m mutant) smaller() []mutant {
	var all []mutant
	add := func(change func(*mutant)) {
		less := mutant{m.cfg, maps.Clone(m.files), maps.Clone(m.properties)}
		change(&less)
		all = append(all, less)
	}
	lessText := func(text string, set func(*mutant, string)) {
		lines := strings.SplitAfter(text, "\n")
		for _, n := range []int{len(lines) / 2, 1} {
			for i := 0; n > 0 && i+n <= len(lines) && len(lines) > 1; i += n {
				rest := strings.Join(slices.Delete(slices.Clone(lines), i, i+n), "")
				add(func(m *mutant) { set(m, rest) })
			}
		}
	}
	lessText(m.cfg, func(m *mutant, s string) { m.cfg = s })
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		add(func(m *mutant) { delete(m.files, name) })
		lessText(m.files[name], func(m *mutant, s string) { m.files[name] = s })
	}
	for _, name := range slices.Sorted(maps.Keys(m.properties)) {
		add(func(m *mutant) { delete(m.properties, name) })
	}
	return all
}
