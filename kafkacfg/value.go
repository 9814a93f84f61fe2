package kafkacfg

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What Java's parsers refuse, in the words of findings: "num.partitions is 3.0, not a whole number".
var (
	errNotInteger = errors.New("not a whole number")
	errNotNumber  = errors.New("not a number")
	errNotBoolean = errors.New("neither true nor false")
)

// rangeError is a whole number that its type cannot hold.
type rangeError struct{ typ Type }

func (e rangeError) Error() string {
	switch e.typ {
	case Short:
		return "beyond a SHORT, which ends at 32767"
	case Long:
		return "beyond a LONG, which ends at 9223372036854775807"
	default:
		return "beyond an INT, which ends at 2147483647"
	}
}

// trim is String.trim: it strips the characters up to the blank and no others, so not the no-break space.
func trim(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// digit is Character.digit of one UTF-16 unit: the decimal digits of every script in the basic plane.
func digit(r rune) (int64, bool) {
	if r < utf8.RuneSelf {
		return int64(r - '0'), '0' <= r && r <= '9'
	}
	if r > 0xFFFF {
		return 0, false
	}
	for _, span := range unicode.Nd.R16 { // each span is a whole number of digit sets, from 0 to 9
		if uint16(r) < span.Lo {
			break
		}
		if uint16(r) <= span.Hi {
			return int64(uint16(r)-span.Lo) % 10, true
		}
	}
	return 0, false
}

// parseInteger is Integer.parseInt, Short.parseShort and Long.parseLong.
func parseInteger(s string, typ Type) (int64, error) {
	least, most := int64(math.MinInt32), int64(math.MaxInt32)
	switch typ {
	case Short:
		least, most = math.MinInt16, math.MaxInt16
	case Long:
		least, most = math.MinInt64, math.MaxInt64
	}
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if s == "" {
		return 0, errNotInteger
	}
	var n int64 // kept negative, as in Java: there is one more negative number
	over := false
	for _, r := range s {
		d, ok := digit(r)
		if !ok {
			return 0, errNotInteger
		}
		if over || n < (math.MinInt64+d)/10 {
			over = true
			continue
		}
		n = n*10 - d
	}
	if over || negative && n < least || !negative && n < -most {
		return 0, rangeError{typ}
	}
	if negative {
		return n, nil
	}
	return -n, nil
}

// parseDouble is Double.parseDouble, which takes hexadecimal numbers and the suffixes d and f, but no digits beyond ASCII.
func parseDouble(s string) (float64, error) {
	s = trim(s)
	body := s
	if body != "" && (body[0] == '-' || body[0] == '+') {
		body = body[1:]
	}
	switch {
	case body == "NaN":
		return math.NaN(), nil
	case body == "Infinity" && strings.HasPrefix(s, "-"):
		return math.Inf(-1), nil
	case body == "Infinity":
		return math.Inf(1), nil
	}
	hex := len(body) > 1 && body[0] == '0' && body[1]|0x20 == 'x'
	if n := len(body); n > 0 && strings.IndexByte("fFdD", body[n-1]) >= 0 && (!hex || strings.ContainsAny(body, "pP")) {
		body, s = body[:n-1], s[:len(s)-1]
	}
	if hex && !isHexFloat(body[2:]) || !hex && !isDecimalFloat(body) {
		return 0, errNotNumber
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // beyond the range is infinite, as in Java
		return 0, errNotNumber
	}
	return v, nil
}

func isDecimalFloat(s string) bool {
	mantissa, exponent, hasExponent := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, hasExponent = s[:i], s[i+1:], true
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return whole+fraction != "" && onlyDigits(whole, false) && onlyDigits(fraction, false) && (!hasExponent || isExponent(exponent))
}

func isHexFloat(s string) bool {
	i := strings.IndexAny(s, "pP")
	if i < 0 || !isExponent(s[i+1:]) {
		return false
	}
	whole, fraction, dot := strings.Cut(s[:i], ".")
	if !dot || fraction == "" {
		return whole != "" && onlyDigits(whole, true)
	}
	return onlyDigits(whole, true) && onlyDigits(fraction, true)
}

func isExponent(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return s != "" && onlyDigits(s, false)
}

func onlyDigits(s string, hex bool) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (!hex || c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// parseBoolean compares as equalsIgnoreCase does, which also takes the long s.
func parseBoolean(s string) (bool, error) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, nil
	case strings.EqualFold(s, "false"):
		return false, nil
	}
	return false, errNotBoolean
}

// blank is what \s matches in Java's regular expressions.
func blank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// splitList splits at "\s*,\s*" and keeps every empty element; the empty string is one empty element.
func splitList(s string) []string {
	list := make([]string, 0, strings.Count(s, ",")+1)
	for {
		i := strings.IndexByte(s, ',')
		if i < 0 {
			return append(list, s)
		}
		end, next := i, i+1
		for end > 0 && blank(s[end-1]) {
			end--
		}
		for next < len(s) && blank(s[next]) {
			next++
		}
		list = append(list, s[:end])
		s = s[next:]
	}
}

// parseList is ConfigDef's LIST: the empty string has no element, every other string keeps its empty ones.
func parseList(s string) []string {
	if s == "" {
		return nil
	}
	return splitList(s)
}

// csvList is Kafka's own splitting of STRING keys, which drops empty elements.
func csvList(s string) []string {
	list := splitList(s)
	kept := list[:0]
	for _, e := range list {
		if e != "" {
			kept = append(kept, e)
		}
	}
	return kept
}

// javaSplit is String.split with a limit of 0: it drops the empty strings at the end.
func javaSplit(list []string) []string {
	for len(list) > 0 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// pair is one element of a map in a STRING key, such as listener.security.protocol.map.
type pair struct{ key, value string }

// csvMap splits "k:v, k:v" at the last colon of each element. It reports the first element that has no colon.
func csvMap(s string) (pairs []pair, bad string, ok bool) {
	if s == "" {
		return nil, "", true
	}
	list := javaSplit(splitList(s))
	pairs = make([]pair, 0, min(len(list), short))
	for _, e := range list {
		i := strings.LastIndexByte(e, ':')
		if i < 0 {
			return nil, e, false
		}
		pairs = append(pairs, pair{trim(e[:i]), trim(e[i+1:])})
	}
	return pairs, "", true
}

// lastValues returns the function that gives the value of a key: of pairs with the same one, the last counts.
func lastValues(pairs []pair) func(key string) string {
	if len(pairs) <= short {
		return func(key string) string {
			for _, p := range slices.Backward(pairs) {
				if p.key == key {
					return p.value
				}
			}
			return ""
		}
	}
	last := make(map[string]string, len(pairs))
	for _, p := range pairs {
		last[p.key] = p.value
	}
	return func(key string) string { return last[key] }
}

// upperSpecial are the letters that Java turns into several capitals, where Go keeps them.
var upperSpecial = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST")

// upper is String.toUpperCase(Locale.ROOT).
func upper(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.ToUpper(upperSpecial.Replace(s))
		}
	}
	return strings.ToUpper(s)
}
