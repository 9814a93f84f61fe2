package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// items is a list of a document whose elements are made when they are printed: the description of a large store is several times
// as large as the store.
type items struct {
	n  int
	at func(i int) any
}

func listOf[T any](all []T) items {
	return items{len(all), func(i int) any { return all[i] }}
}

// slots stand in a document for its lists.
type slots struct {
	lists  []items
	asHTML bool // what HTML gives a meaning is escaped, as json.Marshal does
}

// slot returns what is marshalled in place of a list: a number that none else is written like.
func (s *slots) slot(l items) json.RawMessage {
	s.lists = append(s.lists, l)
	return json.RawMessage(slotName(len(s.lists) - 1))
}

func slotName(i int) string { return fmt.Sprintf("-0.0e%d", i) }

// printJSON is the command's printJSON for a document with slots in it.
func (s *slots) printJSON(e *env, v any) error {
	var document bytes.Buffer
	if err := encodeJSON(&document, v); err != nil {
		return err
	}
	w := bufio.NewWriter(e.Stdout)
	if err := s.print(w, document.Bytes()); err != nil {
		return err
	}
	return w.Flush()
}

// print prints an indented document with the lists in their places.
func (s *slots) print(w *bufio.Writer, document []byte) error {
	next := 0
	for len(document) > 0 {
		line, after, more := bytes.Cut(document, []byte("\n"))
		document = after
		if end := slotName(next); next < len(s.lists) {
			bare, comma := bytes.CutSuffix(line, []byte(","))
			if key, ok := bytes.CutSuffix(bare, []byte(`": `+end)); ok {
				w.Write(key)
				w.WriteString(`": `)
				indent := line[:len(line)-len(bytes.TrimLeft(line, " "))]
				if err := s.lists[next].print(w, string(indent), s.asHTML); err != nil {
					return err
				}
				next++
				line = nil
				if comma {
					w.WriteString(",")
				}
			}
		}
		w.Write(line)
		if more {
			w.WriteString("\n")
		}
	}
	return nil
}

// print prints the list as json.MarshalIndent would, where its key is indented by so much.
func (l items) print(w *bufio.Writer, indent string, asHTML bool) error {
	w.WriteString("[")
	errs := make([]error, l.n)
	err := inOrder(w, l.n, func(b *bytes.Buffer, i int) {
		var compact bytes.Buffer
		enc := json.NewEncoder(&compact)
		enc.SetEscapeHTML(asHTML)
		if errs[i] = enc.Encode(l.at(i)); errs[i] != nil {
			return
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + indent + "  ")
		indented(b, bytes.TrimSuffix(compact.Bytes(), []byte("\n")), indent+"  ")
	})
	if l.n > 0 {
		w.WriteString("\n" + indent)
	}
	w.WriteString("]")
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return err
}

// inOrder renders n things on all processors and writes them in their order. Where they are so large that a block of them would
// take much memory, the rest of the block is rendered one by one.
func inOrder(w io.Writer, n int, render func(b *bytes.Buffer, i int)) error {
	const block, large = 256, 1 << 20 // things and bytes
	buffers := make([]bytes.Buffer, min(runtime.GOMAXPROCS(0), (n+block-1)/block))
	rendered := make([]int, len(buffers))
	for at := 0; at < n; at += block * len(buffers) {
		var wg sync.WaitGroup
		for k := range buffers {
			from := at + k*block
			fill := func() {
				rendered[k] = from
				for i := from; i < min(n, from+block) && buffers[k].Len() < large; i++ {
					render(&buffers[k], i)
					rendered[k]++
				}
			}
			if k == len(buffers)-1 {
				fill()
			} else {
				wg.Go(fill)
			}
		}
		wg.Wait()
		for k := range buffers {
			if _, err := buffers[k].WriteTo(w); err != nil {
				return err
			}
			for i := rendered[k]; i < min(n, at+(k+1)*block); i++ {
				render(&buffers[k], i)
				if _, err := buffers[k].WriteTo(w); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// indented writes what json.Indent would make of compact JSON with two blanks, which is most of the time that json.MarshalIndent
// takes.
func indented(b *bytes.Buffer, compact []byte, prefix string) {
	depth := 0
	newline := func() {
		b.WriteByte('\n')
		b.WriteString(prefix)
		for range depth {
			b.WriteString("  ")
		}
	}
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '"':
			end := i + 1
			for compact[end] != '"' {
				if compact[end] == '\\' {
					end++
				}
				end++
			}
			b.Write(compact[i : end+1])
			i = end
		case '{', '[':
			b.WriteByte(c)
			if next := compact[i+1]; next == '}' || next == ']' {
				b.WriteByte(next)
				i++
				continue
			}
			depth++
			newline()
		case '}', ']':
			depth--
			newline()
			b.WriteByte(c)
		case ',':
			b.WriteByte(c)
			newline()
		case ':':
			b.WriteString(": ")
		default:
			b.WriteByte(c)
		}
	}
}
