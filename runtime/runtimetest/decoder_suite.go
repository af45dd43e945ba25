package runtimetest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// DecoderCase is one format to hold against the contract of runtime.Decoder.
type DecoderCase struct {
	Format runtime.Format
	// Fields are asked for; each sample's alerts have all of them.
	Fields []filter.Field
	// One holds exactly one alert, and Several more than one.
	One, Several []byte
	// Count is the number of alerts in Several.
	Count int
	// Damaged cannot be decoded.
	Damaged []byte
	// Framed says that a record cut short can always be told from a whole one.
	Framed bool
}

// TestDecoder runs the conformance suite of decoders.
func TestDecoder(t *testing.T, c DecoderCase) {
	t.Run("fills every field that the alert has", func(t *testing.T) {
		for _, alert := range decodeAll(t, c, c.One) {
			for slot, text := range alert {
				if text == "null" {
					t.Errorf("%s is missing", c.Fields[slot].Path)
				}
			}
		}
	})
	t.Run("leaves a field that the alert lacks missing", func(t *testing.T) { testUnknownField(t, c) })
	t.Run("gives every alert of a record, and each alone as a record of its own", func(t *testing.T) { testSingle(t, c) })
	t.Run("returns the error of each as it is", func(t *testing.T) {
		stop := errors.New("stop here")
		err := c.Format.NewDecoder(c.Fields).Decode(c.One, func(*filter.Alert) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("is as good as new after a damaged record", func(t *testing.T) { testRecovery(t, c) })
	t.Run("never panics or succeeds by accident on a record cut short", func(t *testing.T) {
		decoder := c.Format.NewDecoder(c.Fields)
		for n := range c.One {
			if decoder.Decode(c.One[:n], loadAll) == nil && c.Framed {
				t.Fatalf("the first %d of %d bytes decode without an error", n, len(c.One))
			}
		}
	})
	t.Run("serves many goroutines through decoders of one format", func(t *testing.T) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				decoder := c.Format.NewDecoder(c.Fields)
				for range 20 {
					if err := decoder.Decode(c.Several, loadAll); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
	})
}

func loadAll(alert *filter.Alert) error { return alert.Load() }

// decodeAll returns the record's alerts, each as its fields' values in JSON.
func decodeAll(t *testing.T, c DecoderCase, value []byte) [][]string {
	t.Helper()
	var alerts [][]string
	err := c.Format.NewDecoder(c.Fields).Decode(value, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		alerts = append(alerts, texts(alert, len(c.Fields)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return alerts
}

func texts(alert *filter.Alert, n int) []string {
	out := make([]string, n)
	for slot := range n {
		out[slot] = string(alert.Values[slot].AppendJSON(nil))
	}
	return out
}

func testUnknownField(t *testing.T, c DecoderCase) {
	fields := append([]filter.Field{{Path: "no_such_field.at_all"}}, c.Fields...)
	err := c.Format.NewDecoder(fields).Decode(c.One, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		if !alert.Values[0].IsMissing() {
			t.Errorf("a field that does not exist is %s", alert.Values[0].AppendJSON(nil))
		}
		if len(alert.Values) != len(fields) {
			t.Errorf("%d slots for %d fields", len(alert.Values), len(fields))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func testSingle(t *testing.T, c DecoderCase) {
	want := decodeAll(t, c, c.Several)
	if len(want) != c.Count {
		t.Fatalf("%d alerts, want %d", len(want), c.Count)
	}
	decoder := c.Format.NewDecoder(c.Fields)
	index := 0
	err := decoder.Decode(c.Several, func(*filter.Alert) error {
		single, err := decoder.Single()
		if err != nil {
			return err
		}
		again := decodeAll(t, c, single)
		if len(again) != 1 || !slices.Equal(again[0], want[index]) {
			t.Errorf("alert %d alone decodes to %v, want %v", index, again, want[index])
		}
		index++
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	testSingleIsTheRecord(t, c)
}

func testSingleIsTheRecord(t *testing.T, c DecoderCase) {
	decoder := c.Format.NewDecoder(c.Fields)
	err := decoder.Decode(c.One, func(*filter.Alert) error {
		single, err := decoder.Single()
		if err == nil && &single[0] != &c.One[0] {
			t.Error("the only alert of a record is copied instead of being the record itself")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func testRecovery(t *testing.T, c DecoderCase) {
	decoder := c.Format.NewDecoder(c.Fields)
	if err := decoder.Decode(c.Damaged, loadAll); err == nil {
		t.Error("a damaged record decodes without an error")
	}
	want := decodeAll(t, c, c.One)[0]
	err := decoder.Decode(c.One, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		if got := texts(alert, len(c.Fields)); !slices.Equal(got, want) {
			t.Errorf("after a damaged record: %v, want %v", got, want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
