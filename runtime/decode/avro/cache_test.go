package avro

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/skysift/skysift/filter"
)

func rawSchema(n, padding int) []byte {
	return []byte(fmt.Sprintf(`{"type":"record","name":"r%d","fields":[]}`, n) + strings.Repeat(" ", padding))
}

func TestEqualSchemasAreParsedOnce(t *testing.T) {
	s := newSchemas()
	first := s.lookup(rawSchema(1, 0))
	raw := rawSchema(1, 0)
	if s.lookup(raw) != first || s.lookup(rawSchema(2, 0)) == first {
		t.Error("a schema is not found again by its bytes")
	}
	raw[len(raw)-1] = 'x' // the caller's bytes are its own again
	if s.lookup(rawSchema(1, 0)) != first {
		t.Error("the cache shares the caller's bytes")
	}
	bad := s.lookup([]byte("{"))
	if bad.err == nil || s.lookup([]byte("{")) != bad {
		t.Error("a bad schema is parsed each time")
	}
}

func TestSchemasAreBoundedAndTheOldestGoFirst(t *testing.T) {
	s := newSchemas()
	used := s.lookup(rawSchema(0, 0))
	for n := range 3 * keptSchemas {
		s.lookup(rawSchema(n, 100))
		if s.lookup(rawSchema(0, 0)) != used {
			t.Fatalf("the schema in use was dropped for number %d", n)
		}
		if len(s.known) > keptSchemas {
			t.Fatalf("%d schemas are kept", len(s.known))
		}
	}
	for n := range 12 {
		s.lookup(rawSchema(n, 900_000))
		if s.bytes > keptSchemaBytes {
			t.Fatalf("%d bytes of schemas are kept", s.bytes)
		}
	}
	total := 0
	for _, k := range s.known {
		total += len(k.schema.raw)
	}
	if total != s.bytes {
		t.Errorf("%d bytes are kept, %d counted", total, s.bytes)
	}
}

func TestPlansAreBoundedAndFoundAgain(t *testing.T) {
	p := plans{schemas: newSchemas(), fields: []filter.Field{{Path: "a"}}}
	for n := range 3 * keptPlans {
		first, err := p.find(rawSchema(n, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.find(rawSchema(n+1, 0)); err != nil {
			t.Fatal(err)
		}
		if again, _ := p.find(rawSchema(n, 0)); again != first || again.schema.raw != string(rawSchema(n, 0)) {
			t.Fatalf("plan %d is not found again", n)
		}
		if len(p.kept) > keptPlans {
			t.Fatalf("%d plans are kept", len(p.kept))
		}
	}
}

func TestSchemasAreLookedUpFromManyGoroutines(t *testing.T) {
	s := newSchemas()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for n := range 500 {
				if got := s.lookup(rawSchema(n%100, 0)); got.raw != string(rawSchema(n%100, 0)) {
					t.Errorf("schema %d is %s", n%100, got.raw)
				}
			}
		})
	}
	group.Wait()
}
