package kafkacfg

import "slices"

// nameSet is a list that is asked often what is in it. A short one is searched; a long one, which only a hostile file has, is
// hashed when it is asked first.
type nameSet struct {
	list   []string
	hashed map[string]int
}

// short is up to where searching beats hashing.
const short = 16

// index returns the first place of name in the list, or -1.
func (s *nameSet) index(name string) int {
	if len(s.list) <= short {
		return slices.Index(s.list, name)
	}
	if s.hashed == nil {
		s.hashed = make(map[string]int, len(s.list))
		for i, n := range slices.Backward(s.list) {
			s.hashed[n] = i
		}
	}
	if i, ok := s.hashed[name]; ok {
		return i
	}
	return -1
}

// add appends a name.
func (s *nameSet) add(name string) {
	s.list = append(s.list, name)
	if _, twice := s.hashed[name]; s.hashed != nil && !twice {
		s.hashed[name] = len(s.list) - 1
	}
}

func (s *nameSet) has(name string) bool { return s.index(name) >= 0 }
