// Command catalogen takes the configuration keys of Kafka releases from their real classes and writes the catalogue:
//
//	go run ./internal/reference/catalogen 4.5.0
//	go run ./internal/reference/catalogen all
//
// It needs a JDK of version 17 or newer and Maven, which fetches the jars.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kcfg/kcfg/internal/catalog"
	"github.com/kcfg/kcfg/internal/reference"
	"github.com/kcfg/kcfg/kafkacfg"
)

// dumped is one line of Dump.java.
type dumped struct {
	Kind       string
	Name       string
	Type       string
	Importance string
	Required   bool
	Default    *string
	Validator  *dumpedValidator
	Internal   bool
	Deprecated bool
	UpdateMode string `json:"update_mode"`
	Synonyms   []string
}

type dumpedValidator struct {
	Class  string
	Text   string
	Fields map[string]json.RawMessage
}

// keysOf are the keys of one release by kind, each sorted by name.
type keysOf map[kafkacfg.Kind][]kafkacfg.ConfigKey

// dumpRelease runs Dump.java against the jars of a release.
func dumpRelease(t testing.TB, dir, release string) (keysOf, error) {
	jdk := reference.Java17(t)
	classes := reference.Compile(t, jdk, "", filepath.Join(dir, "Dump.java"))
	cp := strings.Join([]string{classes, reference.KafkaToolsClasspath(t, release)}, string(filepath.ListSeparator))
	cmd := exec.Command(jdk.Bin("java"), "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=/tmp", "-cp", cp, "Dump")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the classes of Kafka %s: %w\n%s", release, err, stderr.String())
	}
	keys, err := readDump(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("the classes of Kafka %s: %w", release, err)
	}
	return keys, nil
}

func readDump(r io.Reader) (keysOf, error) {
	keys := keysOf{}
	have := map[string]bool{}
	lines := json.NewDecoder(r)
	for {
		var d dumped
		err := lines.Decode(&d)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		kind, part := kindOf(d.Kind)
		if id := string(kind) + " " + d.Name; have[id] {
			continue
		} else {
			have[id] = true
		}
		k, err := keyOf(d)
		if err != nil {
			return nil, fmt.Errorf("%s key %s: %w", kind, d.Name, err)
		}
		if part { // the process that runs the connectors sets what they require
			k.Required = false
		}
		keys[kind] = append(keys[kind], k)
	}
	for _, ks := range keys {
		slices.SortFunc(ks, func(a, b kafkacfg.ConfigKey) int { return strings.Compare(a.Name, b.Name) })
	}
	return keys, nil
}

// kindOf returns the kind of file in which a definition counts, and whether it is only a part of what defines that kind:
// MirrorMaker's file also configures its clients and connectors. The main part comes first and wins.
func kindOf(s string) (kind kafkacfg.Kind, part bool) {
	if strings.HasPrefix(s, "mirror-") {
		return kafkacfg.MirrorMaker, s != string(kafkacfg.MirrorMaker)
	}
	return kafkacfg.Kind(s), false
}

func keyOf(d dumped) (kafkacfg.ConfigKey, error) {
	k := kafkacfg.ConfigKey{
		Name: d.Name, Type: kafkacfg.Type(d.Type), Required: d.Required, Importance: d.Importance,
		UpdateMode: kafkacfg.UpdateMode(d.UpdateMode), Deprecated: d.Deprecated, Internal: d.Internal,
	}
	if d.Default != nil {
		k.Default, k.HasDefault = *d.Default, true
	}
	if d.UpdateMode == "" || len(d.Synonyms) > 1 {
		k.Synonyms = d.Synonyms
	}
	if d.Validator != nil {
		v, err := validatorOf(d.Name, d.Validator)
		if err != nil {
			return k, err
		}
		k.Valid = &v
	}
	return k, nil
}

// recordsOf turns keys into the records of a catalogue file.
func recordsOf(keys []kafkacfg.ConfigKey) ([]catalog.Record, error) {
	records := make([]catalog.Record, len(keys))
	for i, k := range keys {
		r, err := catalog.NewRecord(k.Name, kafkacfg.StoredKey(k))
		if err != nil {
			return nil, err
		}
		records[i] = r
	}
	return records, nil
}
