package pluginhost

import (
	"errors"
	"fmt"

	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The bounds of a message unpacked. Two bytes can be a value of its own, which takes
// some sixty times as much in memory: maxReceived is no bound for that.
const (
	maxUnpacked = 64 << 20
	// Below this size nothing can come near maxUnpacked, and is not looked at.
	harmless = maxUnpacked / 128
	// eachMessage is about what a message takes in memory besides its texts, with the
	// pointers to it; eachText, the same of a text or a number in a list.
	eachMessage, eachText = 128, 32
	// maxNested bounds messages in one another, far above what is taken for an answer.
	maxNested = 200
)

// codec is gRPC's own for protobuf, which first counts what a large message would take.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(grpcproto.Name)} }

// Unmarshal implements encoding.CodecV2.
func (c codec) Unmarshal(data mem.BufferSlice, into any) error {
	if message, ok := into.(proto.Message); ok && data.Len() > harmless {
		if err := checkUnpacked(data.Materialize(), message); err != nil {
			return err
		}
	}
	return c.CodecV2.Unmarshal(data, into)
}

// checkUnpacked returns an error where a message would take more than maxUnpacked.
func checkUnpacked(data []byte, message proto.Message) error {
	c := counter{left: maxUnpacked}
	err := c.message(data, message.ProtoReflect().Descriptor(), 0)
	if errors.Is(err, errUnpacked) {
		return fmt.Errorf("its message of %d KiB has over %d values, which take %d MiB and more unpacked: "+
			"it must say less of each alert, or ask for smaller batches (batch_size)", len(data)>>10, c.messages-1, maxUnpacked>>20)
	}
	return err
}

// errUnpacked says that a message takes too much.
var errUnpacked = errors.New("the message takes too much memory")

// counter goes through a message without unpacking it.
type counter struct {
	left     int // bytes that the rest may take
	messages int
}

func (c *counter) take(n int) error {
	if c.left -= n; c.left < 0 {
		return errUnpacked
	}
	return nil
}

func (c *counter) message(data []byte, kind protoreflect.MessageDescriptor, depth int) error {
	c.messages++
	if err := c.take(eachMessage); err != nil {
		return err
	}
	if depth > maxNested {
		return fmt.Errorf("its message is nested more than %d deep", maxNested)
	}
	for len(data) > 0 {
		number, wire, n := protowire.ConsumeTag(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		size := protowire.ConsumeFieldValue(number, wire, data[n:])
		if size < 0 {
			return protowire.ParseError(size)
		}
		if err := c.field(data[n:n+size], wire, kind.Fields().ByNumber(number), depth); err != nil {
			return err
		}
		data = data[n+size:]
	}
	return nil
}

// field counts one field's value; what is unknown is kept as bytes.
func (c *counter) field(data []byte, wire protowire.Type, known protoreflect.FieldDescriptor, depth int) error {
	switch {
	case wire != protowire.BytesType || known == nil:
		return c.take(eachText + len(data))
	case known.Kind() == protoreflect.MessageKind:
		inner, _ := protowire.ConsumeBytes(data)
		return c.message(inner, known.Message(), depth+1)
	case known.IsPacked():
		return c.take(eachText + 8*len(data))
	}
	return c.take(eachText + len(data))
}
