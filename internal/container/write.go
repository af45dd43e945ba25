package container

import "encoding/binary"

// AppendOne appends a container that holds one datum, its bytes unchanged,
// under the given schema and sync marker, with the null codec.
func AppendOne(dst, schema, sync, datum []byte) []byte {
	dst = appendHeader(dst, schema, sync)
	dst = binary.AppendVarint(dst, 1)
	return append(appendSpan(dst, datum), sync[:SyncSize]...)
}

func appendHeader(dst, schema, sync []byte) []byte {
	dst = append(dst, magic...)
	dst = binary.AppendVarint(dst, 2)
	dst = appendSpan(appendSpan(dst, []byte(schemaKey)), schema)
	dst = appendSpan(appendSpan(dst, []byte(codecKey)), []byte(CodecNull))
	return append(binary.AppendVarint(dst, 0), sync[:SyncSize]...)
}

// OneSize is enough room for what AppendOne appends.
func OneSize(schema, datum []byte) int { return len(schema) + len(datum) + 128 }

func appendSpan(dst, b []byte) []byte {
	return append(binary.AppendVarint(dst, int64(len(b))), b...)
}
