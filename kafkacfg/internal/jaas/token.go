package jaas

import "unicode/utf8"

// kind is what a token is: a rune such as ';' or '=', or one of the constants below.
type kind rune

const (
	eof    kind = -1
	number kind = -2 // has no text: Java's tokenizer turns it into a double
	word   kind = -3 // bare or quoted; text holds it
)

// token is one token of java.io.StreamTokenizer as Kafka sets it up.
type token struct {
	kind       kind
	text       string // of a word
	quote      rune   // '"', '\'', or 0 for a bare word
	start, end int    // bytes
}

// tokenizer follows java.io.StreamTokenizer with slash comments of both kinds, and '-', '_' and '$' as word characters.
// Its quirks are what people run into: a bare number has no text, '@' or '!' ends a word, an unclosed quote ends with
// the line, and a lone '/' begins a comment.
type tokenizer struct {
	src  string
	pos  int
	star bool // '*' is a word character too, as in Java's own reader of login files
}

func (t *tokenizer) peek() (rune, int) {
	if t.pos >= len(t.src) {
		return rune(eof), 0
	}
	r, n := utf8.DecodeRuneInString(t.src[t.pos:])
	if r == utf8.RuneError && n == 1 { // a byte that is not UTF-8 is the Latin-1 character that Java sees
		r = rune(t.src[t.pos])
	}
	return r, n
}

func isSpace(r rune) bool { return r >= 0 && r <= ' ' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == '-' }

func (t *tokenizer) isAlpha(r rune) bool {
	return t.star && r == '*' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 160 || r == '-' || r == '_' || r == '$'
}

func (t *tokenizer) next() token {
	t.skip()
	start := t.pos
	r, n := t.peek()
	switch {
	case n == 0:
		return token{kind: eof, start: start, end: start}
	case isDigit(r):
		return t.number(start)
	case t.isAlpha(r):
		for {
			r, n := t.peek()
			if n == 0 || !t.isAlpha(r) && !isDigit(r) {
				return token{kind: word, text: t.src[start:t.pos], start: start, end: t.pos}
			}
			t.pos += n
		}
	case r == '"' || r == '\'':
		t.pos += n
		text := t.quoted(r)
		return token{kind: word, text: text, quote: r, start: start, end: t.pos}
	}
	t.pos += n
	return token{kind: kind(r), start: start, end: t.pos}
}

// skip passes white space and comments.
func (t *tokenizer) skip() {
	for {
		r, n := t.peek()
		switch {
		case n == 0:
			return
		case isSpace(r):
			t.pos += n
		case r == '/':
			t.comment()
		default:
			return
		}
	}
}

func (t *tokenizer) comment() {
	if rest := t.src[t.pos:]; len(rest) > 1 && rest[1] == '*' {
		for t.pos += 2; t.pos < len(t.src); t.pos++ {
			if t.src[t.pos] == '*' && t.pos+1 < len(t.src) && t.src[t.pos+1] == '/' {
				t.pos += 2
				return
			}
		}
		return
	}
	t.pos = min(len(t.src), t.pos+2) // what follows a slash is gone too, a line end as well
	for t.pos < len(t.src) && t.src[t.pos] != '\n' && t.src[t.pos] != '\r' {
		t.pos++
	}
}

// number reads an optional minus, digits and at most one point. A minus without a number behind it is a token by itself.
func (t *tokenizer) number(start int) token {
	if t.src[t.pos] == '-' {
		t.pos++
		if r, _ := t.peek(); r != '.' && (r < '0' || r > '9') {
			return token{kind: '-', start: start, end: t.pos}
		}
	}
	for point := false; ; t.pos++ {
		r, _ := t.peek()
		if r == '.' && !point {
			point = true
		} else if r < '0' || r > '9' {
			return token{kind: number, start: start, end: t.pos}
		}
	}
}

// quoted reads up to the closing quote, the end of the line, or the end of the text.
func (t *tokenizer) quoted(quote rune) string {
	var text []byte
	for {
		r, n := t.peek()
		switch {
		case n == 0 || r == '\n' || r == '\r':
			return string(text)
		case r == quote:
			t.pos += n
			return string(text)
		case r == '\\':
			t.pos += n
			text = utf8.AppendRune(text, t.escape())
		default:
			t.pos += n
			text = utf8.AppendRune(text, r)
		}
	}
}

func (t *tokenizer) escape() rune {
	r, n := t.peek()
	if n == 0 {
		return 255 // as Java: the end of the text, narrowed to a character
	}
	t.pos += n
	switch r {
	case 'a':
		return 7
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'v':
		return 11
	}
	if r < '0' || r > '7' {
		return r
	}
	octal, most := r-'0', 2
	if r <= '3' {
		most = 3
	}
	for i := 1; i < most; i++ {
		d, n := t.peek()
		if n == 0 || d < '0' || d > '7' {
			break
		}
		octal = octal*8 + d - '0'
		t.pos += n
	}
	return octal
}
