package tlsstore

import "fmt"

func decodePEM([]byte, Password, DecodeOptions) (*Store, error) { return nil, ErrUnsupported }
func decodePKCS7([]byte, Limits) (*Store, error)                { return nil, ErrUnsupported }
func (s *Store) encodePEM(Password, EncodeOptions) ([]byte, error) {
	return nil, fmt.Errorf("PEM: %w", ErrUnsupported)
}
func strength(string) int { return 0 }
func subjectOf(der []byte) string {
	return ""
}
