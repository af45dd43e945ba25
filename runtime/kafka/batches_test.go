package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"

	"github.com/skysift/skysift/runtime"
)

// made is a record batch to be put together for a test.
type made struct {
	base       int64
	values     []string
	attributes int16
	producer   int64
	// gap is how many offsets after the last record belong to the batch too.
	gap     int64
	control int16 // with attributeControl: 0 abort, 1 commit
}

// bytes encodes the batch; damage, where given, changes it after its checksum.
func (m made) bytes(damage ...func([]byte)) []byte {
	var b recordBatch
	b.reset()
	for _, v := range m.values {
		o := runtime.Output{Class: "c", Value: []byte(v), Time: time.UnixMilli(1000)}
		if m.attributes&attributeControl != 0 {
			o.Key = binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(m.control))
		}
		b.add(&o, 1<<30)
	}
	b.seal(producer{id: m.producer}, 0)
	var out bytes.Buffer
	_ = b.writeTo(&out, nil)
	raw := out.Bytes()
	binary.BigEndian.PutUint64(raw, uint64(m.base))
	binary.BigEndian.PutUint16(raw[batchCRCStart:], uint16(m.attributes))
	binary.BigEndian.PutUint32(raw[batchCRCStart+2:], uint32(int64(len(m.values))-1+m.gap))
	return reseal(raw, damage...)
}

// reseal sets the checksum after some changes.
func reseal(raw []byte, changes ...func([]byte)) []byte {
	for _, change := range changes {
		change(raw)
	}
	binary.BigEndian.PutUint32(raw[batchCRCAt:], crc32.Checksum(raw[batchCRCStart:], castagnoli()))
	return raw
}

// packed puts a batch's records into compressed form.
func packed(raw []byte, codec int16, pack func([]byte) []byte) []byte {
	out := append(slices.Clone(raw[:batchHead]), pack(raw[batchHead:])...)
	binary.BigEndian.PutUint32(out[8:], uint32(len(out)-batchPrefix))
	binary.BigEndian.PutUint16(out[batchCRCStart:], uint16(codec))
	return reseal(out)
}

func xerialFrames(b []byte) []byte {
	out := append([]byte(xerial), 0, 0, 0, 1, 0, 0, 0, 1)
	for len(b) > 0 {
		n := min(len(b), 100)
		block := snappy.Encode(nil, b[:n])
		out = binary.BigEndian.AppendUint32(out, uint32(len(block)))
		out, b = append(out, block...), b[n:]
	}
	return out
}

func readerOf(next, end int64, sets ...[]byte) *batches {
	return &batches{
		topic: "t", next: next, end: end, rest: slices.Concat(sets...),
		inflater: &inflater{pool: newPool(64 << 20)}, names: &names{},
	}
}

// readAll reads to the end; it returns "offset=value" of each record.
func readAll(r *batches) (seen []string, err error) {
	p := (&parcels{}).get()
	defer p.free()
	for r.more() && err == nil {
		err = r.read(p)
	}
	for _, record := range p.records {
		seen = append(seen, fmt.Sprintf("%d=%s", record.Offset, record.Value))
	}
	return seen, err
}

func TestBatchesGiveTheRecordsAskedFor(t *testing.T) {
	plain := made{base: 10, values: []string{"a", "b", "c"}}
	for name, c := range map[string]struct {
		reader *batches
		want   string
		next   int64
	}{
		"all of a batch":                           {readerOf(10, noEnd, plain.bytes()), "10=a 11=b 12=c", 13},
		"from the middle of a batch":               {readerOf(12, noEnd, plain.bytes()), "12=c", 13},
		"several batches, with a gap between":      {readerOf(10, noEnd, plain.bytes(), made{base: 20, values: []string{"d"}}.bytes()), "10=a 11=b 12=c 20=d", 21},
		"the last one cut off":                     {readerOf(10, noEnd, plain.bytes(), plain.bytes()[:50]), "10=a 11=b 12=c", 13},
		"the end inside a batch":                   {readerOf(10, 12, plain.bytes()), "10=a 11=b", 12},
		"offsets that compaction took":             {readerOf(10, noEnd, made{base: 10, values: []string{"a"}, gap: 5}.bytes()), "10=a", 16},
		"a batch that compaction emptied":          {readerOf(10, noEnd, made{base: 10, gap: 3}.bytes(), made{base: 13, values: []string{"d"}}.bytes()), "13=d", 14},
		"markers of transactions are stepped over": {readerOf(10, noEnd, plain.bytes(), made{base: 13, values: []string{""}, attributes: attributeControl | attributeTransactional, control: 1}.bytes()), "10=a 11=b 12=c", 14},
		"snappy in blocks":                         {readerOf(10, noEnd, packed(plain.bytes(), codecSnappy, func(b []byte) []byte { return snappy.Encode(nil, b) })), "10=a 11=b 12=c", 13},
		"snappy in the framing of Java":            {readerOf(10, noEnd, packed(plain.bytes(), codecSnappy, xerialFrames)), "10=a 11=b 12=c", 13},
	} {
		t.Run(name, func(t *testing.T) {
			seen, err := readAll(c.reader)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(seen, " "); got != c.want {
				t.Errorf("read %s, want %s", got, c.want)
			}
			if c.reader.next != c.next {
				t.Errorf("next is %d, want %d", c.reader.next, c.next)
			}
		})
	}
}

func TestAbortedTransactionsAreLeftOut(t *testing.T) {
	const data, marker = int16(attributeTransactional), int16(attributeTransactional | attributeControl)
	r := readerOf(0, noEnd,
		made{base: 0, values: []string{"kept-1"}, producer: 1, attributes: data}.bytes(),
		made{base: 1, values: []string{"gone"}, producer: 2, attributes: data}.bytes(),
		made{base: 2, values: []string{"kept-2"}, producer: 1, attributes: data}.bytes(),
		made{base: 3, values: []string{""}, producer: 2, attributes: marker, control: 0}.bytes(),
		made{base: 4, values: []string{"kept-3"}, producer: 2, attributes: data}.bytes(),
		made{base: 5, values: []string{""}, producer: 2, attributes: marker, control: 1}.bytes(),
		made{base: 6, values: []string{"kept-4"}, producer: 2}.bytes(),
	)
	r.aborted = []aborted{{producer: 2, firstOffset: 1}}
	seen, err := readAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, " "); got != "0=kept-1 2=kept-2 4=kept-3 6=kept-4" {
		t.Errorf("read %s", got)
	}
}

func TestBatchesThatCannotBeReadSaySo(t *testing.T) {
	plain := made{base: 7, values: []string{"value", "value"}}
	set := func(at int, v byte) func([]byte) { return func(b []byte) { b[at] = v } }
	flip := plain.bytes()
	flip[len(flip)-1] ^= 1
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"a bit flipped":              {flip, "checksum"},
		"77 unknown compression":     {plain.bytes(set(batchCRCStart+1, 5)), "unknown compression 5"},
		"gzip that is none":          {plain.bytes(set(batchCRCStart+1, codecGzip)), "compressed record batch"},
		"zstd that is none":          {plain.bytes(set(batchCRCStart+1, codecZstd)), "compressed record batch"},
		"lz4 that is none":           {plain.bytes(set(batchCRCStart+1, codecLZ4)), "compressed record batch"},
		"format of before 0.11":      {plain.bytes(set(batchMagicAt, 1)), "format 2"},
		"more records than bytes":    {plain.bytes(set(batchHead-4, 0x7f)), "contradicts"},
		"a negative length":          {plain.bytes(set(8, 0xff)), "contradicts"},
		"a record longer than it is": {plain.bytes(set(batchHead, 0x7e)), "contradicts"},
		"the first one cut off":      {plain.bytes()[:80], "did not fit"},
		"snappy that would be huge":  {packed(plain.bytes(), codecSnappy, func([]byte) []byte { return []byte{0xff, 0xff, 0xff, 0xff, 0x0f} }), "grows beyond"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(readerOf(7, noEnd, c.raw))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestACutOffFirstBatchTellsWhatItNeeds(t *testing.T) {
	whole := made{values: []string{strings.Repeat("x", 5000)}}.bytes()
	var partial errPartial
	if _, err := readAll(readerOf(0, noEnd, whole[:1000])); !errors.As(err, &partial) || partial.need != len(whole) {
		t.Errorf("error %v, want one that needs %d bytes", err, len(whole))
	}
}

func TestHeadersAndTimesAreRead(t *testing.T) {
	raw := made{values: []string{"v"}}.bytes()
	for _, c := range []struct {
		name    string
		changes []func([]byte)
		want    time.Time
	}{
		{"the producer's time", nil, time.UnixMilli(1000)},
		{"the broker's time", []func([]byte){func(b []byte) {
			b[batchCRCStart+1] |= attributeLogAppendTime
			binary.BigEndian.PutUint64(b[batchCRCStart+14:], 5000)
		}}, time.UnixMilli(5000)},
		{"no time", []func([]byte){func(b []byte) {
			b[batchCRCStart+1] = 0
			binary.BigEndian.PutUint64(b[batchCRCStart+6:], ^uint64(0))
		}}, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := (&parcels{}).get()
			if err := readerOf(0, noEnd, reseal(slices.Clone(raw), c.changes...)).read(p); err != nil {
				t.Fatal(err)
			}
			r := p.records[0]
			if !r.Time.Equal(c.want) || r.Key != nil || len(r.Headers) != 3 || r.Headers[0].Key != runtime.HeaderClass || string(r.Headers[0].Value) != "c" {
				t.Errorf("time %v, key %q, headers %v", r.Time, r.Key, r.Headers)
			}
		})
	}
}

func TestOffsetAfterStepsOverWholeBatches(t *testing.T) {
	one, two := made{base: 5, values: []string{"a"}, gap: 2}.bytes(), made{base: 8, values: []string{"b"}}.bytes()
	for _, c := range []struct {
		records []byte
		want    int64
	}{{nil, 3}, {one, 8}, {slices.Concat(one, two), 9}, {slices.Concat(one, two[:70]), 8}, {one[:20], 3}} {
		if got := offsetAfter(c.records, 3); got != c.want {
			t.Errorf("%d after %d bytes, want %d", got, len(c.records), c.want)
		}
	}
}

func FuzzBatches(f *testing.F) {
	plain := made{base: 3, values: []string{"a", strings.Repeat("b", 300)}}
	f.Add(plain.bytes())
	f.Add(slices.Concat(plain.bytes(), plain.bytes()[:40]))
	f.Add(packed(plain.bytes(), codecSnappy, xerialFrames))
	f.Add(made{values: []string{""}, attributes: attributeControl}.bytes())
	for codec := range int16(8) {
		f.Add(packed(plain.bytes(), codec, func(b []byte) []byte { return b }))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) >= batchHead {
			raw = reseal(slices.Clone(raw)) // as if a client had written this
		}
		offsetAfter(raw, 0)
		r := readerOf(0, noEnd, raw)
		before := r.next
		if _, err := readAll(r); err == nil && r.next < before {
			t.Errorf("went back from %d to %d", before, r.next)
		}
		if used := r.inflater.pool.used; used != 0 {
			t.Errorf("%d bytes were not given back", used)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, int16(11))
	f.Fuzz(func(t *testing.T, raw []byte, version int16) {
		a := &answer{buffer: &buffer{bytes: raw}}
		_ = a.parse(fetchOldest + version&7)
	})
}
