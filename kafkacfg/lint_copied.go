package kafkacfg

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/internal/filelint"
	"github.com/kcfg/kcfg/internal/rule"
)

// What was copied or generated and not filled in: templates, placeholders, variables of Kubernetes.

// isTemplate reports whether text holds what Jinja, ERB or Go's templates should have replaced.
func isTemplate(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "<%")
}

// templateFile reports whether the file is a template itself.
func (c *lint) templateFile() bool {
	return slices.Contains([]string{".j2", ".erb", ".tmpl", ".tpl", ".template", ".gotmpl", ".jinja", ".jinja2"}, strings.ToLower(path.Ext(c.file().Name())))
}

func templateLeft(c *lint, report rule.Reporter) {
	suspects := c.entriesWith(markGlyph)
	if len(suspects) == 0 || c.templateFile() {
		return
	}
	providers := strings.Split(c.str("config.providers"), ",")
	for _, e := range suspects {
		if e.has&markGlyph == 0 {
			continue
		}
		const help = "run the template first"
		if isTemplate(e.Key) || isTemplate(e.Value) {
			if c.cureRefusal(e, help, nil) {
				continue
			}
			report(e.KeyPos(), e.Key, "%s comes from a template that was not filled in", c.name(e)).Help = help
			continue
		}
		name, ok := unresolved(e.Value, providers)
		if !ok && !c.secret(e.Key) && !strings.HasSuffix(e.Key, ".rules") {
			name, ok = marked(e.Value)
		}
		if ok {
			const help = "Kafka replaces ${provider:path:key} of config.providers alone; fill the variable in before"
			if c.cureRefusal(e, help, nil) {
				continue
			}
			report(e.ValuePos(), e.Key, "%s has the variable %s, which Kafka takes literally", e.Key, name).Help = help
		}
	}
}

func (c *lint) name(e lintEntry) string {
	if isTemplate(e.Key) {
		return "this line"
	}
	return e.Key
}

// unresolved returns the first ${NAME} that is not for a config provider, or $(...).
func unresolved(v string, providers []string) (string, bool) {
	if strings.Contains(v, "$(") && strings.Contains(v, ")") && !strings.Contains(v, "RULE:") {
		return "$(...)", true
	}
	for rest := v; ; {
		i := strings.Index(rest, "${")
		if i < 0 {
			return "", false
		}
		rest = rest[i+2:]
		name, _, ok := strings.Cut(rest, "}")
		if !ok {
			return "", false
		}
		provider, _, has := strings.Cut(name, ":")
		if !has || !slices.Contains(providers, provider) {
			return "${" + shorten(provider) + "}", true
		}
	}
}

// mark is a variable as shells, Windows, sed scripts and Maven write it: $NAME, %NAME%, __NAME__, @NAME@.
var mark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$[A-Z_][A-Z0-9_]+|%[A-Z_][A-Z0-9_]+%|__[A-Z][A-Z0-9_]*[A-Z0-9]__|@[A-Z][A-Z0-9_.]+@`)
})

// marked returns the first variable in a value that stands for a whole word of it.
func marked(v string) (string, bool) {
	if !mayBeMarked(v) {
		return "", false
	}
	at := mark().FindStringIndex(v)
	if at == nil || at[0] > 0 && isWordByte(v[at[0]-1]) || at[1] < len(v) && isWordByte(v[at[1]]) {
		return "", false
	}
	return shorten(v[at[0]:at[1]]), true
}

// mayBeMarked reports whether two bytes of a value could begin a mark. The regular expression is the slowest of all that lints do.
func mayBeMarked(v string) bool {
	for i := range len(v) - 1 {
		next := v[i+1]
		capital := next >= 'A' && next <= 'Z'
		switch v[i] {
		case '$', '%':
			if capital || next == '_' {
				return true
			}
		case '@':
			if capital {
				return true
			}
		case '_':
			if next == '_' {
				return true
			}
		}
	}
	return false
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}

func isPlaceholder(v string) bool { return filelint.Placeholder(v) != "" }

func placeholder(c *lint, report rule.Reporter) {
	for _, e := range c.entries() {
		if !isPlaceholder(e.Value) || !strings.ContainsAny(e.Value, "<_-/.") && e.Value != "YOURDOMAIN" && e.Value != "yourhost" || strings.HasSuffix(e.Key, ".rules") {
			continue
		}
		if c.secret(e.Key) {
			report(e.KeyPos(), e.Key, "%s is a placeholder of a tutorial", e.Key).Help = "put your own secret there"
			continue
		}
		pos := e.ValuePos()
		if i := filelint.CommentAt(e.Value); i > 0 {
			pos = e.ValueRange(0, len(strings.TrimRight(e.Value[:i], " \t")))
		}
		report(pos, e.Key, "%s has a placeholder of a tutorial", e.Key).Help = "put your own value there"
	}
}

// kubernetesKey: service variables of Kubernetes, mapped to keys by an image's start script.
func kubernetesKey(key string) bool {
	if strings.HasSuffix(key, ".service.host") || strings.HasSuffix(key, ".service.port") || key == "service.host" || key == "service.port" {
		return true
	}
	rest := key
	if i := strings.Index(key, "port."); i >= 0 && (i == 0 || key[i-1] == '.') {
		rest = key[i+len("port."):]
	} else {
		return false
	}
	number, rest, ok := strings.Cut(rest, ".")
	return ok && number != "" && strings.Trim(number, "0123456789") == "" && (strings.HasPrefix(rest, "tcp") || strings.HasPrefix(rest, "udp"))
}

// kubernetesValue: KAFKA_PORT=tcp://10.0.0.7:9092. Behind other keys such an address may be meant.
func kubernetesValue(e lintEntry) bool {
	return kubernetesPort(e.Key) && (strings.HasPrefix(e.Value, "tcp://") || strings.HasPrefix(e.Value, "udp://"))
}

func kubernetesPort(key string) bool { return key == "port" || strings.HasSuffix(key, ".port") }

func kubernetesVariable(c *lint, report rule.Reporter) {
	suspect := func(f *field) bool { return kubernetesKey(f.name) || kubernetesPort(f.name) }
	for _, e := range c.entriesOf(suspect) {
		if !kubernetesKey(e.Key) && !kubernetesValue(e) {
			continue
		}
		report(e.KeyPos(), e.Key, "%s comes from a service variable of Kubernetes, not from you", e.Key).
			Help = "set enableServiceLinks: false in the pod, or name the service other than the variables' prefix"
	}
}
