package pbe

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecryptingInParts: what is decrypted on several processors is what one decrypts.
func TestDecryptingInParts(t *testing.T) {
	for name, newCipher := range map[string]func(key []byte) (cipher.Block, error){"AES": aes.NewCipher, "3DES": des.NewTripleDESCipher} {
		block, err := newCipher([]byte("a key of 24 bytes, dummy"))
		require.NoError(t, err)
		iv := bytes.Repeat([]byte{7}, block.BlockSize())
		for _, n := range []int{0, 100, 2<<20 + 5} {
			plain := make([]byte, n)
			for i := range plain {
				plain[i] = byte(i * i >> 3)
			}
			encrypted := EncryptCBC(block, iv, bytes.Clone(plain))
			got, err := decryptCBC(newCipher, []byte("a key of 24 bytes, dummy"), iv, encrypted)
			require.NoError(t, err)
			require.True(t, bytes.Equal(plain, got), "%s, %d bytes", name, n)
		}
	}
}
