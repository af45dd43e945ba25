package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
	"github.com/skysift/skysift/runtime/runtimetest"
)

func TestSourceConforms(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for i := range 100 {
		value := append(oneAlert(int64(i)), make([]byte, 100_000)...)
		put(t, dir, fmt.Sprintf("%03d.avro", i), value)
		want = append(want, string(value))
	}
	runtimetest.TestSource(t, runtimetest.SourceCase{
		Open: func(t *testing.T) runtime.Source {
			source, err := archive.NewSource(dir)
			if err != nil {
				t.Fatal(err)
			}
			return source
		},
		Want: map[string][]string{"files/0": want},
	})
}

func TestSourceReads(t *testing.T) {
	one := oneAlert(1)
	size := fmt.Sprint(len(one))
	night := func(t *testing.T) []byte {
		return tarOf(t, member{"README", []byte("hello")}, member{"a/1.avro", one}, member{"2.avro", one}, member{"3.avro.gz", gzipOf(t, one)})
	}
	ofNight := []string{"night/a/1.avro#0: " + size, "night/2.avro#0: " + size, "night/3.avro.gz#0: " + size}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		paths []string
		want  []string
	}{
		{"one file", map[string][]byte{"x.avro": one}, []string{"x.avro"}, []string{"x.avro#0: " + size}},
		{"a named file whatever its name and content", map[string][]byte{"truth.csv": []byte("a,b")}, []string{"truth.csv"}, []string{"truth.csv#0: 3"}},
		{"an empty file", map[string][]byte{"x.avro": {}}, []string{"x.avro"}, []string{"x.avro#0: 0"}},
		{"a file of zeros as a file, not as an empty archive", map[string][]byte{"x.avro": make([]byte, 1024)}, []string{"x.avro"}, []string{"x.avro#0: 1024"}},
		{"a compressed file", map[string][]byte{"x.avro.gz": gzipOf(t, one)}, []string{"x.avro.gz"}, []string{"x.avro.gz#0: " + size}},
		{"a folder, in lexical order, only what is named .avro", map[string][]byte{"n/b.avro": one, "n/a.avro": one, "n/a/z.avro": one, "n/README": one, "n/c.AVRO": one},
			[]string{"n"}, []string{"n/a/z.avro#0: " + size, "n/a.avro#0: " + size, "n/b.avro#0: " + size, "n/c.AVRO#0: " + size}},
		{"paths in the order given", map[string][]byte{"b.avro": one, "a.avro": one}, []string{"b.avro", "a.avro"}, []string{"b.avro#0: " + size, "a.avro#0: " + size}},
		{"a tar archive, told by its content", map[string][]byte{"night": night(t)}, []string{"night"}, ofNight},
		{"a compressed tar archive, told by its content", map[string][]byte{"night": gzipOf(t, night(t))}, []string{"night"}, ofNight},
		{"archives in a folder", map[string][]byte{"n/1.tgz": gzipOf(t, night(t)), "n/0.avro": one}, []string{"n"},
			[]string{"n/0.avro#0: " + size, "n/1.tgz/a/1.avro#0: " + size, "n/1.tgz/2.avro#0: " + size, "n/1.tgz/3.avro.gz#0: " + size}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range c.files {
				put(t, dir, name, content)
			}
			var paths []string
			for _, path := range c.paths {
				paths = append(paths, filepath.Join(dir, path))
			}
			got := readSource(t, dir, paths...)
			if got.err != nil {
				t.Error(got.err)
			}
			if !slices.Equal(got.records, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got.records, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestSourceNamesWhatIsDamagedAndReadsTheRest(t *testing.T) {
	one := oneAlert(1)
	size := fmt.Sprint(len(one))
	night := tarOf(t, member{"1.avro", one}, member{"2.avro", bytes.Repeat(one, 50)}, member{"3.avro", one})
	packed := gzipOf(t, night)
	badSum := bytes.Clone(packed)
	badSum[len(badSum)-5] ^= 1
	noise := make([]byte, 400_000) // which cannot be compressed
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	noisy := gzipOf(t, tarOf(t, member{"1.avro", one}, member{"2.avro", noise}))
	large := blocks(20, 1<<20)
	brokenLarge := bytes.Clone(large)
	brokenLarge[len(brokenLarge)-3] ^= 1
	for _, c := range []struct {
		name    string
		content []byte
		records int // of the damaged path
		err     string
	}{
		{"bad.tar", night[:2500], 1, "damaged within 2.avro: unexpected EOF; what comes before it was read"},
		{"bad.tar.gz", noisy[:len(noisy)/2], 1, "damaged within 2.avro: unexpected EOF; what comes before it was read"},
		{"bad.tar.gz", badSum, 3, "invalid checksum"},
		{"bad.tar.gz", append(gzipOf(t, night[:1024]), "rubbish"...), 1, "bad.tar.gz: damaged"},
		{"bad.avro.gz", gzipOf(t, one)[:20], 0, "bad.avro.gz: unexpected EOF"},
		{"bad.avro.gz", []byte{0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, 0, "bad.avro.gz: gzip: invalid header"},
		{"bad.tar", tarOf(t, member{"1.avro.gz", []byte{0x1f, 0x8b, 9}}, member{"2.avro", one}), 1, "bad.tar/1.avro.gz: unexpected EOF"},
		{"bad.avro", brokenLarge, 19, "damaged after alert 37: byte 20"},
		{"bad.avro", make([]byte, 17<<20), 0, "more than 16 MiB can only be read of an Avro container"},
		{"bad.tar", tarOf(t, member{"README", one}), 0, "holds no .avro file (files of other names: 1)"},
	} {
		t.Run(c.name+": "+c.err, func(t *testing.T) {
			dir := t.TempDir()
			bad := put(t, dir, c.name, c.content)
			got := readSource(t, dir, bad, put(t, dir, "good.avro", one))
			if got.err == nil || !strings.Contains(got.err.Error(), c.err) {
				t.Errorf("error is %v\nwant one with %q", got.err, c.err)
			}
			if len(got.records) != c.records+1 || got.records[len(got.records)-1] != "good.avro#0: "+size {
				t.Errorf("got %q; want %d of the damaged path and good.avro", got.records, c.records)
			}
		})
	}
}

func TestSourceReadsALargeContainerBlockByBlockInBoundedMemory(t *testing.T) {
	const count, size = 96, 1 << 20
	dir := t.TempDir()
	path := put(t, dir, "night.avro", blocks(count, size))
	source, err := archive.NewSource(path)
	if err != nil {
		t.Fatal(err)
	}
	debug.FreeOSMemory()
	next, peak := int64(0), heap()
	base := peak
	err = source.Run(context.Background(), func(ctx context.Context, p runtime.Partition) error {
		return each(ctx, p, func(record runtime.Record) {
			if record.Offset != next || record.Topic != path || !record.File {
				t.Errorf("got %s#%d, want #%d", record.Topic, record.Offset, next)
			}
			if !bytes.HasPrefix(record.Value, []byte("Obj\x01")) {
				t.Error("a block is no container of its own")
			}
			if next += 2; next%16 == 0 {
				peak = max(peak, heap())
			}
		})
	})
	if err != nil || next != 2*count {
		t.Errorf("read %d alerts of %d: %v", next, 2*count, err)
	}
	if used := peak - base; used > 64<<20 {
		t.Errorf("a file of %d MiB took %d MiB", count, used>>20)
	}
	if source.Done() != source.Size() || source.Size() < count*size {
		t.Errorf("done is %d of %d", source.Done(), source.Size())
	}
}

func TestSourceRefusesAtOnceWhatIsNeitherFileNorFolder(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.avro")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	_, err := archive.NewSource(pipe, filepath.Join(dir, "nowhere.avro"), os.DevNull)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"pipe.avro: is a named pipe", "nowhere.avro: no such file", os.DevNull + ": is a device"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}

func TestSourceIsNotCaughtByLinksAndPipesInAFolder(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "n/a.avro", oneAlert(1))
	put(t, dir, "elsewhere/b.avro", oneAlert(2))
	for link, target := range map[string]string{"n/circle": "..", "n/self.avro": "self.avro", "n/there": "../elsewhere", "n/gone.avro": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "n/pipe.avro"), 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	got := readSource(t, dir, filepath.Join(dir, "n"))
	size := len(oneAlert(1))
	want := []string{fmt.Sprintf("n/a.avro#0: %d", size), fmt.Sprintf("n/circle/elsewhere/b.avro#0: %d", size)}
	if !slices.Equal(got.records, want) {
		t.Errorf("got %q, want %q", got.records, want)
	}
	if got.err == nil || !strings.Contains(got.err.Error(), "self.avro") || !strings.Contains(got.err.Error(), "gone.avro: no such file") {
		t.Errorf("error is %v, want one that names self.avro and gone.avro", got.err)
	}
}

func TestSourceReadsANightOfRealAlertsUnchangedFromAnArchive(t *testing.T) {
	var members []member
	for _, path := range testdata.Files(t, ".avro", "ztf", "ztf_fink", "ztf_multi") {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, member{filepath.Base(path), body})
	}
	dir := t.TempDir()
	got := readSource(t, dir, put(t, dir, "night.tar.gz", gzipOf(t, tarOf(t, members...))))
	if got.err != nil || len(got.values) != len(members) {
		t.Fatalf("%d records of %d members: %v", len(got.values), len(members), got.err)
	}
	for i, m := range members {
		if !bytes.Equal(got.values[i], m.body) {
			t.Errorf("%s changed on its way", m.name)
		}
	}
}

func TestAWorkersErrorIsTheRunsError(t *testing.T) {
	dir := t.TempDir()
	source, err := archive.NewSource(put(t, dir, "x.avro", oneAlert(1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := source.Run(context.Background(), func(context.Context, runtime.Partition) error { return io.ErrShortWrite }); err != io.ErrShortWrite {
		t.Errorf("got %v", err)
	}
}

func TestOnlyFilesOfTheAcceptedEndingsAreReadFromFoldersAndArchives(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "n/a.json", []byte("{}"))
	put(t, dir, "n/b.JSON.gz", gzipOf(t, []byte("{}")))
	put(t, dir, "n/c.avro", oneAlert(1))
	put(t, dir, "n/d.tar", tarOf(t, member{"e.json", []byte("{}")}, member{"f.avro", oneAlert(1)}))
	put(t, dir, "named.txt", []byte("{}"))
	source, err := archive.NewSource(filepath.Join(dir, "n"), filepath.Join(dir, "named.txt"))
	if err != nil {
		t.Fatal(err)
	}
	source.Accept(".json", ".msgpack")
	var got []string
	err = source.Run(context.Background(), func(ctx context.Context, p runtime.Partition) error {
		return each(ctx, p, func(record runtime.Record) {
			name, _ := filepath.Rel(dir, record.Topic)
			got = append(got, name+": "+string(record.Value))
		})
	})
	want := []string{"n/a.json: {}", "n/b.JSON.gz: {}", "n/d.tar/e.json: {}", "named.txt: {}"}
	if err != nil || !slices.Equal(got, want) || source.Skipped() != 2 || source.Endings() != ".json or .msgpack" {
		t.Errorf("read %q, skipped %d not named %s, %v; want %q", got, source.Skipped(), source.Endings(), err, want)
	}
}
