package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/skysift/skysift/internal/container"
)

// alertSchema has a few of ZTF's fields.
const alertSchema = `{"type": "record", "name": "alert", "namespace": "ztf", "fields": [
 {"name": "objectId", "type": "string", "doc": "object identifier"},
 {"name": "candid", "type": "long"},
 {"name": "candidate", "type": {"type": "record", "name": "candidate", "namespace": "ztf.alert", "fields": [
  {"name": "jd", "type": "double"},
  {"name": "magpsf", "type": "float"},
  {"name": "rb", "type": ["null", "float"], "default": null},
  {"name": "isdiffpos", "type": "string"}]}}]}`

// makeAlert is a container of one alert.
func makeAlert(candid int64, magpsf float32) []byte {
	object := "ZTF18" + strconv.FormatInt(candid, 10)
	datum := append(binary.AppendVarint(nil, int64(len(object))), object...)
	datum = binary.AppendVarint(datum, candid)
	datum = binary.LittleEndian.AppendUint64(datum, math.Float64bits(2458346.5))
	datum = binary.LittleEndian.AppendUint32(datum, math.Float32bits(magpsf))
	datum = binary.AppendVarint(datum, 0)              // rb: null
	datum = append(binary.AppendVarint(datum, 1), 't') // isdiffpos
	return container.AppendOne(nil, []byte(alertSchema), []byte("0123456789abcdef"), datum)
}

// writeAlert is the script's command "alert FILE CANDID MAGPSF".
func writeAlert(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: alert FILE CANDID MAGPSF")
	}
	candid, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	mag, err := strconv.ParseFloat(args[2], 32)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), makeAlert(candid, float32(mag)), 0o644))
}

// writeFramed is the script's command "framed FILE SCHEMA MAGPSF": a record in
// Confluent's framing; SCHEMA - leaves that out.
func writeFramed(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: framed FILE SCHEMA MAGPSF")
	}
	var record []byte
	if args[1] != "-" {
		id, err := strconv.ParseUint(args[1], 10, 32)
		ts.Check(err)
		record = binary.BigEndian.AppendUint32([]byte{0}, uint32(id))
	}
	mag, err := strconv.ParseFloat(args[2], 32)
	ts.Check(err)
	record = binary.AppendVarint(record, 1041110105115015001)
	record = binary.LittleEndian.AppendUint32(record, math.Float32bits(float32(mag)))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), record, 0o644))
}

// writeNight is the script's command "night FILE.tar.gz MEMBER...": an archive
// of files.
func writeNight(ts *testscript.TestScript, _ bool, args []string) {
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	w := tar.NewWriter(packed)
	for _, name := range args[1:] {
		body := ts.ReadFile(name)
		ts.Check(w.WriteHeader(&tar.Header{Name: name, Size: int64(len(body)), Mode: 0o644}))
		_, err := w.Write([]byte(body))
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(packed.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o644))
}

// exits is the script's command "exits CODE COMMAND...": exec, with the exit
// code that is wanted. "! exec" only wants that there is one.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d: %s", got, want, strings.Join(args[1:], " "))
	}
}

// fifo is the script's command "fifo PATH": a named pipe.
func fifo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o600))
}

// shorten is the script's command "cut FILE N": a file without its last bytes.
func shorten(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()-n))
}
