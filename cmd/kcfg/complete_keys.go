package main

import (
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/properties"
	"github.com/kcfg/kcfg/zkcfg"
)

// completeSetKeys offers the keys that the file sets which the line names first.
func completeSetKeys(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	file, err := readForCompletion(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return offered(word, setKeys(file), args[1:]), cobra.ShellCompDirectiveNoFileComp
}

// completeAssignment offers KEY= with the keys of the file's kind, and the values of a key that takes few. A secret does not belong on
// the command line: --secret offers its key.
func completeAssignment(e *env) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		keys, err := settableKeys(e, args[0], word)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if key, _, ok := strings.Cut(word, "="); ok {
			values := valuesOf(keys[key])
			for i := range values {
				values[i] = key + "=" + values[i]
			}
			if len(values) == 0 { // perhaps a path
				return nil, cobra.ShellCompDirectiveDefault
			}
			return beginningWith(word, values), cobra.ShellCompDirectiveNoFileComp
		}
		return assigned(word, keys, args[1:], func(key string) bool { return !secretKey(key) })
	}
}

// completeSecret offers KEY= with the keys of the file's kind that hold secrets, and then the sources.
func completeSecret(e *env) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if key, source, ok := strings.Cut(word, "="); ok {
			sources, directive := completeSource(nil, nil, source)
			for i := range sources {
				sources[i] = key + "=" + sources[i]
			}
			return sources, directive
		}
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		keys, err := settableKeys(e, args[0], word)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return assigned(word, keys, args[1:], secretKey)
	}
}

// readForCompletion reads a properties file as long as nobody has to wait for it.
func readForCompletion(path string) (*properties.File, error) {
	data, err := readRegular(path)
	if err != nil {
		return nil, err
	}
	return parseDocument(path, data)
}

func setKeys(f *properties.File) []string {
	var keys []string
	for e := range f.Effective() {
		keys = append(keys, e.Key)
	}
	slices.Sort(keys)
	return keys
}

// settableKeys returns the keys that a file may set, by its kind and release, and those that it does. A file that is not there yet is
// taken for a broker's.
func settableKeys(e *env, path, word string) (map[string]kafkacfg.ConfigKey, error) {
	file, err := readForCompletion(path)
	if _, missing := os.Stat(path); os.IsNotExist(missing) {
		file, err = properties.New(path), nil
	}
	if err != nil {
		return nil, err
	}
	keys := map[string]kafkacfg.ConfigKey{}
	for _, key := range setKeys(file) {
		keys[key] = kafkacfg.ConfigKey{}
	}
	j := &judged{path: path, file: file}
	if newJudge(e).choose(j); j.err != nil {
		return keys, nil
	}
	for _, release := range j.chosen {
		if productOf(j.kind) == zooKeeper {
			addZooKeeperKeys(keys, zkcfg.Release(release))
			continue
		}
		kind := kafkacfg.Kind(j.kind)
		if kind == "" {
			kind = kafkacfg.Broker
		}
		addKafkaKeys(keys, kafkacfg.Release(release), kind, word)
	}
	return keys, nil
}

func addKafkaKeys(keys map[string]kafkacfg.ConfigKey, release kafkacfg.Release, kind kafkacfg.Kind, word string) {
	ofListener := listenerOf(word)
	for k := range kafkacfg.Keys(release, kind) {
		if !k.Internal {
			keys[k.Name] = k
		}
		if name := ofListener + k.Name; ofListener != "" && (strings.HasPrefix(k.Name, "ssl.") || strings.HasPrefix(k.Name, "sasl.")) {
			if own, ok := kafkacfg.LookupKey(release, kind, name); ok {
				keys[name] = own
			}
		}
	}
}

// listenerOf returns the prefix listener.name.NAME. of a key, if it has one.
func listenerOf(key string) string {
	rest, ok := strings.CutPrefix(key, listenerPrefix)
	if dot := strings.IndexByte(rest, '.'); ok && dot > 0 {
		return key[:len(listenerPrefix)+dot+1]
	}
	return ""
}

func addZooKeeperKeys(keys map[string]kafkacfg.ConfigKey, release zkcfg.Release) {
	for k := range zkcfg.Keys(release) {
		if k.Source == zkcfg.FromNowhere {
			continue
		}
		own := kafkacfg.ConfigKey{Name: k.Name}
		if strings.HasSuffix(k.Type, "boolean") {
			own.Type = kafkacfg.Boolean
		}
		keys[k.Name] = own
	}
}

// valuesOf returns the values of a key that takes few.
func valuesOf(k kafkacfg.ConfigKey) []string {
	switch {
	case k.Valid != nil && (k.Valid.Check == kafkacfg.CheckIn || k.Valid.Check == kafkacfg.CheckInAnyCase):
		return slices.Clone(k.Valid.Values)
	case k.Type == kafkacfg.Boolean:
		return []string{"true", "false"}
	}
	return nil
}

// assigned offers keys as KEY=, after which the value follows at once.
func assigned(word string, keys map[string]kafkacfg.ConfigKey, given []string, fits func(key string) bool) ([]string, cobra.ShellCompDirective) {
	var names []string
	for key := range keys {
		if fits(key) {
			names = append(names, key)
		}
	}
	taken := make([]string, len(given))
	for i := range given {
		taken[i], _, _ = strings.Cut(given[i], "=")
	}
	slices.Sort(names)
	names = offered(word, names, taken)
	for i := range names {
		names[i] += "="
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// offered are the names that begin with a word, without those that the line has already and those that no line could hold.
func offered(word string, names, given []string) []string {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	return slices.DeleteFunc(beginningWith(word, names), func(name string) bool {
		return slices.Contains(given, name) || strings.ContainsFunc(name, odd)
	})
}
