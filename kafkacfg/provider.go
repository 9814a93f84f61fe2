package kafkacfg

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

const (
	providersKey    = "config.providers"
	fileProvider    = "org.apache.kafka.common.config.provider.FileConfigProvider"
	dirProvider     = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"
	envProvider     = "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
	maxProviderFile = 1 << 20 // bytes; a file of secrets has a few lines
)

// variable is ConfigTransformer's ${provider:[path:]key}.
var variable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{([^}]*?):(([^}]*?):)?([^}]*?)\}`) })

// providers are the config providers that a file sets up, by name.
type providers struct {
	classes map[string]string
	known   bool // false: what the variables stand for is out of reach
}

// readProviders sets up the config providers, as AbstractConfig does before it parses a value. The names are not trimmed.
func (c *Config) readProviders() *providers {
	text, ok := c.File.Get(providersKey)
	if !ok || text == "" || c.Kind == Topic {
		return nil
	}
	p := &providers{map[string]string{}, true}
	for _, name := range javaSplit(strings.Split(text, ",")) {
		key := providersKey + "." + name + ".class"
		class, ok := c.File.Get(key)
		if !ok {
			continue
		}
		switch c.implements(key, class, "provider") {
		case no:
			c.problem(finding.Finding{ID: "kafka-config-provider-class", Severity: finding.Error, Stage: finding.Config, Key: key,
				Message: fmt.Sprintf("%s is %s, which is no config provider on the class path", key, quoted(class))})
		case unknown:
			p.known = false
		case yes:
			if plug, ok := c.plugin(class); ok && !plug.made {
				c.problem(finding.Finding{ID: "kafka-config-provider-class", Severity: finding.Error, Stage: finding.Config, Key: key,
					Message: fmt.Sprintf("%s is %s, of which no object can be made", key, class)})
				continue
			}
			p.classes[name] = class
		}
	}
	if len(p.classes) == 0 && p.known {
		return nil
	}
	return p
}

// problem adds a finding about the value of its key.
func (c *Config) problem(f finding.Finding) {
	if e, ok := c.File.Lookup(f.Key); ok && f.Pos == (finding.Position{}) {
		f.Pos = e.ValuePos()
	}
	c.problems = append(c.problems, f)
}

// resolve replaces the variables in a value. It reports false where it cannot know what they stand for.
func (c *Config) resolve(p *providers, e properties.Entry) (text string, known bool) {
	if p == nil || !strings.Contains(e.Value, "${") {
		return e.Value, true
	}
	known = true
	text = variable().ReplaceAllStringFunc(e.Value, func(v string) string {
		m := variable().FindStringSubmatch(v)
		class, ok := p.classes[m[1]]
		if !ok {
			known = known && p.known
			return v
		}
		value, found, able := c.provide(class, m[1], m[3], m[4], e)
		known = known && able
		if !found {
			return v // a key that the provider lacks stays as it is
		}
		return value
	})
	return text, known
}

// provide looks one variable up. able is false where the caller gave no access.
func (c *Config) provide(class, name, dir, key string, e properties.Entry) (value string, found, able bool) {
	switch class {
	case envProvider:
		if dir != "" {
			c.problem(finding.Finding{ID: "kafka-config-provider-read", Severity: finding.Error, Stage: finding.Config, Key: e.Key,
				Message: fmt.Sprintf("%s gives the provider %s a path; environment variables have none", e.Key, quoted(name))})
			return "", false, true
		}
		if pattern, ok := c.File.Get(providersKey + "." + name + ".param.allowlist.pattern"); ok {
			allowed, err := regexp.Compile("^(?:" + pattern + ")$")
			if err != nil {
				return "", false, false
			}
			if !allowed.MatchString(key) {
				return "", false, true
			}
		}
		if c.opts.Env == nil {
			return "", false, false
		}
		value, found = c.opts.Env(key)
		return value, found, true
	case fileProvider, dirProvider:
		if dir == "" || c.since("3.8.0") && !c.allowed(name, dir) {
			return "", false, true
		}
		if c.opts.Root == nil {
			return "", false, false
		}
		if class == fileProvider {
			return c.provideFile(dir, key, e)
		}
		text, err := c.readRoot(path.Join(dir, key))
		return text, err == nil, true
	}
	return "", false, false
}

// allowed is the parameter allowed.paths of the file and directory providers.
func (c *Config) allowed(name, file string) bool {
	list, ok := c.File.Get(providersKey + "." + name + ".param.allowed.paths")
	if !ok || list == "" {
		return true
	}
	for dir := range strings.SplitSeq(list, ",") {
		dir = path.Clean(dir)
		if clean := path.Clean(file); clean == dir || strings.HasPrefix(clean, strings.TrimSuffix(dir, "/")+"/") {
			return true
		}
	}
	return false
}

func (c *Config) provideFile(file, key string, e properties.Entry) (value string, found, able bool) {
	text, err := c.readRoot(file)
	if err != nil {
		c.problem(finding.Finding{ID: "kafka-config-provider-read", Severity: finding.Error, Stage: finding.Config, Key: e.Key,
			Message: fmt.Sprintf("%s takes a value from %s, which cannot be read", e.Key, shorten(file))})
		return "", false, true
	}
	f, err := properties.Parse(file, latin1(text))
	if err != nil || len(f.Malformed()) > 0 {
		return "", false, false
	}
	value, found = f.Get(key)
	return value, found, true
}

func (c *Config) readRoot(name string) (string, error) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	info, err := fs.Stat(c.opts.Root, name)
	if err != nil {
		return "", err
	}
	if info.Size() > maxProviderFile {
		return "", fmt.Errorf("%s: more than %d bytes", name, maxProviderFile)
	}
	b, err := fs.ReadFile(c.opts.Root, name)
	return string(b), err
}

// latin1 writes text, which the file provider reads as UTF-8, so that it can be parsed as ISO-8859-1.
func latin1(text string) []byte {
	var b []byte
	for _, r := range text {
		switch {
		case r < 0x100:
			b = append(b, byte(r))
		case r > 0xFFFF:
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
