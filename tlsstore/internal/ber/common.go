package ber

import "slices"

// commonOID is an object identifier in both forms.
type commonOID struct{ content, dotted string }

// commonOf returns the dotted form of a common object identifier. To put it together anew each time would take a tenth of
// reading a large store.
func commonOf(content []byte) (dotted string, ok bool) {
	i, ok := slices.BinarySearchFunc(common, content, func(c commonOID, content []byte) int {
		switch { // not strings.Compare, for which the bytes would be copied
		case c.content < string(content):
			return -1
		case c.content > string(content):
			return 1
		}
		return 0
	})
	if !ok {
		return "", false
	}
	return common[i].dotted, true
}

// common are the object identifiers of nearly all elements in certificates and stores, by their content: those of names, keys,
// signatures, extensions and usages, bags and their attributes. They stand here in both forms, since a table that is made at
// the first use would take longer than most of what it is for.
var common = []commonOID{
	{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "0.9.2342.19200300.100.1.1"},
	{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "0.9.2342.19200300.100.1.25"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "1.2.840.113549.1.1.1"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "1.2.840.113549.1.1.5"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "1.2.840.113549.1.1.11"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "1.2.840.113549.1.1.12"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "1.2.840.113549.1.1.13"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "1.2.840.113549.1.9.1"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14", "1.2.840.113549.1.9.20"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15", "1.2.840.113549.1.9.21"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01", "1.2.840.113549.1.9.22.1"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02", "1.2.840.113549.1.12.10.1.2"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03", "1.2.840.113549.1.12.10.1.3"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x04", "1.2.840.113549.1.12.10.1.4"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x05", "1.2.840.113549.1.12.10.1.5"},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x06", "1.2.840.113549.1.12.10.1.6"},
	{"\x2a\x86\x48\xce\x3d\x02\x01", "1.2.840.10045.2.1"},
	{"\x2a\x86\x48\xce\x3d\x03\x01\x07", "1.2.840.10045.3.1.7"},
	{"\x2a\x86\x48\xce\x3d\x04\x03\x02", "1.2.840.10045.4.3.2"},
	{"\x2a\x86\x48\xce\x3d\x04\x03\x03", "1.2.840.10045.4.3.3"},
	{"\x2a\x86\x48\xce\x3d\x04\x03\x04", "1.2.840.10045.4.3.4"},
	{"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02", "1.3.6.1.4.1.11129.2.4.2"},
	{"\x2b\x06\x01\x05\x05\x07\x01\x01", "1.3.6.1.5.5.7.1.1"},
	{"\x2b\x06\x01\x05\x05\x07\x03\x01", "1.3.6.1.5.5.7.3.1"},
	{"\x2b\x06\x01\x05\x05\x07\x03\x02", "1.3.6.1.5.5.7.3.2"},
	{"\x2b\x65\x70", "1.3.101.112"},
	{"\x2b\x81\x04\x00\x22", "1.3.132.0.34"},
	{"\x2b\x81\x04\x00\x23", "1.3.132.0.35"},
	{"\x55\x04\x03", "2.5.4.3"},
	{"\x55\x04\x04", "2.5.4.4"},
	{"\x55\x04\x05", "2.5.4.5"},
	{"\x55\x04\x06", "2.5.4.6"},
	{"\x55\x04\x07", "2.5.4.7"},
	{"\x55\x04\x08", "2.5.4.8"},
	{"\x55\x04\x09", "2.5.4.9"},
	{"\x55\x04\x0a", "2.5.4.10"},
	{"\x55\x04\x0b", "2.5.4.11"},
	{"\x55\x04\x0c", "2.5.4.12"},
	{"\x55\x04\x2a", "2.5.4.42"},
	{"\x55\x04\x61", "2.5.4.97"},
	{"\x55\x1d\x0e", "2.5.29.14"},
	{"\x55\x1d\x0f", "2.5.29.15"},
	{"\x55\x1d\x11", "2.5.29.17"},
	{"\x55\x1d\x13", "2.5.29.19"},
	{"\x55\x1d\x1f", "2.5.29.31"},
	{"\x55\x1d\x20", "2.5.29.32"},
	{"\x55\x1d\x23", "2.5.29.35"},
	{"\x55\x1d\x25", "2.5.29.37"},
	{"\x55\x1d\x25\x00", "2.5.29.37.0"},
	{"\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01", "2.16.840.1.113894.746875.1.1"},
}
