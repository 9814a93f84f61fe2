package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/atomicfile"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/plural"
	"github.com/kcfg/kcfg/tlsstore"
)

// storeText writes stores for people.
type storeText struct {
	*bufio.Writer
	now    time.Time
	colour bool
}

func newStoreText(e *env) *storeText {
	return &storeText{bufio.NewWriter(e.Stdout), e.Now(), e.Colour()}
}

const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

func (t *storeText) paint(colour, s string) string {
	if !t.colour {
		return s
	}
	return colour + s + reset
}

// each writes the elements of a list.
func (t *storeText) each(all items, write func(t *storeText, v any)) {
	_ = inOrder(t, all.n, func(b *bytes.Buffer, i int) {
		part := storeText{bufio.NewWriterSize(b, 512), t.now, t.colour}
		write(&part, all.at(i))
		_ = part.Flush() // into memory
	}) // an error of t is Flush's
}

// entries writes entries.
func (t *storeText) entries(all items) {
	t.each(all, func(t *storeText, v any) { t.entry(v.(tlsstore.EntryInfo)) })
}

// entry writes an entry with its chain as a tree, as wide as its longest name.
func (t *storeText) entry(e tlsstore.EntryInfo) {
	kind := map[tlsstore.Kind]string{
		tlsstore.KindKey: "private key", tlsstore.KindCertificate: "trusted certificate", tlsstore.KindSecret: "secret key",
	}[e.Type]
	if e.Locked {
		kind += ", locked"
	}
	if e.Created != nil {
		kind += ", created " + e.Created.Format(time.DateOnly)
	}
	alias := finding.Printable(e.Alias)
	if e.Alias == "" {
		alias = `""`
	}
	fmt.Fprintf(t, "  %s  %s\n", t.paint(bold, alias), kind)
	t.chain(e.Chain)
	if e.Type == tlsstore.KindKey && len(e.Chain) > 0 {
		names := append(append([]string{}, e.Chain[0].DNSNames...), e.Chain[0].IPAddresses...)
		if len(names) > 0 {
			fmt.Fprintf(t, "    valid for %s\n", finding.Printable(strings.Join(names, ", ")))
		}
	}
}

// maxShownChain is how much of a chain a person is shown: real ones have up to 5, and each stands further to the right.
const maxShownChain = 16

func (t *storeText) chain(chain []tlsstore.CertificateInfo) {
	if more := len(chain) - maxShownChain; more > 0 {
		t.chain(chain[:maxShownChain])
		fmt.Fprintf(t, "    and %s above it\n", plural.Of(more, "more certificate"))
		return
	}
	width := 0
	for i, c := range chain {
		width = max(width, treeWidth(i)+len([]rune(shortName(c))))
	}
	for i, c := range chain {
		branch := ""
		if i > 0 {
			branch = strings.Repeat("   ", i-1) + "└─ "
		}
		pad := strings.Repeat(" ", max(0, width-treeWidth(i)-len([]rune(shortName(c)))))
		fmt.Fprintf(t, "    %s%s%s  %s, %s\n", branch, shortName(c), pad, keyName(c.PublicKey), t.expiry(c.NotBefore, c.NotAfter))
	}
	if n := len(chain); n > 0 && chain[n-1].Issuer != chain[n-1].Subject {
		fmt.Fprintf(t, "    %s(issued by %s)\n", strings.Repeat("   ", n-1)+"└─ ", issuerName(chain[n-1].Issuer))
	}
}

func treeWidth(depth int) int { return 3 * depth }

// shortName is the common name of a certificate, else its first name, else its whole subject.
func shortName(c tlsstore.CertificateInfo) string {
	name := commonName(c.Subject)
	if name == "" && len(c.DNSNames) > 0 {
		name = c.DNSNames[0]
	}
	if name == "" && len(c.IPAddresses) > 0 {
		name = c.IPAddresses[0]
	}
	if name == "" {
		name = c.Subject
	}
	if name == "" {
		name = "(no name)"
	}
	return finding.Printable(name)
}

func issuerName(issuer string) string {
	if cn := commonName(issuer); cn != "" {
		return finding.Printable(cn)
	}
	return finding.Printable(issuer)
}

// commonName returns the CN of a distinguished name as RFC 4514 writes it; empty where there is none.
func commonName(name string) string {
	rest := name
	for rest != "" {
		var part string
		part, rest = cutRDN(rest)
		if cn, ok := strings.CutPrefix(part, "CN="); ok {
			if !strings.Contains(cn, `\`) {
				return cn
			}
			return unescapeName.Replace(cn)
		}
	}
	return ""
}

var unescapeName = strings.NewReplacer(`\,`, ",", `\+`, "+", `\"`, `"`, `\\`, `\`, `\#`, "#", `\ `, " ")

// cutRDN cuts at the first comma or plus that is not escaped.
func cutRDN(s string) (part, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',', '+':
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// keyName is "EC P-256" or "RSA 2048".
func keyName(k tlsstore.PublicKeyInfo) string {
	switch {
	case k.Curve != "" && k.Algorithm != k.Curve:
		return k.Algorithm + " " + k.Curve
	case k.Algorithm == "RSA" || k.Algorithm == "DSA":
		return k.Algorithm + " " + strconv.Itoa(k.Bits)
	case k.Algorithm == "":
		return "unknown key"
	}
	return k.Algorithm
}

// expiry says how long a certificate is valid, counted in days.
func (t *storeText) expiry(from, until time.Time) string {
	if until.IsZero() {
		return "validity unknown"
	}
	date := until.UTC().Format(time.DateOnly)
	left := until.Sub(t.now)
	switch {
	case left < 0:
		return t.paint(red, fmt.Sprintf("expired %s (%s ago)", date, span(-left)))
	case t.now.Before(from):
		return t.paint(red, "not valid before "+from.UTC().Format(time.DateOnly))
	case left < until.Sub(from)/4:
		return t.paint(yellow, fmt.Sprintf("expires %s (in %s)", date, span(left)))
	}
	return fmt.Sprintf("expires %s (in %s)", date, span(left))
}

// span is a time in days, or hours where it is less than two days.
func span(d time.Duration) string {
	if hours := int(d / time.Hour); hours < 48 {
		return plural.Of(hours, "hour")
	}
	return plural.Of(int(d/(24*time.Hour)), "day")
}

// protection says what protects the parts of a store.
func protection(in *inspection) string {
	type part struct {
		part, name string
		iterations int
	}
	all := []part{
		{"keys", in.Algorithms.Key, in.Iterations.Key},
		{"certificates", in.Algorithms.Certificate, in.Iterations.Certificate},
		{"integrity", in.Algorithms.MAC, in.Iterations.MAC},
	}
	if all[0].name == all[1].name && all[0].iterations == all[1].iterations {
		all = append([]part{{"keys and certificates", all[0].name, all[0].iterations}}, all[2])
	}
	var parts []string
	for _, p := range all {
		if p.name == "" {
			continue
		}
		text := p.part + " " + p.name
		switch {
		case p.iterations == 1:
			text += " (1 iteration)"
		case p.iterations > 0:
			text += " (" + thousands(p.iterations) + " iterations)"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// fileInfo says who may read a file.
func fileInfo(path string) tlsstore.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return tlsstore.FileInfo{}
	}
	owner := atomicfile.OwnerOf(info)
	return tlsstore.FileInfo{Mode: fmt.Sprintf("%04o", info.Mode().Perm()), Owner: userName(owner.UID), Group: groupName(owner.GID)}
}

// whoReads says in words which users can read a file.
func whoReads(f tlsstore.FileInfo) string {
	mode, err := strconv.ParseUint(f.Mode, 8, 32)
	if err != nil || f.Owner == "" {
		return "unknown"
	}
	var who []string
	if mode&0o400 != 0 {
		who = append(who, "user "+f.Owner)
	}
	if mode&0o040 != 0 {
		who = append(who, "group "+f.Group)
	}
	if mode&0o004 != 0 {
		who = []string{"every user"}
	}
	if len(who) == 0 {
		who = []string{"root alone"}
	}
	return strings.Join(who, " and ") + " (mode " + f.Mode + ", owner " + f.Owner + ":" + f.Group + ")"
}

// readers joins the names of those who can open a store; Java's versions share one "Java".
func readers(names []string) string {
	var b strings.Builder
	const java = "Java "
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
			if strings.HasPrefix(names[i-1], java) {
				name = strings.TrimPrefix(name, java)
			}
		}
		b.WriteString(name)
	}
	return b.String()
}

// writeFindings writes findings at or above a severity, after an empty line.
func writeFindings(w io.Writer, e *env, found []finding.Finding, least finding.Severity) error {
	var shown []finding.Finding
	for _, f := range found {
		if f.Severity >= least {
			f.Pos = finding.Position{} // the store is named above
			shown = append(shown, f)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return err
	}
	return finding.WriteText(w, []finding.Report{{Findings: shown}}, finding.TextOptions{Color: e.Colour()})
}
