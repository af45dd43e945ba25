package msgpack_test

import (
	"github.com/tinylib/msgp/msgp"
)

// pair is an entry of a map, in the order in which it is written.
type pair struct {
	key   any // a string, or []byte as Python writes bytes
	value any
}

// object is a map in order; raw is bytes that stand as they are.
type (
	object []pair
	raw    []byte
)

// pack is the value as Python's msgpack writes it.
func pack(v any) []byte { return appendTo(nil, v) }

func appendTo(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = msgp.AppendMapHeader(b, uint32(len(v)))
		for _, p := range v {
			b = appendTo(appendTo(b, p.key), p.value)
		}
		return b
	case []any:
		b = msgp.AppendArrayHeader(b, uint32(len(v)))
		for _, item := range v {
			b = appendTo(b, item)
		}
		return b
	case raw:
		return append(b, v...)
	}
	b, err := msgp.AppendIntf(b, v)
	if err != nil {
		panic(err)
	}
	return b
}

// array is a numpy array as msgpack-numpy writes it.
func array(what string, data []byte, shape ...any) object {
	if shape == nil {
		shape = []any{}
	}
	return object{{[]byte("nd"), true}, {[]byte("type"), what}, {[]byte("kind"), []byte("")}, {[]byte("shape"), shape}, {[]byte("data"), data}}
}

// number is a numpy number as msgpack-numpy writes it.
func number(what string, data []byte) object {
	return object{{[]byte("nd"), false}, {[]byte("type"), what}, {[]byte("data"), data}}
}

// event is a document of a run engine.
func event(data object) []byte {
	return pack([]any{"event", object{{"uid", "4fd05f92"}, {"time", 1795257508.88}, {"data", data}, {"seq_num", 1}}})
}
