package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kcfg/kcfg/kafkacfg"
)

// codeValidators are validators whose code has a counterpart in package kafkacfg, by the end of their class name.
var codeValidators = map[string]kafkacfg.Check{
	"ApiVersionValidator$":                        kafkacfg.CheckAPIVersion,
	"MetadataVersionValidator":                    kafkacfg.CheckMetadataVersion,
	"ThrottledReplicaListValidator$":              kafkacfg.CheckThrottledReplicas,
	"ThrottledReplicaListValidator":               kafkacfg.CheckThrottledReplicas,
	"ControllerQuorumVotersValidator":             kafkacfg.CheckQuorumVoters,
	"ControllerQuorumBootstrapServersValidator":   kafkacfg.CheckQuorumBootstrap,
	"AutoOffsetResetStrategy$Validator":           kafkacfg.CheckOffsetReset,
	"ShareGroupAutoOffsetResetStrategy$Validator": kafkacfg.CheckOffsetReset,
	"ShareAcknowledgementMode$Validator":          kafkacfg.CheckIn,
	"ShareAcquireMode$Validator":                  kafkacfg.CheckInAnyCase,
	"RestServerConfig$ListenersValidator":         kafkacfg.CheckRESTListeners,
	"WorkerConfig$ListenersValidator":             kafkacfg.CheckRESTListeners,
	"AdminListenersValidator":                     kafkacfg.CheckAdminListeners,
	"ResponseHttpHeadersValidator":                kafkacfg.CheckResponseHeaders,
	"PluginVersionValidator":                      kafkacfg.CheckPluginVersion,
	"ApplicationServerConfigValidator":            kafkacfg.CheckApplicationServer,
	"InstantiableClassValidator":                  kafkacfg.CheckInstantiable,
	"ConfigDef$NonNullValidator":                  kafkacfg.CheckNonNull,
	"ConfigDef$NonEmptyString":                    kafkacfg.CheckNonEmpty,
	"ConfigDef$NonEmptyStringWithoutControlChars": kafkacfg.CheckNonEmptyPrintable,
}

// lambdaTexts are validators without a class of their own, by what they print.
var lambdaTexts = map[string]kafkacfg.Validator{
	"[1,...,9] or -1": {Check: kafkacfg.CheckRangeOr, Min: "1", Max: "9", Values: []string{"-1"}},
	"The default value of -1 means that this will be set to the configured value of remote.log.manager.thread.pool.size, if available; otherwise, it defaults to 10.": {
		Check: kafkacfg.CheckRangeOr, Min: "1", Values: []string{"-1"}},
	"Positive number, or -1 to use the broker's default": {Check: kafkacfg.CheckRangeOr, Min: "1", Values: []string{"-1"}},
	"Positive number not larger than the number of brokers in the Kafka cluster, or -1 to use the broker's default": {
		Check: kafkacfg.CheckReplication},
	"[eager, compatible, sessioned]": {Check: kafkacfg.CheckInAnyCase, Values: []string{"compatible", "eager", "sessioned"}},
	"[all, none, reuse.ktable.source.topics, merge.repartition.topics, single.store.self.join]": {
		Check: kafkacfg.CheckTopologyOptimize, Values: []string{"merge.repartition.topics", "reuse.ktable.source.topics", "single.store.self.join"}},
	"A list of one or more MAC algorithms, each supported by the worker JVM": {Check: kafkacfg.CheckMACAlgorithms},
	"Any KeyGenerator algorithm supported by the worker JVM":                 {Check: kafkacfg.CheckKeyGenerator},
	"Any MAC algorithm supported by the worker JVM":                          {Check: kafkacfg.CheckMACAlgorithm},
	"unique predicate aliases":                                               {Check: kafkacfg.CheckUniqueAliases},
	"unique transformation aliases":                                          {Check: kafkacfg.CheckUniqueAliases},
}

// namelessKeys are keys whose validator neither has a class of its own nor prints anything.
var namelessKeys = map[string]kafkacfg.Validator{
	"topology.optimization": {Check: kafkacfg.CheckTopologyOptimize,
		Values: []string{"merge.repartition.topics", "reuse.ktable.source.topics", "single.store.self.join"}},
	"transforms": {Check: kafkacfg.CheckUniqueAliases},
	"predicates": {Check: kafkacfg.CheckUniqueAliases},
}

// validatorOf turns a validator of the real classes into data. One that it does not know is an error that names it.
func validatorOf(key string, d *dumpedValidator) (v kafkacfg.Validator, err error) {
	name := d.Class[strings.LastIndex(d.Class, ".")+1:]
	switch name {
	case "ConfigDef$Range":
		v.Check = kafkacfg.CheckRange
		return v, d.read(fields{"min": &v.Min, "max": &v.Max})
	case "ConfigDef$ValidString":
		v.Check = kafkacfg.CheckIn
		return v, d.readSet("validStrings", &v.Values)
	case "ConfigDef$CaseInsensitiveValidString":
		v.Check = kafkacfg.CheckInAnyCase
		return v, d.readSet("validStrings", &v.Values)
	case "ConfigDef$ValidList":
		return v, d.readList(&v)
	case "ConfigDef$ListSize":
		v.Check = kafkacfg.CheckListSize
		return v, d.read(fields{"maxSize": &v.Max})
	case "ConfigDef$CompositeValidator":
		v.Check = kafkacfg.CheckAll
		return v, d.readParts(key, &v.All)
	case "ConcreteSubClassValidator":
		v.Check = kafkacfg.CheckConcreteSubclass
		v.Values = []string{strings.TrimPrefix(d.Text, "A concrete subclass of ")}
		return v, nil
	case "GzipCompression$LevelValidator", "CompressionType$1$1", "StreamsConfig$1", "ConfigDef$LambdaValidator":
		if known, ok := lambdaTexts[d.Text]; ok {
			return known, nil
		}
	case "StreamsConfig$$Lambda", "ConnectorConfig$1":
		if known, ok := namelessKeys[key]; ok {
			return known, nil
		}
	}
	for suffix, check := range codeValidators {
		if name == suffix || strings.HasSuffix(name, "$"+suffix) {
			v.Check = check
			if list, ok := strings.CutPrefix(d.Text, "["); ok && strings.HasSuffix(list, "]") {
				v.Values = slices.DeleteFunc(strings.Split(strings.TrimSuffix(list, "]"), ", "), func(s string) bool {
					return strings.HasPrefix(s, "by_duration")
				})
			}
			if check == kafkacfg.CheckThrottledReplicas || check == kafkacfg.CheckQuorumVoters {
				v.Values = nil
			}
			if check != kafkacfg.CheckAPIVersion && check != kafkacfg.CheckMetadataVersion {
				slices.Sort(v.Values)
			}
			return v, nil
		}
	}
	return v, fmt.Errorf("unknown validator %s that prints %q: add it to validator.go and, if it is code, to package kafkacfg", d.Class, d.Text)
}

// fields are the fields of a Java object that are read into Go strings or booleans.
type fields map[string]any

// read stores every field of the validator, and fails on one that is not asked for: it would be lost.
func (d *dumpedValidator) read(want fields) error {
	for name, raw := range d.Fields {
		to, ok := want[name]
		if !ok {
			return fmt.Errorf("unknown field %s of validator %s", name, d.Class)
		}
		if string(raw) == "null" {
			continue
		}
		if err := json.Unmarshal(raw, to); err != nil {
			return fmt.Errorf("field %s of validator %s: %w", name, d.Class, err)
		}
	}
	return nil
}

// readSet reads a field as a set: some come in another order in every run of Java.
func (d *dumpedValidator) readSet(name string, to *[]string) error {
	err := d.read(fields{name: to})
	slices.Sort(*to)
	return err
}

func (d *dumpedValidator) readList(v *kafkacfg.Validator) error {
	v.Check = kafkacfg.CheckListIn
	if _, since42 := d.Fields["isEmptyAllowed"]; since42 {
		v.Check = kafkacfg.CheckList
	}
	var values dumpedValidator
	if err := d.read(fields{"isEmptyAllowed": &v.Empty, "isNullAllowed": &v.Null, "validString": &values}); err != nil {
		return err
	}
	return values.readSet("validStrings", &v.Values)
}

func (d *dumpedValidator) readParts(key string, to *[]kafkacfg.Validator) error {
	var parts []*dumpedValidator
	if err := d.read(fields{"validators": &parts}); err != nil {
		return err
	}
	for _, p := range parts {
		v, err := validatorOf(key, p)
		if err != nil {
			return err
		}
		*to = append(*to, v)
	}
	return nil
}
