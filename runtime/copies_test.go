package runtime

import (
	"bytes"
	"fmt"
	"testing"
)

func held(c *copies, number, size int) *heldRecord {
	value := bytes.Repeat([]byte{byte(number)}, size)
	return c.holdRecord(&Record{
		Key: fmt.Appendf(nil, "key %d", number), Value: value, Offset: int64(number),
		Headers: []Header{{Key: "h", Value: fmt.Appendf(nil, "header %d", number)}, {Key: "none"}},
	}, 0)
}

// intact expects that a record holds what was put in.
func intact(t *testing.T, h *heldRecord) {
	t.Helper()
	number := int(h.record.Offset)
	if string(h.record.Key) != fmt.Sprintf("key %d", number) || string(h.record.Headers[0].Value) != fmt.Sprintf("header %d", number) ||
		h.record.Headers[1].Value != nil || bytes.Count(h.record.Value, []byte{byte(number)}) != len(h.record.Value) {
		t.Errorf("record %d holds another's bytes", number)
	}
}

func TestHeldRecordsKeepTheirBytesWhileOthersComeAndGo(t *testing.T) {
	c := &copies{}
	var line []*heldRecord
	for number := range 4000 {
		size := number * 7919 % 90_000
		if number%500 == 3 {
			size = blockSize + 5 // too large for a block with others
		}
		line = append(line, held(c, number, size))
		for len(line) > 10+number%40 {
			intact(t, line[0])
			c.drop(line[0].block)
			line = line[1:]
		}
		if number%700 == 0 { // all are judged at once
			for _, h := range line {
				intact(t, h)
				c.drop(h.block)
			}
			line = nil
		}
	}
	if len(c.spare) > maxSpare {
		t.Errorf("%d empty blocks are kept", len(c.spare))
	}
}

// What a backlog costs that fills and empties again and again is its copying, and not
// memory anew.
func TestHeldRecordsTakeTheRoomOfThoseBefore(t *testing.T) {
	c := &copies{}
	value := make([]byte, 60_000)
	record := &Record{Value: value}
	round := func() {
		var line []*heldRecord
		for range 20 {
			line = append(line, c.holdRecord(record, 0))
		}
		for _, h := range line {
			c.drop(h.block)
		}
	}
	round()
	blocks := map[*block]bool{c.current: true, c.spare[0]: true}
	for range 100 {
		round()
		if !blocks[c.current] || len(c.spare) != 1 || !blocks[c.spare[0]] {
			t.Fatal("there is a new block")
		}
	}
}

func TestANilValueStaysNil(t *testing.T) {
	h := (&copies{}).holdRecord(&Record{Key: nil, Value: []byte{}}, 0)
	if h.record.Key != nil || h.record.Value == nil {
		t.Errorf("key %v, value %v", h.record.Key, h.record.Value)
	}
}
