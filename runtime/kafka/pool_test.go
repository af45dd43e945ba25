package kafka

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestPoolWaitsAtItsLimit(t *testing.T) {
	p := newPool(4 * minBuffer)
	first, err := p.get(t.Context(), 3*minBuffer) // rounds up to 4
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.get(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a buffer beyond the limit: %v", err)
	}
	if b := p.getNow(1); cap(b.bytes) != minBuffer {
		t.Errorf("%d bytes", cap(b.bytes))
	} else {
		b.release()
	}
	time.AfterFunc(10*time.Millisecond, first.release)
	second, err := p.get(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	second.retain()
	second.release()
	if p.used != minBuffer {
		t.Errorf("%d bytes are lent, want %d: one reference is left", p.used, minBuffer)
	}
	second.release()
	if p.used != 0 || p.idle > p.limit {
		t.Errorf("%d bytes lent and %d idle", p.used, p.idle)
	}
}

func TestPoolLendsOneBufferBeyondItsLimit(t *testing.T) {
	p := newPool(minBuffer)
	b, err := p.get(t.Context(), largeBuffer+1)
	if err != nil || len(b.bytes) != largeBuffer+1 {
		t.Fatalf("%v", err)
	}
	b.release()
	if p.idle != 0 {
		t.Errorf("%d idle bytes are kept beyond the limit", p.idle)
	}
}

func TestPoolUsesBuffersAgain(t *testing.T) {
	p := newPool(1 << 20)
	b := p.getNow(70_000)
	b.release()
	if again := p.getNow(90_000); again != b {
		t.Error("a free buffer of the size was not used")
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int]int{0: minBuffer, minBuffer: minBuffer, minBuffer + 1: 2 * minBuffer,
		largeBuffer: largeBuffer, largeBuffer + 1: 2 * largeBuffer} {
		if got := sizeFor(n); got != want {
			t.Errorf("size for %d is %d, want %d", n, got, want)
		}
	}
}
