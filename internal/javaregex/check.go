// Package javaregex says whether java.util.regex.Pattern compiles a regular expression. It follows that class of Java 17 step
// by step, because neither syntax contains the other: Java knows look-around, possessive quantifiers and classes in classes, and
// refuses a brace that counts nothing.
package javaregex

import (
	"errors"
	"strings"
)

// ErrUnsure is returned where the answer depends on what is not known here: names of characters, the flag x, or nesting that
// exhausts Java's stack.
var ErrUnsure = errors.New("not known")

// Check returns nil where Pattern.compile takes a pattern, ErrUnsure where that is not known, and else why it refuses.
func Check(pattern string) error {
	p := &parser{text: unquote([]rune(pattern)), names: map[string]bool{}}
	p.end = len(p.text)
	p.text = append(p.text, 0, 0)
	_, err := p.alternatives()
	switch {
	case err != nil:
		return err
	case p.at == p.end:
		return nil
	case p.peek() == ')':
		return errors.New("unmatched closing )")
	}
	return errors.New("a backslash at the end")
}

// unquote replaces \Q...\E by escaped characters, as Pattern does before it parses.
func unquote(text []rune) []rune {
	if !strings.Contains(string(text), `\Q`) {
		return text
	}
	var out []rune
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		follows := func(r rune) bool { return c == '\\' && i+1 < len(text) && text[i+1] == r }
		switch {
		case !quoted && follows('Q'):
			quoted = true
			i++
		case quoted && follows('E'):
			quoted = false
			i++
		case !quoted && c == '\\' && i+1 < len(text):
			out = append(out, c, text[i+1])
			i++
		case !quoted, isAlpha(c), c >= 0x80:
			out = append(out, c)
		case isDigit(c):
			out = append(out, '\\', 'x', '3', c) // no digit of a reference or an octal number before it
		default:
			out = append(out, '\\', c)
		}
	}
	return out
}

type parser struct {
	text  []rune // with two zeros behind its end
	at    int
	end   int
	depth int
	names map[string]bool // of groups
}

// maxDepth is far below what Java's stack bears and above what people write.
const maxDepth = 200

func (p *parser) peek() rune { return p.text[min(p.at, len(p.text)-1)] }

func (p *parser) next() rune {
	p.at++
	return p.peek()
}

func (p *parser) read() rune {
	c := p.peek()
	p.at++
	return c
}

// alternatives is Pattern.expr. bounded reports whether what it matches has a greatest length, which look-behind needs.
func (p *parser) alternatives() (bounded bool, err error) {
	if p.depth++; p.depth > maxDepth {
		return false, ErrUnsure
	}
	defer func() { p.depth-- }()
	bounded = true
	for {
		b, err := p.sequence()
		if err != nil {
			return false, err
		}
		bounded = bounded && b
		if p.peek() != '|' {
			return bounded, nil
		}
		p.next()
	}
}

func (p *parser) sequence() (bounded bool, err error) {
	bounded = true
	for {
		b, quantifiable := true, true
		switch c := p.peek(); c {
		case '(':
			if quantifiable, b, err = p.group(); err != nil {
				return false, err
			}
		case '[':
			err = p.class(true)
		case '\\':
			b, err = p.escapeOrAtom()
		case '^', '$', '.':
			p.next()
		case '|', ')':
			return bounded, nil
		case '?', '*', '+':
			return false, errors.New("dangling " + string(c))
		default:
			if c == 0 && p.at >= p.end {
				return bounded, nil
			}
			b, err = p.atom()
		}
		if err != nil {
			return false, err
		}
		if quantifiable {
			finite, err := p.quantifier()
			if err != nil {
				return false, err
			}
			b = b && finite
		}
		bounded = bounded && b
	}
}

func (p *parser) escapeOrAtom() (bounded bool, err error) {
	if c := p.next(); c == 'p' || c == 'P' {
		return true, p.family()
	}
	p.at--
	return p.atom()
}

// atom takes literal characters up to one that is special; a quantifier behind them belongs to the last alone.
func (p *parser) atom() (bounded bool, err error) {
	taken, before := 0, -1
	for {
		switch c := p.peek(); c {
		case '*', '+', '?', '{':
			if taken > 1 {
				p.at = before
			}
			return true, nil
		case '$', '.', '^', '(', '[', '|', ')':
			return true, nil
		case '\\':
			if n := p.next(); n == 'p' || n == 'P' {
				if taken > 0 {
					p.at--
					return true, nil
				}
				return true, p.family()
			}
			p.at--
			start := p.at
			meta, bounded, err := p.escape(false)
			if err != nil {
				return false, err
			}
			if meta && taken == 0 {
				return bounded, nil
			}
			if meta {
				p.at = start
				return true, nil
			}
			before = start
			taken++
		default:
			if c == 0 && p.at >= p.end {
				return true, nil
			}
			before = p.at
			taken++
			p.next()
		}
	}
}

// quantifier is Pattern.closure.
func (p *parser) quantifier() (finite bool, err error) {
	finite = true
	switch p.peek() {
	case '?':
		p.next()
	case '*', '+':
		finite = false
		p.next()
	case '{':
		if finite, err = p.count(); err != nil {
			return false, err
		}
	default:
		return true, nil
	}
	if c := p.peek(); c == '?' || c == '+' {
		p.next()
	}
	return finite, nil
}

func (p *parser) count() (finite bool, err error) {
	if !isDigit(p.next()) {
		return false, errors.New("{ with nothing to repeat")
	}
	least, ok := p.number()
	most := least
	finite = true
	if ok && p.peek() == ',' {
		if p.next() == '}' {
			finite = false
		} else {
			most, ok = p.number()
		}
	}
	switch {
	case !ok:
		return false, errors.New("a count that is too large")
	case p.read() != '}':
		return false, errors.New("a count without }")
	case finite && most < least:
		return false, errors.New("a count that ends before it begins")
	}
	return finite, nil
}

func (p *parser) number() (n int64, ok bool) {
	const most = 1<<31 - 1
	for isDigit(p.peek()) {
		if n = n*10 + int64(p.read()-'0'); n > most {
			return 0, false
		}
	}
	return n, true
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

func isAlpha(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isHex(c rune) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }
