package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
	"github.com/skysift/skysift/runtime/runtimetest"
)

func TestFolderConforms(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	runtimetest.TestSink(t, runtimetest.SinkCase{Sink: folder, Read: func(t *testing.T) []runtimetest.Written {
		return writtenTo(t, dir)
	}})
}

// written is the name that Folder gives to the suite's outputs: the identifier
// of night/<p>/<o> is 1000*p + o.
var written = regexp.MustCompile(`^(\d+)\.avro$`)

func writtenTo(t *testing.T, dir string) []runtimetest.Written {
	var all []runtimetest.Written
	for name, content := range tree(t, dir) {
		parts := written.FindStringSubmatch(filepath.Base(name))
		if parts == nil {
			continue
		}
		id, _ := strconv.Atoi(parts[1])
		w := runtimetest.Written{Origin: fmt.Sprintf("night/%d/%d", id/1000, id%1000), Value: content}
		if class := filepath.Dir(name); class != archive.RejectedFolder {
			w.Class = classOf(class)
		}
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b runtimetest.Written) int { return number(a.Origin) - number(b.Origin) })
	return all
}

func number(origin string) int {
	var partition, offset int
	_, _ = fmt.Sscanf(origin, "night/%d/%d", &partition, &offset)
	return offset
}

// tree is a folder's files by their paths below it.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFolderNamesFilesAfterTheAlertAndOverwritesNone(t *testing.T) {
	dir := t.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	output := func(class, id, origin, value string) runtime.Output {
		return runtime.Output{Class: classOf(class), ID: id, Origin: origin, Value: []byte(value)}
	}
	reject := output("", "", "night.tar.gz/bad.avro#0", "rubbish")
	reject.Rejection = &runtime.RecordError{Topic: "night.tar.gz/bad.avro", Stage: runtime.StageDecode, Err: errors.New("byte 3: no")}
	err = folder.Write(context.Background(), []runtime.Output{
		output("sn", "10", "a#0", "1"), output("sn", "10", "b#0", "2"), output("sn", "10-2", "c#0", "3"), output("sn", "10", "d#0", "4"),
		output("agn", "10", "a#0", "5"),
		output("sn", "", "/data/night/x.json.gz#0", "13"), output("sn", "", "/data/night/x.avro#0", "6"), output("sn", "", "/data/night/x.avro#7", "7"), output("sn", "", "Night/0/1", "8"), output("sn", "", "night/0/1", "9"),
		output("sn", "../../etc/passwd", "e", "10"), output("sn", "..", "f", "11"), output("sn", strings.Repeat("x", 1000), "g", "12"),
		reject,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"sn/10.avro": "1", "sn/10-2.avro": "2", "sn/10-2-2.avro": "3", "sn/10-3.avro": "4", "agn/10.avro": "5",
		"sn/data_night_x.avro": "6", "sn/data_night_x.json": "13", "sn/data_night_x_7.avro": "7", "sn/Night_0_1.avro": "8", "sn/night_0_1-2.avro": "9",
		"sn/etc_passwd.avro": "10", "sn/alert.avro": "11", "sn/" + strings.Repeat("x", 180) + ".avro": "12",
		"rejected/night.tar.gz_bad.avro": "rubbish", "rejected/night.tar.gz_bad.error.txt": "byte 3: no\n",
	}
	got := tree(t, dir)
	for name, content := range want {
		if got[name] != content {
			t.Errorf("%s holds %q, want %q", name, got[name], content)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d: %v", len(got), len(want), got)
	}
}

func TestFolderRefuses(t *testing.T) {
	t.Run("a folder with something in it", func(t *testing.T) {
		dir := t.TempDir()
		put(t, dir, "old.avro", nil)
		if _, err := archive.NewFolder(dir); err == nil || !strings.Contains(err.Error(), "is not empty (it holds old.avro)") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file", func(t *testing.T) {
		if _, err := archive.NewFolder(put(t, t.TempDir(), "x", nil)); err == nil {
			t.Error("no error")
		}
	})
	t.Run("a class that leads out of it", func(t *testing.T) {
		folder, err := archive.NewFolder(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		if err := folder.Write(context.Background(), []runtime.Output{{Class: "../x", ID: "1"}}); err == nil {
			t.Error("no error")
		}
	})
}

func TestFolderLeavesNoHalfFileWhereItCannotWrite(t *testing.T) {
	dir := t.TempDir()
	folder, err := archive.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "sn/1.avro/in-the-way", nil)
	err = folder.Write(context.Background(), []runtime.Output{{Class: "sn", ID: "1", Value: []byte("x")}})
	if err == nil || !strings.Contains(err.Error(), filepath.Join("sn", "1.avro")+": cannot be written") {
		t.Errorf("got %v", err)
	}
	if files := tree(t, dir); len(files) != 1 {
		t.Errorf("files left: %v", files)
	}
}

func TestAFullDiskIsNamed(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	err = archive.NewLines(full).Write(context.Background(), []runtime.Output{{Class: "sn"}})
	if err == nil || !strings.Contains(err.Error(), "matches cannot be written: no space left on device") {
		t.Errorf("got %v", err)
	}
}

func TestLinesWritesAnObjectPerMatchAndClass(t *testing.T) {
	var out bytes.Buffer
	err := archive.NewLines(&out).Write(context.Background(), []runtime.Output{
		{Class: "sn", ID: "1041", Origin: "n.tar/1.avro#0", Matches: []runtime.Match{
			{Filter: "bright"}, {Filter: `say "hi"`, Annotations: []byte(`{"rate":-0.2}`)}, {Filter: "slow", Annotations: []byte(`{"d":1}`)}}},
		{Rejection: &runtime.RecordError{}},
		{Class: "agn", Origin: "2.avro#1", Matches: []runtime.Match{{Filter: "all"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"source":"n.tar/1.avro#0","id":"1041","class":"sn","filters":["bright","say \"hi\"","slow"],"annotations":{"say \"hi\"":{"rate":-0.2},"slow":{"d":1}}}
{"source":"2.avro#1","id":"","class":"agn","filters":["all"],"annotations":{}}
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
