package kafkacfg

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// fault is why a single value is refused: the rule that explains it, and the rest of a sentence that begins with the key.
type fault struct {
	id   string
	text string
	from int // the part of the value that is meant; both 0: all of it
	to   int
}

// check applies a key's validator to a value that has its type. The empty fault means that it passes.
func (c *Config) check(v *value) fault {
	if v.field.valid == nil {
		return fault{}
	}
	return c.checkWith(v, v.field.valid)
}

func choice(v *value, values []string) fault {
	return fault{id: "kafka-value-choice", text: "is " + show(v.field, v.text) + "; it is one of " + strings.Join(values, ", ")}
}

func (c *Config) checkWith(v *value, rules *Validator) fault {
	switch rules.Check {
	case CheckRange:
		if !inRange(v, rules) {
			return outOfRange(v, rules)
		}
	case CheckRangeOr:
		if !inRange(v, rules) && !slices.Contains(rules.Values, strconv.FormatInt(v.n, 10)) {
			return outOfRange(v, rules)
		}
	case CheckReplication:
		if v.n != -1 && v.n < 1 {
			return fault{id: "kafka-value-range", text: fmt.Sprintf("is %s; it is 1 or more, or -1 for the brokers' default", show(v.field, v.text))}
		}
	case CheckIn:
		if v.text == "" || !slices.Contains(rules.Values, v.text) { // an empty one of Values is null, which no file holds
			return choice(v, rules.Values)
		}
	case CheckInAnyCase:
		if !slices.ContainsFunc(rules.Values, func(s string) bool { return upper(s) == upper(v.text) }) {
			return choice(v, rules.Values)
		}
	case CheckListIn:
		return checkElements(v, rules.Values, "")
	case CheckList:
		return checkList(v, rules)
	case CheckListSize:
		if most, _ := parseInteger(rules.Max, Int); int64(len(v.list)) > most {
			return fault{id: "kafka-value-range", text: fmt.Sprintf("has %d elements; at most %d are allowed", len(v.list), most)}
		}
	case CheckNonEmpty, CheckNonEmptyPrintable:
		if v.text == "" {
			return fault{id: "kafka-value-empty", text: "is empty"}
		}
		if rules.Check == CheckNonEmptyPrintable && strings.ContainsFunc(v.text, unicode.IsControl) {
			return fault{id: "kafka-value-choice", text: "holds a control character"}
		}
	case CheckAll:
		for i := range rules.All {
			if f := c.checkWith(v, &rules.All[i]); f.id != "" {
				return f
			}
		}
	default:
		return c.checkCode(v, rules)
	}
	return fault{}
}

// inRange is rules.InRange, for a field's own check with the bounds that are read already.
func inRange(v *value, rules *Validator) bool {
	if rules == v.field.valid {
		return !(v.d < v.field.least) && !(v.d > v.field.most) // NaN passes
	}
	return rules.InRange(v.d)
}

func outOfRange(v *value, rules *Validator) fault {
	text := "is " + show(v.field, v.text)
	switch {
	case rules.Max == "":
		text += "; the least is " + rules.Min
	case rules.Min == "":
		text += "; the most is " + rules.Max
	default:
		text += "; it lies between " + rules.Min + " and " + rules.Max
	}
	if len(rules.Values) > 0 {
		text += ", or is " + strings.Join(rules.Values, " or ")
	}
	return fault{id: "kafka-value-range", text: text}
}

// checkElements demands that every element is one of values. An empty element is one that is not.
func checkElements(v *value, values []string, hint string) fault {
	for _, s := range listSpans(v.text) {
		if v.text == "" || slices.Contains(values, s.text) {
			continue
		}
		if s.text == "" {
			return fault{id: "kafka-list-element-empty", text: "has an empty element: there is a comma too many" + hint}
		}
		return fault{"kafka-value-choice", "has " + shorten(s.text) + "; its elements are " + strings.Join(values, ", "), s.from, s.to}
	}
	return fault{}
}

// checkList is ValidList from 4.2 on.
func checkList(v *value, rules *Validator) fault {
	if len(v.list) == 0 {
		if rules.Empty {
			return fault{}
		}
		return fault{id: "kafka-list-empty", text: "is empty; it needs an element"}
	}
	if len(rules.Values) > 0 {
		return checkElements(v, rules.Values, "")
	}
	if slices.Contains(v.list, "") {
		return fault{id: "kafka-list-element-empty", text: "has an empty element: there is a comma too many"}
	}
	return fault{}
}

// checkCode applies the validators that are code in Kafka too.
func (c *Config) checkCode(v *value, rules *Validator) fault {
	bad := func(id, format string, args ...any) fault { return fault{id: id, text: fmt.Sprintf(format, args...)} }
	switch rules.Check {
	case CheckAPIVersion, CheckMetadataVersion:
		if _, ok := parseIBP(c.Release, v.text); !ok {
			return bad("kafka-version-unknown", "is %s, which %s does not know; its newest is %s", show(v.field, v.text), c.Release, newestIBP(c.Release))
		}
	case CheckThrottledReplicas:
		if !c.throttled(v.list) {
			return bad("kafka-throttled-replicas", "is %s; it is * or a list of PARTITION:BROKER", show(v.field, v.text))
		}
	case CheckQuorumVoters:
		for _, e := range v.list {
			if _, problem := parseVoter(e, strictHosts(c.Release)); problem != "" {
				return bad("kafka-voter-syntax", "has %s, which is no ID@HOST:PORT: %s", quoted(e), problem)
			}
		}
	case CheckQuorumBootstrap:
		for _, e := range v.list {
			if _, _, problem := parseAddress(e, strictHosts(c.Release)); problem != "" {
				return bad("kafka-quorum-bootstrap-syntax", "has %s, which is no HOST:PORT: %s", quoted(e), problem)
			}
		}
	case CheckOffsetReset:
		if slices.Contains(rules.Values, v.text) {
			return fault{}
		}
		if d, ok := strings.CutPrefix(v.text, "by_duration:"); !ok || !isDuration(d) {
			return bad("kafka-value-choice", "is %s; it is one of %s, or by_duration: and an ISO 8601 duration", show(v.field, v.text), strings.Join(rules.Values, ", "))
		}
	case CheckInstantiable, CheckConcreteSubclass:
		switch c.instance(v.text) {
		case no:
			return bad("kafka-class-not-instantiable", "is %s, of which no object can be made", show(v.field, v.text))
		case unknown:
			v.unknown = true
		}
	default:
		return c.checkOther(v, rules)
	}
	return fault{}
}

// throttled is ThrottledReplicaListValidator. Up to 2.7 a star in front is enough, from 2.8 it
// has to be all there is.
func (c *Config) throttled(list []string) bool {
	if c.since("2.8.0") && strings.Join(list, "") == "*" || !c.since("2.8.0") && len(list) > 0 && list[0] == "*" {
		return true
	}
	for _, e := range list {
		partition, broker, ok := strings.Cut(e, ":")
		if e != "" && (!ok || !isNumber(partition) || !isNumber(broker)) {
			return false
		}
	}
	return true
}

func isNumber(s string) bool { return s != "" && onlyDigits(s, false) }
