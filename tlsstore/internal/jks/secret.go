package jks

import (
	"encoding/binary"
	"fmt"
)

// A secret entry of JCEKS is a Java object as ObjectOutputStream writes it, with no length before it. The only way to its end
// is through the grammar of Java's serialization protocol. It is walked, bounded, and nothing is ever made of it.

const (
	maxObjectDepth = 32      // real ones reach 4
	maxHandles     = 1 << 12 // classes, strings and objects of one secret; real ones have about 10
	maxFields      = 256     // of one class; real ones have 4
)

// The type codes of the stream protocol.
const (
	tcNull           = 0x70
	tcReference      = 0x71
	tcClassDesc      = 0x72
	tcObject         = 0x73
	tcString         = 0x74
	tcArray          = 0x75
	tcBlockData      = 0x77
	tcEndBlockData   = 0x78
	tcBlockDataLong  = 0x7a
	tcLongString     = 0x7c
	tcEnum           = 0x7e
	firstHandle      = 0x7e0000
	scWriteMethod    = 0x01
	scSerializable   = 0x02
	scExternalizable = 0x04
	scBlockData      = 0x08
)

// class is what a class description says of the fields that follow it in an object.
type class struct {
	name   string
	flags  byte
	fields []byte // type codes
	super  *class
}

type objectWalk struct {
	*scanner
	classes []*class // by handle; nil for what is no class
}

func (s *scanner) secret(e *Entry) error {
	start := s.at
	header, err := s.take(4)
	if err != nil {
		return err
	}
	if binary.BigEndian.Uint32(header) != 0xaced0005 {
		return fmt.Errorf("%w: a secret that is no serialized object", ErrCorrupt)
	}
	w := &objectWalk{scanner: s}
	if err := w.content(maxObjectDepth); err != nil {
		return fmt.Errorf("secret: %w", err)
	}
	e.Protected = s.data[start:s.at:s.at]
	return nil
}

func (w *objectWalk) bad(what string) error {
	return fmt.Errorf("%w: serialized object: %s", ErrCorrupt, what)
}

func (w *objectWalk) byte() (byte, error) {
	b, err := w.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (w *objectWalk) handle(c *class) error {
	if len(w.classes) == maxHandles {
		return w.bad("too many parts")
	}
	w.classes = append(w.classes, c)
	return nil
}

// content reads one element of the stream.
func (w *objectWalk) content(depth int) error {
	if depth == 0 {
		return w.bad("nested too deeply")
	}
	code, err := w.byte()
	if err != nil {
		return err
	}
	return w.contentOf(code, depth)
}

func (w *objectWalk) contentOf(code byte, depth int) error {
	switch code {
	case tcNull:
		return nil
	case tcReference:
		_, err := w.reference()
		return err
	case tcString:
		if err := w.handle(nil); err != nil {
			return err
		}
		return w.skipShort()
	case tcLongString:
		if err := w.handle(nil); err != nil {
			return err
		}
		n, err := w.take(8)
		if err != nil {
			return err
		}
		return w.skip(binary.BigEndian.Uint64(n))
	case tcClassDesc:
		_, err := w.newClass(depth)
		return err
	case tcObject:
		return w.object(depth)
	case tcArray:
		return w.array(depth)
	case tcBlockData:
		n, err := w.byte()
		if err != nil {
			return err
		}
		return w.skip(uint64(n))
	case tcBlockDataLong:
		n, err := w.uint32()
		if err != nil {
			return err
		}
		return w.skip(uint64(n))
	case tcEnum:
		if _, err := w.classDesc(depth); err != nil {
			return err
		}
		if err := w.handle(nil); err != nil {
			return err
		}
		return w.content(depth - 1)
	}
	return w.bad(fmt.Sprintf("unexpected type code %#x", code))
}

func (w *objectWalk) skip(n uint64) error {
	if n > uint64(len(w.data)-w.at) {
		return w.bad("a length beyond the end")
	}
	w.at += int(n)
	return nil
}

func (w *objectWalk) skipShort() error {
	b, err := w.take(2)
	if err != nil {
		return err
	}
	return w.skip(uint64(binary.BigEndian.Uint16(b)))
}

func (w *objectWalk) reference() (*class, error) {
	n, err := w.uint32()
	if err != nil {
		return nil, err
	}
	if n < firstHandle || n-firstHandle >= uint32(len(w.classes)) {
		return nil, w.bad("a reference to nothing")
	}
	return w.classes[n-firstHandle], nil
}

// classDesc reads a class description, or a reference to one, or null.
func (w *objectWalk) classDesc(depth int) (*class, error) {
	if depth == 0 {
		return nil, w.bad("nested too deeply")
	}
	code, err := w.byte()
	if err != nil {
		return nil, err
	}
	switch code {
	case tcNull:
		return nil, nil
	case tcReference:
		c, err := w.reference()
		if err == nil && c == nil {
			err = w.bad("a reference to what is no class")
		}
		return c, err
	case tcClassDesc:
		return w.newClass(depth)
	}
	return nil, w.bad(fmt.Sprintf("type code %#x in place of a class", code))
}

func (w *objectWalk) newClass(depth int) (*class, error) {
	c := &class{}
	var err error
	if c.name, err = w.utf(); err != nil {
		return nil, err
	}
	if _, err = w.take(8); err != nil { // serialVersionUID
		return nil, err
	}
	if err := w.handle(c); err != nil {
		return nil, err
	}
	if c.flags, err = w.byte(); err != nil {
		return nil, err
	}
	b, err := w.take(2)
	if err != nil {
		return nil, err
	}
	count := int(binary.BigEndian.Uint16(b))
	if count > maxFields {
		return nil, w.bad("too many fields")
	}
	for range count {
		code, err := w.byte()
		if err != nil {
			return nil, err
		}
		if err := w.skipShort(); err != nil {
			return nil, err
		}
		if code == '[' || code == 'L' {
			if err := w.content(depth - 1); err != nil { // the type's name, a string
				return nil, err
			}
		} else if primitiveSize(code) == 0 {
			return nil, w.bad("a field of unknown type")
		}
		c.fields = append(c.fields, code)
	}
	if err := w.annotation(depth); err != nil {
		return nil, err
	}
	c.super, err = w.classDesc(depth - 1)
	return c, err
}

// annotation skips what classes and objects add of their own, to its end mark.
func (w *objectWalk) annotation(depth int) error {
	for {
		code, err := w.byte()
		if err != nil {
			return err
		}
		if code == tcEndBlockData {
			return nil
		}
		if depth == 0 {
			return w.bad("nested too deeply")
		}
		if err := w.contentOf(code, depth-1); err != nil {
			return err
		}
	}
}

func (w *objectWalk) object(depth int) error {
	c, err := w.classDesc(depth)
	if err != nil {
		return err
	}
	if c == nil {
		return w.bad("an object without class")
	}
	if err := w.handle(nil); err != nil {
		return err
	}
	var line []*class // the top-most class comes first
	for ; c != nil; c = c.super {
		if len(line) == maxObjectDepth {
			return w.bad("too many superclasses")
		}
		line = append([]*class{c}, line...)
	}
	for _, c := range line {
		if err := w.classData(c, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *objectWalk) classData(c *class, depth int) error {
	if c.flags&scExternalizable != 0 {
		if c.flags&scBlockData == 0 {
			return w.bad("an object whose end cannot be told")
		}
		return w.annotation(depth)
	}
	if c.flags&scSerializable == 0 {
		return nil
	}
	for _, code := range c.fields {
		if err := w.value(code, depth); err != nil {
			return err
		}
	}
	if c.flags&scWriteMethod != 0 {
		return w.annotation(depth)
	}
	return nil
}

func (w *objectWalk) value(code byte, depth int) error {
	if n := primitiveSize(code); n > 0 {
		return w.skip(uint64(n))
	}
	return w.content(depth - 1)
}

func (w *objectWalk) array(depth int) error {
	c, err := w.classDesc(depth)
	if err != nil {
		return err
	}
	if c == nil || len(c.name) < 2 || c.name[0] != '[' {
		return w.bad("an array without type")
	}
	if err := w.handle(nil); err != nil {
		return err
	}
	count, err := w.uint32()
	if err != nil {
		return err
	}
	if n := primitiveSize(c.name[1]); n > 0 {
		return w.skip(uint64(count) * uint64(n))
	}
	for range count { // each takes a byte at least, so the data bounds it
		if err := w.content(depth - 1); err != nil {
			return err
		}
	}
	return nil
}

func primitiveSize(code byte) int {
	switch code {
	case 'B', 'Z':
		return 1
	case 'C', 'S':
		return 2
	case 'I', 'F':
		return 4
	case 'J', 'D':
		return 8
	}
	return 0
}
