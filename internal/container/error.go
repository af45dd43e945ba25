package container

import "fmt"

// Error says where in a container its framing is broken, and how.
type Error struct {
	// Offset is the byte of the container (of the stream, for a Stream) at
	// which the broken part begins.
	Offset int64
	What   string
	// need is set where the bytes end too early: so many are needed in all to
	// read on, as far as is known.
	need int
}

func (e *Error) Error() string {
	return fmt.Sprintf("byte %d: %s", e.Offset, e.What)
}

func broken(offset int, format string, args ...any) *Error {
	return &Error{Offset: int64(offset), What: fmt.Sprintf(format, args...)}
}

func cut(offset, need int, format string, args ...any) *Error {
	err := broken(offset, format, args...)
	err.need = need
	return err
}
