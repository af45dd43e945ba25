package container_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"os"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/testdata"
)

const schema = `{"type":"record","name":"alert","fields":[{"name":"id","type":"string"}]}`

const marker = "0123456789abcdef"

func varint(n int64) string { return string(binary.AppendVarint(nil, n)) }

func text(s string) string { return varint(int64(len(s))) + s }

func header(codec string) string {
	return "Obj\x01" + varint(2) + text("avro.schema") + text(schema) + text("avro.codec") + text(codec) + varint(0) + marker
}

func block(objects int64, data string) string { return varint(objects) + text(data) + marker }

func deflated(data string) string {
	var out bytes.Buffer
	w, _ := flate.NewWriter(&out, flate.BestSpeed)
	_, _ = io.WriteString(w, data)
	_ = w.Close()
	return out.String()
}

func snapped(data string) string {
	packed := snappy.Encode(nil, []byte(data))
	return string(binary.BigEndian.AppendUint32(packed, crc32.ChecksumIEEE([]byte(data))))
}

type content struct {
	Objects int
	Data    string
}

// readAll returns a container's blocks, read in memory.
func readAll(value []byte, limit int) ([]content, error) {
	r := container.Reader{MaxBlock: limit}
	if err := r.Reset(value); err != nil {
		return nil, err
	}
	var found []content
	for {
		b, err := r.Next()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		found = append(found, content{b.Objects, string(b.Data)})
	}
}

// streamAll returns a container's blocks, read from a stream and then each as
// the container of its own that the stream makes of it.
func streamAll(r io.Reader, limit int) ([]content, error) {
	s, err := container.NewStream(r, limit)
	if err != nil {
		return nil, err
	}
	var found []content
	for {
		value, objects, err := s.Next()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		blocks, err := readAll(value, limit)
		if err != nil {
			return found, err
		}
		if len(blocks) != 1 || blocks[0].Objects != objects {
			return found, errors.New("a block of the stream is not one block of its own")
		}
		found = append(found, blocks...)
	}
}

func TestBlocksAreReadInOrderWithEachCodec(t *testing.T) {
	long := strings.Repeat("a magnitude of nineteen and a half, ", 10_000)
	for codec, pack := range map[string]func(string) string{
		"null": func(s string) string { return s }, "deflate": deflated, "snappy": snapped,
	} {
		t.Run(codec, func(t *testing.T) {
			value := []byte(header(codec) + block(1, pack("first")) + block(0, pack("")) + block(3, pack(long)))
			want := []content{{1, "first"}, {0, ""}, {3, long}}
			for name, read := range map[string]func() ([]content, error){
				"in memory": func() ([]content, error) { return readAll(value, 0) },
				"streamed":  func() ([]content, error) { return streamAll(oneByte{bytes.NewReader(value)}, 0) },
			} {
				got, err := read()
				if err != nil || len(got) != len(want) {
					t.Fatalf("%s: %d blocks, %v", name, len(got), err)
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%s: block %d is %.40v, want %.40v", name, i, got[i], want[i])
					}
				}
			}
		})
	}
}

// oneByte gives one byte at a time.
type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 1)]) }

func TestNullBlocksShareTheContainersBytes(t *testing.T) {
	value := []byte(header("null") + block(1, "datum"))
	var r container.Reader
	if err := r.Reset(value); err != nil {
		t.Fatal(err)
	}
	b, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if &b.Data[0] != &value[b.Offset] {
		t.Error("the block's data is a copy")
	}
	if r.Objects() != 1 || string(r.Schema) != schema {
		t.Errorf("%d objects, schema %s", r.Objects(), r.Schema)
	}
}

func TestReadingSettlesWithoutAllocation(t *testing.T) {
	long := strings.Repeat("a magnitude of nineteen and a half, ", 10_000)
	for codec, value := range map[string][]byte{
		"null":    []byte(header("null") + block(1, long)),
		"deflate": []byte(header("deflate") + block(1, deflated(long))),
		"snappy":  []byte(header("snappy") + block(1, snapped(long))),
	} {
		var r container.Reader
		allocs := testing.AllocsPerRun(20, func() {
			if err := r.Reset(value); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 0 {
			t.Errorf("%s: %v allocations a container", codec, allocs)
		}
	}
}

func TestHeaderMayComeInBlocksThatSayTheirLength(t *testing.T) {
	entry := text("avro.schema") + text(schema)
	value := "Obj\x01" + varint(-1) + varint(int64(len(entry))) + entry + varint(1) + text("who") + text("me") + varint(0) + marker
	h, err := container.ParseHeader([]byte(value))
	if err != nil || string(h.Schema) != schema || h.Codec != container.CodecNull || h.Size != len(value) {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestBrokenFramingIsRefusedWithItsPlace(t *testing.T) {
	null := header("null")
	wrong := strings.Replace(block(1, "datum"), marker, "0123456789abcdeX", 1)
	tests := []struct{ name, value, want string }{
		{"empty", "", "byte 0: empty"},
		{"bad magic", "PK\x03\x04 and so on", `byte 0: not an Avro container: it begins with "PK\x03\x04 and"`},
		{"a bare datum", "\xf0\xfc\xf8\x95", "bare Avro datum, its schema must be given"},
		{"Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:97", "a Git LFS pointer, not an Avro file"},
		{"JSON", `{"ra": 150.5}`, "as JSON does"},
		{"magic cut short", "Obj", "byte 0: cut short"},
		{"no schema", "Obj\x01" + varint(1) + text("who") + text("me") + varint(0) + marker, "no avro.schema"},
		{"unknown codec", header("xz"), `compressed with "xz"; null, deflate and snappy are read`},
		{"header of 2^40 entries", "Obj\x01" + varint(1<<40), "claims 1099511627776 entries"},
		{"header of MinInt64 entries", "Obj\x01" + varint(math.MinInt64) + varint(1), "claims -9223372036854775808 entries"},
		{"schema of 2^40 bytes", "Obj\x01" + varint(1) + text("avro.schema") + varint(1<<40), "takes 1099511627776 bytes and 0 are left"},
		{"schema of negative length", "Obj\x01" + varint(1) + text("avro.schema") + varint(-1), "negative length -1"},
		{"overlong number", null + strings.Repeat("\xff", 11), "no number begins"},
		{"negative objects", null + varint(-1) + text("x") + marker, "a block claims -1 objects"},
		{"MinInt64 objects", null + varint(math.MinInt64) + text("x") + marker, "claims -9223372036854775808 objects"},
		{"more objects than bytes", null + block(1<<30, "x"), "claims 1073741824 objects in 1 bytes"},
		{"2^40 objects", null + block(1<<40, "x"), "claim"},
		{"objects that overflow", null + block(1<<30, "x") + block(1<<30, "x") + block(math.MaxInt64, "x"), "claim"},
		{"data of 2^40 bytes", null + varint(1) + varint(1<<40) + "x", "1099511627776 bytes"},
		{"data of negative length", null + varint(1) + varint(-5) + "x", "negative length -5"},
		{"sync marker of another file", null + wrong, "sync marker is not the header's"},
		{"damaged deflate", header("deflate") + block(1, "\xff\xff\xff"), "deflate data is damaged"},
		{"deflate cut short", header("deflate") + block(1, deflated(strings.Repeat("abc", 99))[:8]), "deflate data is damaged"},
		{"snappy without room for a checksum", header("snappy") + block(1, "abc"), "too few for its checksum"},
		{"snappy with a wrong checksum", header("snappy") + block(1, snapped("datum")[:7]+"abcd"), "its checksum is"},
		{"snappy that claims 4 GiB", header("snappy") + block(1, "\xff\xff\xff\xff\x0f....crc."), "its length cannot be right"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for way, read := range map[string]func() ([]content, error){
				"in memory": func() ([]content, error) { return readAll([]byte(test.value), 0) },
				"streamed":  func() ([]content, error) { return streamAll(strings.NewReader(test.value), 0) },
			} {
				_, err := read()
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: got %v, want %q", way, err, test.want)
				}
				var placed *container.Error
				if !errors.As(err, &placed) {
					t.Errorf("%s: %v has no place", way, err)
				}
			}
		})
	}
}

func TestStreamPlacesErrorsInTheWholeFile(t *testing.T) {
	first := header("null") + block(1, strings.Repeat("x", 5000))
	tests := map[string]int{
		first + block(1, "datum")[:4]:                                         len(first) + 1,
		first + varint(1) + text("datum") + "0123456789abcdeX":                len(first) + 7,
		first + block(1, strings.Repeat("y", 300))[:200]:                      len(first) + 1,
		first + varint(1) + text("datum") + marker[:3]:                        len(first) + 7,
		first + varint(-1) + text("datum") + marker + strings.Repeat("z", 99): len(first),
	}
	for value, offset := range tests {
		for way, read := range map[string]func() ([]content, error){
			"in memory": func() ([]content, error) { return readAll([]byte(value), 0) },
			"streamed":  func() ([]content, error) { return streamAll(strings.NewReader(value), 0) },
		} {
			_, err := read()
			var placed *container.Error
			if !errors.As(err, &placed) || int(placed.Offset) != offset {
				t.Errorf("%s: %v, want byte %d", way, err, offset)
			}
		}
	}
}

func TestBombsAreRefusedAtTheLimit(t *testing.T) {
	zeros := strings.Repeat("\x00", 1<<20)
	for codec, bomb := range map[string]string{"deflate": deflated(zeros), "snappy": snapped(zeros)} {
		value := []byte(header(codec) + block(1, bomb))
		if _, err := readAll(value, 1<<20); err != nil {
			t.Errorf("%s: %v at the limit", codec, err)
		}
		_, err := readAll(value, 1<<20-1)
		if err == nil || !strings.Contains(err.Error(), "refused as a bomb") {
			t.Errorf("%s: %v over the limit", codec, err)
		}
	}
	_, err := streamAll(strings.NewReader(header("null")+block(1, zeros)), 1<<20-1)
	if err == nil || !strings.Contains(err.Error(), "at most 1048575 are read") {
		t.Errorf("null, streamed: %v over the limit", err)
	}
}

func TestStreamPassesOnTheReadersError(t *testing.T) {
	broken := errors.New("disk on fire")
	value := header("null") + block(1, "datum")
	for _, n := range []int{0, 20, len(header("null")), len(value) - 3} {
		_, err := streamAll(io.MultiReader(strings.NewReader(value[:n]), failing{broken}), 0)
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestHeaderLargerThanTheReadBufferIsStreamed(t *testing.T) {
	large := strings.Repeat(" ", 300_000) + schema
	value := "Obj\x01" + varint(1) + text("avro.schema") + text(large) + varint(0) + marker + block(1, "datum")
	got, err := streamAll(half{strings.NewReader(value)}, 0)
	if err != nil || len(got) != 1 || got[0] != (content{1, "datum"}) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = streamAll(io.MultiReader(strings.NewReader("Obj\x01"+varint(1)+text("avro.schema")+varint(1<<40)), zeros{}), 0)
	if err == nil || !strings.Contains(err.Error(), "header takes more than") {
		t.Errorf("a header of 2^40 bytes: %v", err)
	}
}

type half struct{ r io.Reader }

func (h half) Read(p []byte) (int, error) { return h.r.Read(p[:(len(p)+1)/2]) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAppendOneHoldsTheDatumUnchanged(t *testing.T) {
	for _, datum := range []string{"datum", "", strings.Repeat("x", 70_000)} {
		value := container.AppendOne(nil, []byte(schema), []byte(marker), []byte(datum))
		if len(value) > container.OneSize([]byte(schema), []byte(datum)) {
			t.Errorf("%d bytes, more than OneSize", len(value))
		}
		var r container.Reader
		if err := r.Reset(value); err != nil {
			t.Fatal(err)
		}
		b, err := r.Next()
		if datum == "" { // a datum of no bytes is no alert
			if err == nil {
				t.Error("a block of one object in no bytes is read")
			}
			continue
		}
		if err != nil || string(b.Data) != datum || string(r.Schema) != schema || string(r.Sync) != marker || r.Codec != "null" {
			t.Errorf("%v, %v", b.Objects, err)
		}
	}
}

func TestRealFilesStreamAsTheyAreInMemory(t *testing.T) {
	for _, path := range testdata.Files(t, ".avro", "ztf_fink", "ztf_multi", "ztf_legacy", "other_surveys", "malformed") {
		value, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := readAll(value, 0)
		got, gotErr := streamAll(bytes.NewReader(value), 0)
		if (wantErr == nil) != (gotErr == nil) {
			t.Errorf("%s: in memory %v, streamed %v", path, wantErr, gotErr)
			continue
		}
		if wantErr != nil {
			if wantErr.Error() != gotErr.Error() {
				t.Errorf("%s: in memory %v, streamed %v", path, wantErr, gotErr)
			}
			continue
		}
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Errorf("%s: block %d differs", path, i)
			}
		}
	}
}

// A night in one file must not take the memory of a night.
func TestStreamOfManyBlocksTakesTheMemoryOfOne(t *testing.T) {
	one := block(1, strings.Repeat("x", 50_000))
	s, err := container.NewStream(io.MultiReader(strings.NewReader(header("null")), &repeated{text: one, left: 20_000}), 0)
	if err != nil {
		t.Fatal(err)
	}
	next := func(n int) {
		for range n {
			if _, _, err := s.Next(); err != nil {
				t.Fatal(err)
			}
		}
	}
	next(10)
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	next(10_000)
	goruntime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 5<<20 && !raced {
		t.Errorf("500 MB of blocks took %d bytes of new memory", took)
	}
}

type repeated struct {
	text string
	pos  int
	left int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.pos:])
	if r.pos += n; r.pos == len(r.text) {
		r.pos, r.left = 0, r.left-1
	}
	return n, nil
}
