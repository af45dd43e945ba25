package confluent

import (
	"encoding/binary"
	"fmt"
)

// header is the length of the framing: the magic byte and the schema's number.
const header = 5

// Is reports whether a record begins as one in Confluent's framing.
func Is(value []byte) bool { return len(value) >= header && value[0] == 0 }

// frame returns the number of the schema that a record was written with.
func frame(value []byte) (id uint32, err error) {
	switch {
	case len(value) == 0:
		return 0, fmt.Errorf("confluent: empty: there is no framing in 0 bytes")
	case value[0] != 0:
		return 0, fmt.Errorf("confluent: byte 0 is %#02x: Confluent's framing begins with a zero byte, the schema's number follows in 4", value[0])
	case len(value) < header:
		return 0, fmt.Errorf("confluent: cut short: %d bytes, and the framing alone takes %d", len(value), header)
	}
	return binary.BigEndian.Uint32(value[1:]), nil
}
