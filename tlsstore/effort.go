package tlsstore

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"math/bits"
	"time"
)

// maxEffort bounds what is spent on public-key operations for one store: the largest keys that are taken need a hundredth of a
// second for each, and a file has room for thousands.
const maxEffort = 500 * time.Millisecond

// effort is what is left of maxEffort. It goes by estimates, so that the same input always gives the same result.
type effort struct{ left time.Duration }

func newEffort() *effort { return &effort{left: maxEffort} }

// spend takes the cost off; it reports false, and takes nothing, where that is more than what is left.
func (e *effort) spend(cost time.Duration) bool {
	if cost > e.left {
		return false
	}
	e.left -= cost
	return true
}

// verifyCost estimates the check of a signature, on a machine of the slower kind.
func verifyCost(key any) time.Duration {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return cubed(k.N.BitLen(), 50*time.Microsecond) * time.Duration(max(bits.Len(uint(k.E)), 17)) / 17
	case *ecdsa.PublicKey:
		return curveCost(k.Curve.Params().BitSize)
	}
	return 100 * time.Microsecond
}

// openCost estimates what crypto/x509 does to check a PKCS#8 key.
func openCost(pkcs8 []byte) time.Duration {
	if n := rsaNumbers(pkcs8); n != nil {
		return cubed(8*len(n[1].Content), 300*time.Microsecond)
	}
	if len(pkcs8) > 200 { // P-521; P-384 has 185
		return curveCost(521)
	}
	return curveCost(256)
}

// cubed scales the cost of RSA with 2048 bits: twice the bits take up to eight times as long.
func cubed(size int, of2048 time.Duration) time.Duration {
	return max(of2048*time.Duration(size)/2048*time.Duration(size)/2048*time.Duration(size)/2048, of2048/8)
}

func curveCost(size int) time.Duration {
	if size == 256 {
		return 70 * time.Microsecond
	}
	return time.Millisecond
}
