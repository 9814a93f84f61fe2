package tlsstore

import (
	"time"

	"github.com/kcfg/kcfg/tlsstore/internal/ber"
)

func asn1Time(e ber.Element) time.Time {
	if t, ok := plainTime(e); ok {
		return t
	}
	layouts := []string{"20060102150405Z0700", "200601021504Z0700"}
	text := string(e.Content)
	if e.Tag == 23 { // UTCTime: two digits stand for 1950 to 2049
		layouts = []string{"060102150405Z0700", "0601021504Z0700"}
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, text); err == nil {
			if e.Tag == 23 && t.Year() >= 2050 {
				t = t.AddDate(-100, 0, 0)
			}
			return t.UTC()
		}
	}
	return time.Time{}
}

// plainTime reads what nearly all certificates have, a time to the second in UTC; any other it leaves to time.Parse.
func plainTime(e ber.Element) (time.Time, bool) {
	text := e.Content
	year := 0
	if e.Tag == 23 && len(text) == len("060102150405Z") {
		if year = twoDigits(text); year < 50 {
			year += 100
		}
		year, text = year+1900, text[2:]
	} else if e.Tag != 23 && len(text) == len("20060102150405Z") {
		year, text = 100*twoDigits(text)+twoDigits(text[2:]), text[4:]
	} else {
		return time.Time{}, false
	}
	month, day, hour, minute, second := twoDigits(text), twoDigits(text[2:]), twoDigits(text[4:]), twoDigits(text[6:]), twoDigits(text[8:])
	if text[10] != 'Z' || year < 1 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(month, year) || hour < 0 || hour > 23 ||
		minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// twoDigits returns the number that b begins with, and one far below zero where it does not.
func twoDigits(b []byte) int {
	if b[0] < '0' || b[0] > '9' || b[1] < '0' || b[1] > '9' {
		return -1 << 20
	}
	return 10*int(b[0]-'0') + int(b[1]-'0')
}

func daysIn(month, year int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
