package ca

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Record is a line of an authority's log: what was issued, for whom, until when. It holds nothing secret.
type Record struct {
	Serial    string    `json:"serial"` // lower-case hex
	Issuer    string    `json:"issuer"`
	Subject   string    `json:"subject"` // as Kafka's principal has it, RFC 2253
	Hosts     []string  `json:"hosts"`
	Uses      []string  `json:"uses"` // serverAuth, clientAuth
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	SHA256    string    `json:"sha256"` // of the certificate, lower-case hex
}

func newRecord(c *x509.Certificate) Record {
	sum := sha256.Sum256(c.Raw)
	r := Record{
		Serial: c.SerialNumber.Text(16), Issuer: c.Issuer.String(), Subject: c.Subject.String(),
		Hosts: slices.Clone(c.DNSNames), Uses: []string{}, NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), SHA256: hex.EncodeToString(sum[:]),
	}
	for _, ip := range c.IPAddresses {
		r.Hosts = append(r.Hosts, ip.String())
	}
	if r.Hosts == nil {
		r.Hosts = []string{}
	}
	for _, u := range c.ExtKeyUsage {
		switch u {
		case x509.ExtKeyUsageServerAuth:
			r.Uses = append(r.Uses, "serverAuth")
		case x509.ExtKeyUsageClientAuth:
			r.Uses = append(r.Uses, "clientAuth")
		}
	}
	return r
}

// Line returns the record as one line of JSON, for the end of a log.
func (r Record) Line() ([]byte, error) {
	b, err := json.Marshal(r)
	return append(b, '\n'), err
}

// ParseLog reads a log, one record a line.
func ParseLog(data []byte) ([]Record, error) {
	var out []Record
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("line %d of the log: %w", n, err)
		}
		out = append(out, r)
	}
	return out, nil
}
