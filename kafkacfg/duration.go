package kafkacfg

import (
	"math"
	"regexp"
	"sync"
)

var durationSyntax = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:([-+]?)P(?:([-+]?[0-9]+)D)?(T(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+)(?:[.,]([0-9]{0,9}))?S)?)?)$`)
})

// isDuration reports whether Duration.parse takes s and the result is not negative: P1DT2H3M4.5S, in any case, with
// signs before every number and before the P. A sum that a long cannot hold refuses, also on the way.
func isDuration(s string) bool {
	m := durationSyntax().FindStringSubmatch(s)
	if m == nil || m[3] == "T" || m[2]+m[4]+m[5]+m[6] == "" {
		return false
	}
	sum, ok := int64(0), true
	for _, part := range []struct {
		digits  string
		seconds int64
	}{{m[6], 1}, {m[5], 60}, {m[4], 3600}, {m[2], 86400}} { // in Java's order: smallest first
		if part.digits == "" {
			continue
		}
		n, err := parseInteger(part.digits, Long)
		if err != nil || n > math.MaxInt64/part.seconds || n < math.MinInt64/part.seconds {
			return false
		}
		if sum, ok = addExact(sum, n*part.seconds); !ok {
			return false
		}
	}
	fraction := int64(0)
	for i := range 9 {
		fraction *= 10
		if i < len(m[7]) {
			fraction += int64(m[7][i] - '0')
		}
	}
	if fraction != 0 && m[6][0] == '-' {
		if fraction = 1e9 - fraction; sum == math.MinInt64 {
			return false
		}
		sum--
	}
	if m[1] != "-" {
		return sum >= 0
	}
	return sum < 0 && (sum > math.MinInt64 || fraction != 0) || sum == 0 && fraction == 0
}

func addExact(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (sum > a) == (b > 0)
}
