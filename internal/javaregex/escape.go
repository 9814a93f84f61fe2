package javaregex

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// escape takes a backslash and what belongs to it. meta: it is no character.
func (p *parser) escape(inClass bool) (meta, bounded bool, err error) {
	kind := p.text[min(p.at+1, len(p.text)-1)]
	_, meta, err = p.character(inClass)
	return meta, !strings.ContainsRune("123456789kX", kind) || kind == 0, err
}

var errEscape = errors.New("an escape that is not known")

// character is Pattern.escape.
func (p *parser) character(inClass bool) (c rune, meta bool, err error) {
	p.at++
	if p.at >= p.end {
		return 0, false, errors.New("a backslash at the end")
	}
	switch c = p.read(); c {
	case '0':
		c, err = p.octal()
		return c, false, err
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return 0, true, outside(inClass)
	case 'A', 'B', 'G', 'R', 'X', 'Z', 'z':
		return 0, true, outside(inClass)
	case 'b':
		if !inClass && p.peek() == '{' {
			return 0, true, ErrUnsure // a quantifier without a number, or the bound of a grapheme
		}
		return 0, true, outside(inClass)
	case 'D', 'H', 'S', 'V', 'W', 'd', 'h', 's', 'v', 'w':
		return 0, true, nil
	case 'N':
		return 0, false, p.namedCharacter()
	case 'a':
		return '\a', false, nil
	case 'c':
		if p.at >= p.end {
			return 0, false, errors.New("a control character that is not named")
		}
		return p.read() ^ 64, false, nil
	case 'e':
		return 0x1b, false, nil
	case 'f':
		return '\f', false, nil
	case 'n':
		return '\n', false, nil
	case 'r':
		return '\r', false, nil
	case 't':
		return '\t', false, nil
	case 'k':
		if err := outside(inClass); err != nil {
			return 0, false, err
		}
		return 0, true, p.reference()
	case 'u':
		c, err = p.hex(4)
		return c, false, err
	case 'x':
		c, err = p.hexadecimal()
		return c, false, err
	}
	if isAlpha(c) {
		return 0, false, errEscape
	}
	return c, false, nil
}

func outside(inClass bool) error {
	if inClass {
		return errEscape
	}
	return nil
}

func (p *parser) octal() (rune, error) {
	octal := func(c rune) bool { return '0' <= c && c <= '7' }
	n := p.read()
	if !octal(n) {
		return 0, errors.New("an octal number without digits")
	}
	value := n - '0'
	if octal(p.peek()) {
		value = value*8 + p.read() - '0'
		if octal(p.peek()) && n <= '3' {
			value = value*8 + p.read() - '0'
		}
	}
	return value, nil
}

func (p *parser) hex(digits int) (rune, error) {
	value := rune(0)
	for range digits {
		c := p.read()
		if !isHex(c) {
			return 0, errors.New("an escape without its hexadecimal digits")
		}
		value = value<<4 + digit(c)
	}
	return value, nil
}

func digit(c rune) rune {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func (p *parser) hexadecimal() (rune, error) {
	if p.peek() != '{' {
		return p.hex(2)
	}
	if !isHex(p.next()) {
		return 0, errors.New("an escape without its hexadecimal digits")
	}
	value := rune(0)
	for isHex(p.peek()) {
		if value = value<<4 + digit(p.read()); value > unicode.MaxRune {
			return 0, errors.New("a character beyond the last")
		}
	}
	if p.read() != '}' {
		return 0, errors.New("an escape without }")
	}
	return value, nil
}

func (p *parser) namedCharacter() error {
	if p.read() != '{' {
		return errors.New("a character's name without {")
	}
	for p.at < p.end {
		if p.read() == '}' {
			return ErrUnsure
		}
	}
	return errors.New("a character's name without }")
}

// reference is \k<name>.
func (p *parser) reference() error {
	if p.read() != '<' {
		return errors.New(`\k without <`)
	}
	name, err := p.name(p.read())
	if err == nil && !p.names[name] {
		err = errors.New("no group before this has the name " + name)
	}
	return err
}

// families are names behind \p that Java 17 knows; there are more of scripts and blocks.
var families = strings.Fields("L LC Lu Ll Lt Lm Lo M Mn Me Mc N Nd Nl No Z Zs Zl Zp C Cc Cf Co Cs Cn P Pd Ps Pe Po Pc Pi Pf S Sm Sc Sk So LD L1 all ASCII Alnum Alpha Blank Cntrl Digit Graph Lower Print Punct Space Upper XDigit " +
	"IsAlphabetic IsLetter IsDigit IsUppercase IsLowercase IsPunctuation IsLatin IsGreek IsCyrillic IsL IsLu IsLl IsN IsNd InGreek javaLowerCase javaUpperCase javaWhitespace javaLetter javaDigit javaLetterOrDigit")

// family is \p and the name behind it, at whose p the parser stands.
func (p *parser) family() error {
	if p.next() != '{' {
		c := p.read()
		if p.at > p.end {
			return errors.New(`\p without a name`)
		}
		if strings.ContainsRune("LMNZCPS", c) {
			return nil
		}
		return errors.New("no family of characters has the name " + string(c))
	}
	start := p.at + 1
	for p.at++; p.peek() != '}'; p.at++ {
		if p.at >= p.end {
			return errors.New("a family's name without }")
		}
	}
	name := string(p.text[start:p.at])
	p.at++
	switch {
	case name == "":
		return errors.New("an empty family's name")
	case slices.Contains(families, name):
		return nil
	case strings.Contains(name, "=") || strings.HasPrefix(name, "I") || strings.HasPrefix(name, "java"):
		return ErrUnsure
	}
	return errors.New("no family of characters has the name " + name)
}
