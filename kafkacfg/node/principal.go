package node

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/javaregex"
)

// principalRules checks the value of ssl.principal.mapping.rules as SslPrincipalMapper splits and parses it: rules are
// DEFAULT or RULE:pattern/replacement/[LU], separated by commas; empty ones are ignored.
func principalRules(value string) error {
	rest := strings.TrimFunc(value, func(r rune) bool { return r <= ' ' })
	for {
		rest = strings.TrimLeft(rest, javaSpace)
		if rest == "" {
			return nil
		}
		rule, after, err := principalRule(rest)
		if err != nil {
			return fmt.Errorf("%w: %q", err, clip(rule))
		}
		rest = after
	}
}

// javaSpace is what \s matches in a Java pattern.
const javaSpace = " \t\n\v\f\r"

var (
	errRuleForm    = errors.New("is neither DEFAULT nor RULE:pattern/replacement/[LU]")
	errRulePattern = errors.New("has a pattern that is no regular expression")
)

// principalRule takes one rule off the front. The pattern of a RULE may hold commas, so a rule ends at the first comma
// only behind its second slash.
func principalRule(text string) (rule, after string, err error) {
	body, isRule := strings.CutPrefix(text, "RULE:")
	if !isRule {
		rule, after, _ = strings.Cut(text, ",")
		if rule = strings.TrimRight(rule, javaSpace); rule != "DEFAULT" && rule != "" {
			return rule, after, errRuleForm
		}
		return rule, after, nil
	}
	pattern, body, ok := cutSlash(body)
	if !ok {
		return text, "", errRuleForm
	}
	_, body, ok = cutSlash(body)
	if !ok {
		return text, "", errRuleForm
	}
	flag, after, _ := strings.Cut(body, ",")
	rule = text[:len(text)-len(body)+len(flag)]
	if flag = strings.TrimRight(flag, javaSpace); flag != "" && flag != "L" && flag != "U" {
		return rule, after, errRuleForm
	}
	if !javaPattern(pattern) {
		return rule, after, errRulePattern
	}
	return rule, after, nil
}

// cutSlash cuts at the first slash that no backslash escapes.
func cutSlash(s string) (before, after string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '/':
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// javaPattern reports whether java.util.regex compiles a pattern, as far as that is known.
func javaPattern(pattern string) bool {
	err := javaregex.Check(pattern)
	return err == nil || errors.Is(err, javaregex.ErrUnsure)
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 60 // characters: enough to recognise a rule
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// kerberosRule is KerberosShortNamer's form of one element of sasl.kerberos.principal.to.local.rules.
var kerberosRule = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((DEFAULT)|(RULE:\[(\d*):([^\]]*)\](\(([^)]*)\))?(s/([^/]*)/([^/]*)/(g)?)?/?(L|U)?))$`)
})

func isCount(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err == nil
}

func kerberosRules(rules []string) error {
	const isDefault, count, match, from = 2, 4, 7, 9 // groups
	for _, r := range rules {
		m := kerberosRule().FindStringSubmatch(r)
		switch {
		case m == nil:
			return fmt.Errorf("is neither DEFAULT nor RULE:[n:format](match)s/from/to/: %q", clip(r))
		case m[isDefault] == "" && !isCount(m[count]):
			return fmt.Errorf("has no number of components: %q", clip(r))
		case !javaPattern(m[match]), !javaPattern(m[from]):
			return fmt.Errorf("%w: %q", errRulePattern, clip(r))
		}
	}
	return nil
}
