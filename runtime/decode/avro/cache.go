package avro

import (
	"hash/maphash"
	"sync"
)

// Bounds on the schemas that are kept. A survey's stream has one or two at a
// time, and a dozen over its years.
const (
	keptSchemas     = 64
	keptSchemaBytes = 4 << 20
)

// schemas keeps the writers' schemas that were seen last, by their bytes, bad
// ones too. It is safe for concurrent use.
//
// Invariants: it holds at most keptSchemas schemas and, unless it is one
// alone, keptSchemaBytes of them; equal bytes give the same *Schema for as
// long as it is held.
type schemas struct {
	seed maphash.Seed

	mu    sync.Mutex
	known map[uint64]*kept
	bytes int
	clock uint64
}

type kept struct {
	schema *Schema
	used   uint64
}

func newSchemas() *schemas {
	return &schemas{seed: maphash.MakeSeed(), known: map[uint64]*kept{}}
}

// lookup returns the schema whose bytes are raw, which it does not keep.
func (s *schemas) lookup(raw []byte) *Schema {
	hash := maphash.Bytes(s.seed, raw)
	if known := s.find(hash, raw); known != nil {
		return known
	}
	// Parsed outside the lock: a new schema must not hold up the others. Two
	// decoders may then parse the same one; the first is kept.
	parsed := newSchema(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.known[hash]; known != nil && known.schema.raw == parsed.raw {
		return known.schema
	}
	s.keep(hash, parsed)
	return parsed
}

func (s *schemas) find(hash uint64, raw []byte) *Schema {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.known[hash]
	if known == nil || known.schema.raw != string(raw) {
		return nil
	}
	s.clock++
	known.used = s.clock
	return known.schema
}

func (s *schemas) keep(hash uint64, parsed *Schema) {
	s.drop(hash) // another schema of the same hash
	for len(s.known) > 0 && (len(s.known) >= keptSchemas || s.bytes+len(parsed.raw) > keptSchemaBytes) {
		s.drop(s.oldest())
	}
	s.clock++
	s.known[hash] = &kept{schema: parsed, used: s.clock}
	s.bytes += len(parsed.raw)
}

func (s *schemas) drop(hash uint64) {
	if old := s.known[hash]; old != nil {
		s.bytes -= len(old.schema.raw)
		delete(s.known, hash)
	}
}

func (s *schemas) oldest() uint64 {
	var hash, used uint64
	for h, k := range s.known {
		if used == 0 || k.used < used {
			hash, used = h, k.used
		}
	}
	return hash
}
