package tlsstore

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/kcfg/kcfg/finding"
)

// InspectSchema names the JSON form of inspections; fields may be added within it.
const InspectSchema = "kcfg.inspect/1"

// Inspection describes a store. Its JSON is stable: an element of "stores" in the schema [InspectSchema]. Path and File are the
// caller's to fill in.
type Inspection struct {
	Path       string            `json:"path"`
	Format     Format            `json:"format"`
	Integrity  Integrity         `json:"integrity"`
	Algorithms AlgorithmNames    `json:"algorithms"`
	Iterations Iterations        `json:"iterations"`
	ReadableBy []string          `json:"readable_by"`
	Notes      []string          `json:"notes"` // what is unusual about the file
	File       FileInfo          `json:"file"`
	Entries    []EntryInfo       `json:"entries"`
	Hidden     HiddenInfo        `json:"hidden"`
	Findings   []finding.Finding `json:"findings"`
	kafka      string            // why Kafka does not take a PEM file
	Error      *InspectError     `json:"error"` // in place of entries, where the store could not be read
}

// AlgorithmNames are the weakest algorithms of a store's parts; empty where a part is not protected.
type AlgorithmNames struct {
	Key         string `json:"key"`
	Certificate string `json:"certificate"`
	MAC         string `json:"mac"`
}

// Iterations belong to AlgorithmNames; 0 where there are none.
type Iterations struct {
	Key         int `json:"key"`
	Certificate int `json:"certificate"`
	MAC         int `json:"mac"`
}

// Names returns the algorithms in the form of an [Inspection].
func (a Algorithms) Names() (AlgorithmNames, Iterations) {
	return AlgorithmNames{a.Key.Name, a.Certificate.Name, a.MAC.Name}, Iterations{a.Key.Iterations, a.Certificate.Iterations, a.MAC.Iterations}
}

// FileInfo says who may read a file.
type FileInfo struct {
	Mode  string `json:"mode"`
	Owner string `json:"owner"`
	Group string `json:"group"`
}

// EntryInfo describes an entry, under the alias that Java shows.
type EntryInfo struct {
	Alias   string            `json:"alias"`
	Type    Kind              `json:"type"`
	Created *time.Time        `json:"created"` // null where the format does not say
	Locked  bool              `json:"locked"`
	Chain   []CertificateInfo `json:"chain"`
}

// HiddenInfo is what is in the file and not listed by Java.
type HiddenInfo struct {
	Certificates []HiddenCertificateInfo `json:"certificates"`
	Keys         []HiddenItemInfo        `json:"keys"`
	Other        []HiddenItemInfo        `json:"other"` // locked parts, secrets, lists of revoked certificates, unknown bags
}

// HiddenCertificateInfo is a certificate that Java does not list.
type HiddenCertificateInfo struct {
	CertificateInfo
	Alias string `json:"alias"`
	Why   string `json:"why"`
}

// HiddenItemInfo is something else that Java does not list.
type HiddenItemInfo struct {
	Kind  HiddenKind `json:"kind"`
	Alias string     `json:"alias"`
	Why   string     `json:"why"`
}

// InspectError says why a store could not be read.
type InspectError struct {
	Code    string `json:"code"` // "password", "format", "unsupported", "too-costly", "corrupt"
	Message string `json:"message"`
}

// Inspect describes the store.
func (s *Store) Inspect() *Inspection {
	in := s.Overview()
	in.Entries = make([]EntryInfo, len(s.Entries))
	eachInParallel(len(s.Entries), func(i int) { in.Entries[i] = s.Entries[i].Info(s.Format) })
	for _, h := range s.Hidden {
		if h.Kind == HiddenCertificate {
			in.Hidden.Certificates = append(in.Hidden.Certificates, h.CertificateInfo())
		}
	}
	return in
}

// CertificateInfo describes a hidden certificate.
func (h Hidden) CertificateInfo() HiddenCertificateInfo {
	return HiddenCertificateInfo{DescribeCertificate(h.Certificate), h.Alias, h.Why}
}

// Overview is Inspect without Entries and Hidden.Certificates, which are left empty: of a large store they are several times as
// large as the store. [Entry.Info] and [Hidden.CertificateInfo] describe them one by one.
func (s *Store) Overview() *Inspection {
	in := newInspection(s.Format)
	in.Integrity = s.Integrity
	in.Algorithms, in.Iterations = s.Algorithms.Names()
	in.ReadableBy = s.ReadableBy()
	if s.traits != nil {
		if slices.ContainsFunc(s.Entries, func(e Entry) bool { return len(e.Chain) > 0 }) { // a key alone is a part of something
			in.kafka = s.traits.pem.kafka
		}
		in.Notes = append(in.Notes, s.traits.odd...)
		if s.traits.refused != "" {
			in.Notes = append(in.Notes, "no Java loads the file: "+s.traits.refused)
		}
	}
	for _, h := range s.Hidden {
		switch h.Kind {
		case HiddenCertificate:
		case HiddenKey:
			in.Hidden.Keys = append(in.Hidden.Keys, HiddenItemInfo{h.Kind, h.Alias, h.Why})
		default:
			in.Hidden.Other = append(in.Hidden.Other, HiddenItemInfo{h.Kind, h.Alias, h.Why})
		}
	}
	return in
}

func newInspection(f Format) *Inspection {
	return &Inspection{
		Format: f, ReadableBy: []string{}, Notes: []string{}, Entries: []EntryInfo{}, Findings: []finding.Finding{},
		Hidden: HiddenInfo{[]HiddenCertificateInfo{}, []HiddenItemInfo{}, []HiddenItemInfo{}},
	}
}

// shownAlias is the alias that Java shows in a store of that format.
func (e *Entry) shownAlias(f Format) string {
	if f == PKCS12 {
		return javaLower(e.Alias)
	}
	return e.Alias
}

// Info describes the entry under the alias that Java shows in a store of that format.
func (e Entry) Info(f Format) EntryInfo {
	info := EntryInfo{Alias: e.shownAlias(f), Type: e.Kind, Locked: e.Locked(), Chain: make([]CertificateInfo, len(e.Chain))}
	// RFC 3339 has no years beyond 9999; JKS has.
	if created := e.Created.UTC().Truncate(time.Millisecond); !created.IsZero() && created.Year() >= 0 && created.Year() <= 9999 && (f != PKCS12 || e.Kind != KindCertificate) {
		info.Created = &created
	}
	for i, der := range e.Chain {
		info.Chain[i] = DescribeCertificate(der)
	}
	return info
}

// InspectFailure describes a file that [Decode] could not read. Other errors than Decode's have the code "corrupt".
func InspectFailure(data []byte, err error) *Inspection {
	in := newInspection(Detect(data))
	in.Error = &InspectError{"corrupt", err.Error()}
	for _, c := range []struct {
		err  error
		code string
	}{
		{ErrPassword, "password"}, {ErrLocked, "password"}, {ErrFormat, "format"}, {ErrUnsupported, "unsupported"}, {ErrTooCostly, "too-costly"},
	} {
		if errors.Is(err, c.err) {
			in.Error.Code = c.code
			break
		}
	}
	return in
}

// MarshalJSON writes every field, none of them null; a store that could not be read has an error in place of entries.
func (in Inspection) MarshalJSON() ([]byte, error) {
	type plain Inspection
	if in.Error == nil {
		return json.Marshal(struct {
			plain
			Error any `json:"error,omitempty"`
		}{plain: plain(in)})
	}
	return json.Marshal(struct {
		plain
		Entries any `json:"entries,omitempty"`
	}{plain: plain(in)})
}

// Inspections is the JSON document of several stores.
type Inspections struct {
	Stores []*Inspection
}

// MarshalJSON writes the schema [InspectSchema].
func (i Inspections) MarshalJSON() ([]byte, error) {
	stores := slices.Clone(i.Stores)
	if stores == nil {
		stores = []*Inspection{}
	}
	return json.Marshal(struct {
		Schema string        `json:"schema"`
		Stores []*Inspection `json:"stores"`
	}{InspectSchema, stores})
}

// MarshalJSON writes what [Store.Inspect] says; no secret is in it.
func (s Store) MarshalJSON() ([]byte, error) { return json.Marshal(s.Inspect()) }

// MarshalJSON writes what [Entry.Info] says; no secret is in it.
func (e Entry) MarshalJSON() ([]byte, error) { return json.Marshal(e.Info(FormatUnknown)) }

// MarshalJSON writes the kind, the alias and the reason.
func (h Hidden) MarshalJSON() ([]byte, error) {
	return json.Marshal(HiddenItemInfo{h.Kind, h.Alias, h.Why})
}
