package tlsstore

// proof is what KeyEntry found out about an entry, so that Check and Encode need not do it again: a key takes as long to
// open, and a signature to check, as the rest of a small store to write. It holds for the very bytes that KeyEntry saw.
type proof struct {
	key   []byte     // that of the first certificate
	chain []*outline // each signed by the next, and parsed
}

// newProof is the proof of an entry that KeyEntry made of these certificates.
func newProof(key []byte, chain []*outline) *proof {
	for _, o := range chain {
		o.load() // an entry may be checked by several at a time
	}
	return &proof{key: key, chain: chain}
}

// provedCertificate returns certificate i of the chain if it is still the same one, else nil.
func (e *Entry) provedCertificate(i int) *outline {
	if e.proof == nil || i >= len(e.proof.chain) || i >= len(e.Chain) || !same(e.proof.chain[i].raw, e.Chain[i]) {
		return nil
	}
	return e.proof.chain[i]
}

// provedKey reports that the key is known to be the first certificate's.
func (e *Entry) provedKey() bool {
	return e.provedCertificate(0) != nil && same(e.proof.key, e.Key)
}

// provedIssuer reports that certificate i of the chain is known to have issued the one before.
func (e *Entry) provedIssuer(i int) bool {
	return e.provedCertificate(i-1) != nil && e.provedCertificate(i) != nil
}

// same reports that two slices are one, which says more than equal bytes and takes no time.
func same(a, b []byte) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }
