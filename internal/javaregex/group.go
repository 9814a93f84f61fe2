package javaregex

import (
	"errors"
	"strings"
)

// group is Pattern.group0: everything that begins with a parenthesis. A change of flags is nothing to be repeated.
func (p *parser) group() (quantifiable, bounded bool, err error) {
	if p.next() != '?' {
		bounded, err = p.inGroup()
		return true, bounded, err
	}
	p.at++
	switch c := p.read(); c {
	case ':', '=', '!', '>':
		bounded, err = p.inGroup()
		return true, bounded || c == '=' || c == '!', err
	case '<':
		if c = p.read(); c != '=' && c != '!' {
			if err := p.newName(c); err != nil {
				return false, false, err
			}
			bounded, err = p.inGroup()
			return true, bounded, err
		}
		bounded, err = p.inGroup()
		if err == nil && !bounded {
			err = errors.New("look-behind without an obvious greatest length")
		}
		return true, true, err
	case '$', '@':
		return false, false, errors.New("a group of unknown type")
	}
	p.at--
	for strings.ContainsRune("imsducxU-", p.peek()) && p.peek() != 0 {
		if p.read() == 'x' {
			return false, false, ErrUnsure // blanks and comments from here on
		}
	}
	switch p.read() {
	case ')':
		return false, true, nil
	case ':':
		bounded, err = p.inGroup()
		return true, bounded, err
	}
	return false, false, errors.New("an unknown flag")
}

func (p *parser) inGroup() (bounded bool, err error) {
	bounded, err = p.alternatives()
	if err == nil && p.read() != ')' {
		err = errors.New("a group without )")
	}
	return bounded, err
}

func (p *parser) newName(first rune) error {
	name, err := p.name(first)
	switch {
	case err != nil:
		return err
	case p.names[name]:
		return errors.New("two groups of the name " + name)
	}
	p.names[name] = true
	return nil
}

func (p *parser) name(c rune) (string, error) {
	if !isAlpha(c) {
		return "", errors.New("a group's name that does not begin with a letter")
	}
	var b strings.Builder
	for isAlpha(c) || isDigit(c) {
		b.WriteRune(c)
		c = p.read()
	}
	if c != '>' {
		return "", errors.New("a group's name without >")
	}
	return b.String(), nil
}

// class is Pattern.clazz: what stands in brackets, or one side of && in them.
func (p *parser) class(closes bool) error {
	if p.depth++; p.depth > maxDepth {
		return ErrUnsure
	}
	defer func() { p.depth-- }()
	some := false
	if c := p.next(); c == '^' && p.text[p.at-1] == '[' {
		p.next()
	}
	for {
		switch c := p.peek(); {
		case c == '[':
			if err := p.class(true); err != nil {
				return err
			}
			some = true
			continue
		case c == '&' && p.next() == '&':
			right, err := p.right()
			if err != nil {
				return err
			}
			if !some && !right {
				return errors.New("&& between nothing")
			}
			some = true
			continue
		case c == '&':
			p.at--
		case c == 0 && p.at >= p.end:
			return errors.New("a class without ]")
		case c == ']' && some:
			if closes {
				p.next()
			}
			return nil
		}
		if err := p.interval(); err != nil {
			return err
		}
		some = true
	}
}

// right is what stands behind &&.
func (p *parser) right() (some bool, err error) {
	for c := p.next(); c != ']' && c != '&'; c = p.peek() {
		if c == '[' {
			err = p.class(true)
		} else {
			p.at--
			err = p.class(false)
		}
		if err != nil {
			return false, err
		}
		some = true
	}
	return some, nil
}

// interval is Pattern.range: one character, or two with a hyphen between.
func (p *parser) interval() error {
	from := p.peek()
	if from == '\\' {
		if c := p.next(); c == 'p' || c == 'P' {
			return p.family()
		}
		p.at--
		c, meta, err := p.character(true)
		if err != nil || meta {
			return err
		}
		from = c
	} else {
		p.next()
	}
	if p.peek() != '-' {
		return nil
	}
	if end := p.text[min(p.at+1, len(p.text)-1)]; end == '[' || end == ']' {
		return nil
	}
	to := p.next()
	if to != '\\' {
		p.next()
	} else {
		c, meta, err := p.character(true)
		if err != nil {
			return err
		}
		if to = c; meta {
			to = -1
		}
	}
	if to < from {
		return errors.New("an interval that ends before it begins")
	}
	return nil
}
