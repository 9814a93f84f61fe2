package tlsstore

import (
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// FoldAlias returns the form of an alias by which Java's stores compare it: in lower case, as Java understands that.
func FoldAlias(alias string) string { return javaLower(alias) }

// javaLower folds an alias as Java's stores do, with String.toLowerCase(Locale.ENGLISH).
func javaLower(s string) string {
	plain := true
	for _, c := range []byte(s) {
		if c >= 0x80 || 'A' <= c && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/8)
	sigma := strings.Contains(s, "Σ")
	cased := false // whether a cased letter stands before, those aside that case ignores; for sigma alone
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf && 'A' <= r && r <= 'Z':
			b = append(b, byte(r)+'a'-'A')
		case r < utf8.RuneSelf:
			b = append(b, byte(r))
		case r == 'İ':
			b = append(b, "i̇"...) // two characters, in Unicode's SpecialCasing
		case r == 'Σ' && cased && !casedFirst(s[i+len("Σ"):]):
			b = append(b, "ς"...)
		case r == 'Σ':
			b = append(b, "σ"...)
		default:
			b = utf8.AppendRune(b, caseOf(r).lower)
		}
		if sigma {
			if c := caseOf(r); !c.ignorable {
				cased = c.cased
			}
		}
	}
	return string(b)
}

// casedFirst is the rest of Unicode's Final_Sigma, which wants a cased letter before and none after: whether s begins with one,
// what case ignores aside.
func casedFirst(s string) bool {
	for _, r := range s {
		if c := caseOf(r); !c.ignorable {
			return c.cased
		}
	}
	return false
}

// letterCase is what Unicode says of a character.
type letterCase struct {
	lower            rune
	cased, ignorable bool
}

// caseBlocks remembers letterCases of the characters below 0x10000, 256 together: to look one up in Unicode's tables each time
// would take seconds for a store of long aliases.
var caseBlocks [256]atomic.Pointer[[256]letterCase]

func caseOf(r rune) letterCase {
	if r > 0xffff {
		return lookUpCase(r)
	}
	block := caseBlocks[r>>8].Load()
	if block == nil {
		block = &[256]letterCase{}
		for i := range block {
			block[i] = lookUpCase(r&^0xff + rune(i))
		}
		caseBlocks[r>>8].Store(block)
	}
	return block[r&0xff]
}

func lookUpCase(r rune) letterCase {
	return letterCase{
		lower:     unicode.ToLower(r),
		cased:     unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) || unicode.Is(unicode.Other_Uppercase, r) || unicode.Is(unicode.Other_Lowercase, r),
		ignorable: unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:··‘’․‧︓﹒﹕'.:", r),
	}
}
