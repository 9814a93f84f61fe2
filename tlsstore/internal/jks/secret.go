package jks

import "fmt"

func (s *scanner) secret(*Entry) error { return fmt.Errorf("%w: secret entry", ErrCorrupt) }
