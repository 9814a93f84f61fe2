package tlsstore

import (
	"bytes"
	"slices"
)

// path is what of the chain Java's validator goes through, from the leaf to the last certificate below a trust anchor: the known
// roots, those with the name and the key of one, and what is self-signed. A leaf that is an anchor itself is not validated at all.
func (c *checked) path() []*outline {
	e := c.current
	if e.path == nil {
		e.path = c.findPath()
	}
	return e.path
}

func (c *checked) findPath() []*outline {
	rest := slices.Clone(c.current.chain())
	last := rest[0]
	roots := c.knownRoots()
	if last.spki == nil || slices.ContainsFunc(roots[javaName(last.subject)], func(r *outline) bool { return bytes.Equal(r.raw, last.raw) }) {
		return []*outline{}
	}
	path := []*outline{last}
	for rest = rest[1:]; !last.selfIssued(); {
		i := slices.IndexFunc(rest, func(o *outline) bool { return o.spki != nil && javaName(o.subject) == javaName(last.issuer) })
		if i < 0 || rest[i].selfIssued() || c.namedKeys[namedKey(rest[i])] {
			break
		}
		last = rest[i]
		path, rest = append(path, last), slices.Delete(rest, i, i+1)
	}
	return path
}
