package kafkacfg

import (
	"fmt"
	"strings"
)

// oddBlanks are what some language takes for a blank, and what people leave at the end of a value.
var oddBlanks = []string{" ", `\t`, `\f`, `\u000b`, `\u0000`, `\u001c`, `\u001f`, `\u007f`, `\u0085`, `\u00a0`, `\u1680`, `\u180e`, `\u2000`, `\u2007`, `\u2028`,
	`\u2029`, `\u200b`, `\u202f`, `\u205f`, `\u3000`, `\ufeff`, `\ud83d\ude00`, `\ud83d`, "\xa0", "\xc2\xa0", "\x85", `\r`, `\n`, "'", `"`, "#", " # c", "%"}

// zeros are the digits zero of the scripts, and some that only look like digits to Java.
var zeros = []rune{0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
	0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x1d7ce, 0x1d7f6, 0x1e950, 0x1fbf0, 0x2070, 0x2080, 0x2460, 0x2160}

// blanks puts odd blanks around a value.
func (g *generator) blanks(s string) string {
	switch g.IntN(4) {
	case 0:
		return g.pick(oddBlanks...) + s
	case 1:
		return s + g.pick(oddBlanks...)
	case 2:
		return g.pick(oddBlanks...) + s + g.pick(oddBlanks...)
	}
	return s
}

// fold changes the case of letters, also to those that only some comparisons take for the same.
func (g *generator) fold(s string) string {
	switch g.IntN(5) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	case 2:
		return strings.NewReplacer("i", `\u0131`, "I", `\u0130`, "k", `\u212a`, "K", `\u212a`, "s", `\u017f`, "S", `\u017f`).Replace(s)
	case 3:
		return strings.NewReplacer("ss", `\u00df`, "SS", `\u00df`, "fi", `\ufb01`, "ff", `\ufb00`, "st", `\ufb06`, "ST", `\ufb06`).Replace(s)
	}
	return s
}

// script writes the digits of a number in another script.
func (g *generator) script(number string) string {
	zero := zeros[g.IntN(len(zeros))]
	var b strings.Builder
	for _, r := range number {
		if r < '0' || r > '9' {
			b.WriteRune(r)
			continue
		}
		r += zero - '0'
		if r > 0xffff {
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}
