package node

import (
	"errors"
	"io"
	"io/fs"

	"github.com/kcfg/kcfg/internal/rule"
	"github.com/kcfg/kcfg/kafkacfg"
	"github.com/kcfg/kcfg/tlsstore"
)

var (
	errIsDirectory = errors.New("it is a directory")
	errTooLarge    = errors.New("it is too large")
)

func readAll(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = errTooLarge
	}
	return data, err
}

func releaseIn(r kafkacfg.Release, spans string) bool { return rule.Spans(spans).Contain(string(r)) }

// cacertsPatterns are where Java's own trust store lies: Debian, Red Hat, Alpine, images, JDKs unpacked by hand.
var cacertsPatterns = []string{
	"etc/ssl/certs/java/cacerts",
	"etc/pki/java/cacerts",
	"etc/pki/ca-trust/extracted/java/cacerts",
	"opt/java/openjdk/lib/security/cacerts",
	"usr/lib/jvm/*/lib/security/cacerts",
	"usr/lib/jvm/*/jre/lib/security/cacerts",
	"opt/*/lib/security/cacerts",
	"usr/local/*/lib/security/cacerts",
}

// jvmRoots returns what the JVM trusts without a trust store: its cacerts under Root, else Let's Encrypt's roots, which
// every JDK of these years has. known is false where a private authority might have been added unseen.
func (j *judge) jvmRoots() (anchors *anchorSet, known bool) {
	anchors = newAnchorSet()
	if j.o.Root != nil {
		for _, pattern := range cacertsPatterns {
			matches, _ := fs.Glob(j.o.Root, pattern)
			for _, m := range matches {
				data, _, err := j.read("/" + m)
				if err != nil {
					continue
				}
				store, err := tlsstore.Decode(data, tlsstore.Password{}, tlsstore.DecodeOptions{})
				if err != nil {
					continue
				}
				for _, e := range store.Entries {
					if len(e.Chain) > 0 {
						anchors.add(e.Chain[0])
					}
				}
				known = true
			}
		}
	}
	if known {
		return anchors, true
	}
	for _, e := range tlsstore.LetsEncryptRoots(j.o.Now) {
		anchors.add(e.Chain[0])
	}
	return anchors, false
}
