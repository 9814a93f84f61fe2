package probe

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
)

// StartTLS lists the protocols whose plain-text beginning Probe knows.
var StartTLS = []string{"ftp", "imap", "ldap", "pop3", "postgres", "smtp"}

var startTLS = map[string]func(net.Conn, string) error{
	"ftp":      startFTP,
	"imap":     startIMAP,
	"ldap":     startLDAP,
	"pop3":     startPOP3,
	"postgres": startPostgres,
	"smtp":     startSMTP,
}

// Limits of what a server may say before TLS begins.
const (
	maxLine  = 4096
	maxLines = 100
)

var errNoStartTLS = errors.New("the server does not offer TLS in this protocol")

// lines reads a server's replies. It must not read beyond them: what follows is TLS's.
type lines struct{ r *bufio.Reader }

// oneByte keeps a bufio.Reader from reading ahead.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func newLines(c net.Conn) lines { return lines{bufio.NewReaderSize(oneByte{c}, maxLine)} }

func (l lines) next() (string, error) {
	line, err := l.r.ReadSlice('\n')
	if err != nil {
		return "", fmt.Errorf("reading the server's greeting: %w", err)
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// reply reads a reply of SMTP or FTP, which may have several lines, and checks its code.
func (l lines) reply(code string) error {
	for range maxLines {
		line, err := l.next()
		if err != nil {
			return err
		}
		if !strings.HasPrefix(line, code) {
			return errNoStartTLS
		}
		if len(line) == len(code) || line[len(code)] != '-' {
			return nil
		}
	}
	return errNoStartTLS
}

func say(c net.Conn, s string) error { _, err := io.WriteString(c, s); return err }

func startSMTP(c net.Conn, _ string) error {
	l := newLines(c)
	if err := l.reply("220"); err != nil {
		return err
	}
	if err := say(c, "EHLO localhost\r\n"); err != nil {
		return err
	}
	if err := l.reply("250"); err != nil {
		return err
	}
	if err := say(c, "STARTTLS\r\n"); err != nil {
		return err
	}
	return l.reply("220")
}

func startFTP(c net.Conn, _ string) error {
	l := newLines(c)
	if err := l.reply("220"); err != nil {
		return err
	}
	if err := say(c, "AUTH TLS\r\n"); err != nil {
		return err
	}
	return l.reply("234")
}

func startPOP3(c net.Conn, _ string) error {
	l := newLines(c)
	if err := l.reply("+OK"); err != nil {
		return err
	}
	if err := say(c, "STLS\r\n"); err != nil {
		return err
	}
	return l.reply("+OK")
}

func startIMAP(c net.Conn, _ string) error {
	l := newLines(c)
	if err := l.reply("* OK"); err != nil {
		return err
	}
	if err := say(c, "a STARTTLS\r\n"); err != nil {
		return err
	}
	for range maxLines {
		line, err := l.next()
		if err != nil {
			return err
		}
		if strings.HasPrefix(line, "a OK") {
			return nil
		}
		if !strings.HasPrefix(line, "* ") {
			return errNoStartTLS
		}
	}
	return errNoStartTLS
}

// startPostgres sends an SSLRequest, which is answered with one letter.
func startPostgres(c net.Conn, _ string) error {
	if _, err := c.Write([]byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f}); err != nil {
		return err
	}
	answer := make([]byte, 1)
	if _, err := io.ReadFull(c, answer); err != nil {
		return err
	}
	if answer[0] != 'S' {
		return errNoStartTLS
	}
	return nil
}

// startLDAP sends the extended request 1.3.6.1.4.1.1466.20037 as message 1, and looks for resultCode 0 in the answer.
func startLDAP(c net.Conn, _ string) error {
	const oid = "1.3.6.1.4.1.1466.20037"
	request := slices.Concat([]byte{0x30, byte(len(oid) + 7), 2, 1, 1, 0x77, byte(len(oid) + 2), 0x80, byte(len(oid))}, []byte(oid))
	if _, err := c.Write(request); err != nil {
		return err
	}
	header := make([]byte, 2)
	if _, err := io.ReadFull(c, header); err != nil {
		return err
	}
	n := int(header[1])
	if header[1] == 0x84 || header[1] == 0x82 || header[1] == 0x81 { // Active Directory writes long lengths
		size := make([]byte, header[1]&0x7f)
		if _, err := io.ReadFull(c, size); err != nil {
			return err
		}
		n = 0
		for _, b := range size {
			n = n<<8 | int(b)
		}
	}
	if header[0] != 0x30 || n > maxLine || n < 0 {
		return errNoStartTLS
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(c, answer); err != nil {
		return err
	}
	if !bytes.Contains(answer, []byte{0x0a, 1, 0}) {
		return errNoStartTLS
	}
	return nil
}
