package kafkacfg

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/javaregex"
	"github.com/kcfg/kcfg/properties"
)

const (
	providersKey    = "config.providers"
	fileProvider    = "org.apache.kafka.common.config.provider.FileConfigProvider"
	dirProvider     = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"
	envProvider     = "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
	maxProviderFile = 1 << 20 // bytes; a file of secrets has a few lines
	allowedPaths    = "allowed.paths"
	allowedNames    = "allowlist.pattern"
)

var (
	errNotText    = errors.New("not UTF-8")
	errMeansOther = errors.New("it means something else to Java than to Go")
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
			c.configureProvider(class, providersKey+"."+name+".param.")
		}
	}
	if len(p.classes) == 0 && p.known {
		return nil
	}
	return p
}

// configureProvider is the provider's own check of its parameters.
func (c *Config) configureProvider(class, prefix string) {
	refuse := func(key, format string, args ...any) {
		c.problem(finding.Finding{ID: "kafka-config-provider-class", Severity: finding.Error, Stage: finding.Config, Key: key,
			Message: key + " " + fmt.Sprintf(format, args...)})
	}
	switch {
	case class == envProvider:
		key := prefix + allowedNames
		pattern, _ := c.File.Get(key)
		if err := javaregex.Check(pattern); err != nil && !errors.Is(err, javaregex.ErrUnsure) {
			refuse(key, "is %s, which is no regular expression: %v", shorten(pattern), err)
		}
	case (class == fileProvider || class == dirProvider) && c.since("3.8.0"): // AllowedPaths
		key := prefix + allowedPaths
		list, _ := c.File.Get(key)
		if list == "" {
			return
		}
		for _, dir := range javaSplit(strings.Split(list, ",")) {
			if !path.IsAbs(dir) {
				refuse(key, "has %s, which is no absolute path", quoted(dir))
				continue
			}
			if c.opts.Root == nil {
				e, _ := c.File.Lookup(key)
				c.undecideProvider(key, e.ValuePos())
				continue
			}
			if _, err := fs.Stat(c.opts.Root, inRoot(dir)); err != nil {
				refuse(key, "has %s, which does not exist", quoted(dir))
			}
		}
	}
}

// problem adds a finding about the value of its key.
func (c *Config) problem(f finding.Finding) {
	if e, ok := c.File.Lookup(f.Key); ok && f.Pos == (finding.Position{}) {
		f.Pos = e.ValuePos()
	}
	c.problems = append(c.problems, f)
}

// problemOnce adds a finding about the value of its key, which is looked at more than once.
func (c *Config) problemOnce(f finding.Finding) {
	what := f.ID + "\x00" + f.Key + "\x00" + f.Message
	if c.said[what] {
		return
	}
	if c.said == nil {
		c.said = map[string]bool{}
	}
	c.said[what] = true
	c.problem(f)
}

// resolveOther reads the variables in a value that no key defines: a file that cannot be read refuses there too.
func (c *Config) resolveOther(e properties.Entry) {
	p := c.providers
	if p == nil || !strings.Contains(e.Value, "${") {
		return
	}
	if _, known := c.resolve(p, e); !known && c.opts.Root == nil && p.reads(e.Value) {
		c.undecideProvider(e.Key, e.ValuePos())
	}
}

// onlyEnvironment reports whether nothing but the environment stands behind the variables in a value: reading it never fails.
func (p *providers) onlyEnvironment(value string) bool {
	for _, m := range variable().FindAllStringSubmatch(value, -1) {
		if class, ok := p.classes[m[1]]; !p.known || ok && (class != envProvider || m[3] != "") {
			return false
		}
	}
	return true
}

// reads reports whether a value has a variable for which a file is read.
func (p *providers) reads(value string) bool {
	for _, m := range variable().FindAllStringSubmatch(value, -1) {
		if class := p.classes[m[1]]; class == fileProvider && m[3] != "" {
			return true
		}
	}
	return false
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
			c.problemOnce(finding.Finding{ID: "kafka-config-provider-read", Severity: finding.Error, Stage: finding.Config, Key: e.Key,
				Message: fmt.Sprintf("%s gives the provider %s a path; environment variables have none", e.Key, quoted(name))})
			return "", false, true
		}
		if pattern, ok := c.File.Get(providersKey + "." + name + ".param." + allowedNames); ok {
			allowed, err := compileNames(pattern)
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
		if _, err := fs.Stat(c.opts.Root, inRoot(dir)); err != nil && c.since("4.4.0") && c.has(providersKey+"."+name+".param."+allowedPaths) {
			return "", false, true // there is no real path to compare with
		}
		if class == fileProvider {
			return c.provideFile(dir, key, e)
		}
		return c.provideEntry(dir, key, e)
	}
	return "", false, false
}

// provideEntry looks for a file among those that lie in a directory: a path is the name of none of them.
func (c *Config) provideEntry(dir, key string, e properties.Entry) (value string, found, able bool) {
	name := inRoot(dir)
	if info, err := fs.Stat(c.opts.Root, path.Join(name, key)); err != nil || !info.Mode().IsRegular() || key != path.Base(key) {
		return "", false, true
	}
	text, err := c.readRoot(path.Join(name, key))
	if err != nil || c.since("4.1.0") && !utf8.ValidString(text) {
		c.refuseProviderFile(path.Join(dir, key), e)
		return "", false, true
	}
	return strings.ToValidUTF8(text, "\uFFFD"), true, true
}

func (c *Config) refuseProviderFile(file string, e properties.Entry) {
	c.problemOnce(finding.Finding{ID: "kafka-config-provider-read", Severity: finding.Error, Stage: finding.Config, Key: e.Key,
		Message: fmt.Sprintf("%s takes a value from %s, which cannot be read", e.Key, shorten(file))})
}

// compileNames compiles the parameter allowlist.pattern, which is to match a whole name.
func compileNames(pattern string) (*regexp.Regexp, error) {
	if strings.Contains(pattern, "&&") || strings.Contains(pattern, `\v`) {
		return nil, errMeansOther
	}
	return regexp.Compile("^(?:" + pattern + ")$")
}

// allowed is the parameter allowed.paths of the file and directory providers.
func (c *Config) allowed(name, file string) bool {
	list, ok := c.File.Get(providersKey + "." + name + ".param." + allowedPaths)
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
	if err == nil && !utf8.ValidString(text) {
		err = errNotText
	}
	if err != nil {
		c.refuseProviderFile(file, e)
		return "", false, true
	}
	f, err := properties.Parse(file, latin1(text))
	if err != nil {
		return "", false, false
	}
	if len(f.Malformed()) > 0 {
		c.problemOnce(finding.Finding{ID: "kafka-config-provider-read", Severity: finding.Error, Stage: finding.Config, Key: e.Key,
			Message: fmt.Sprintf("%s takes a value from %s, which Java does not load: an escape has no four hexadecimal digits", e.Key, shorten(file))})
		return "", false, true
	}
	value, found = f.Get(key)
	return value, found, true
}

// inRoot is a path of the target machine as a name in its file system.
func inRoot(file string) string {
	if name := strings.TrimPrefix(path.Clean("/"+file), "/"); name != "" {
		return name
	}
	return "."
}

func (c *Config) readRoot(name string) (string, error) {
	name = inRoot(name)
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
