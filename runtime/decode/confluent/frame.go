package confluent

import (
	"encoding/binary"
	"fmt"
)

// Header is the length of the framing: the magic byte and the schema's number.
const Header = 5

// Is reports whether a record begins as one in Confluent's framing.
func Is(value []byte) bool { return len(value) >= Header && value[0] == 0 }

// Frame returns the number of the schema that a record was written with.
func Frame(value []byte) (id uint32, err error) {
	switch {
	case len(value) == 0:
		return 0, fmt.Errorf("confluent: empty: there is no framing in 0 bytes")
	case value[0] != 0:
		return 0, fmt.Errorf("confluent: byte 0 is %#02x: Confluent's framing begins with a zero byte, the schema's number follows in 4", value[0])
	case len(value) < Header:
		return 0, fmt.Errorf("confluent: cut short: %d bytes, and the framing alone takes %d", len(value), Header)
	}
	return binary.BigEndian.Uint32(value[1:]), nil
}

// AppendFrame appends the framing of a datum that was written with the schema
// of that number.
func AppendFrame(dst []byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0), id)
}
