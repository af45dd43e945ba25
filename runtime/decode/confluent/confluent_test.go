package confluent_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/confluent"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// packet is a schema folder as Rubin's package lays it out: version 9.0 of an
// alert whose source is a type of another file.
func packet(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	lay(t, dir, version)
	return dir
}

// lay puts a version's files into a schema folder.
func lay(t testing.TB, dir, version string) {
	t.Helper()
	folder := filepath.Join(dir, strings.ReplaceAll(version, ".", "/"))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	space := "lsst.v" + strings.ReplaceAll(version, ".", "_")
	for name, text := range map[string]string{
		"alert": `{"namespace":"SPACE","type":"record","name":"alert","fields":[
			{"name":"diaSourceId","type":"long"},{"name":"diaSource","type":"SPACE.diaSource"},
			{"name":"prvDiaSources","type":["null",{"type":"array","items":"SPACE.diaSource"}],"default":null}]}`,
		"diaSource": `{"namespace":"SPACE","type":"record","name":"diaSource","fields":[
			{"name":"psfFlux","type":["null","float"],"default":null},{"name":"band","type":"string"}]}`,
	} {
		path := filepath.Join(folder, space+"."+name+".avsc")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "SPACE", space)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// framed is a record of packet's schema: an alert with one earlier source.
func framed(id uint32) []byte {
	record := binary.BigEndian.AppendUint32([]byte{0}, id)
	record = binary.AppendVarint(record, 170028492)
	source := "\x02\x00\x00\x80\x3f\x02g" // psfFlux 1, band g
	return append(record, source+"\x02"+"\x02"+source+"\x00"...)
}

func fields(paths ...string) []filter.Field {
	all := make([]filter.Field, len(paths))
	for i, path := range paths {
		all[i].Path = path
	}
	return all
}

func folder(t testing.TB, path string) *confluent.Format {
	t.Helper()
	schemas, err := confluent.NewFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	return confluent.New(schemas)
}

func TestDecoderKeepsTheContractOfDecoders(t *testing.T) {
	runtimetest.TestDecoder(t, runtimetest.DecoderCase{
		Format: folder(t, packet(t, "9.0")),
		Fields: fields("diaSourceId", "diaSource.psfFlux", "diaSource.band", "prvDiaSources[].psfFlux"),
		One:    framed(900), Several: framed(900), Count: 1,
		Damaged: framed(900)[:20], Framed: true,
	})
}

func TestAnAlertNamesItsSchema(t *testing.T) {
	err := folder(t, packet(t, "9.0")).NewDecoder(nil).Decode(framed(900), func(alert *filter.Alert) error {
		if alert.Schema != "lsst.v9_0.alert id:900" {
			t.Errorf("its schema is %q", alert.Schema)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDamagedRecordsSayWhereAndWhy(t *testing.T) {
	whole := framed(900)
	tests := map[string]struct {
		value []byte
		want  string
	}{
		"empty":                     {nil, "empty"},
		"another magic":             {[]byte("Obj\x01rest"), "byte 0 is 0x4f"},
		"framing cut short":         {whole[:3], "cut short: 3 bytes"},
		"no datum":                  {whole[:5], "schema 900: avro: byte 5, field diaSourceId: cut short"},
		"datum cut short":           {whole[:12], "schema 900: avro: byte 11, field diaSource.psfFlux"},
		"an index out of its union": {append(append([]byte{}, whole[:9]...), 0x44, 0x44), "byte 10, field diaSource.psfFlux: a union's index is 34"},
		"an unknown schema":         {framed(1200), "schema 1200 (version 12.0) is not in"},
	}
	decoder := folder(t, packet(t, "9.0")).NewDecoder(fields("diaSource.psfFlux"))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := decoder.Decode(test.value, func(*filter.Alert) error { return nil })
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestBytesAfterTheDatumAreCounted(t *testing.T) {
	decoder := folder(t, packet(t, "9.0")).NewDecoder(nil)
	if err := decoder.Decode(append(framed(900), '\n'), func(*filter.Alert) error { return nil }); err != nil || decoder.Shape().Trailing != 1 {
		t.Errorf("%d trailing bytes, %v", decoder.Shape().Trailing, err)
	}
}

// Every framed message of Rubin's that there is decodes by its number in the
// folder of its schema.
func TestRealMessagesDecodeByTheirNumber(t *testing.T) {
	published := folder(t, filepath.Join(testdata.Dir(t), "lsst/alert_packet_schema"))
	newest := folder(t, filepath.Join(testdata.Dir(t), "lsst/pittgoogle_schema/11/1"))
	files := append(testdata.Files(t, ".avro", "lsst/wire", "lsst/wire_fake"), testdata.Files(t, ".bin", "lsst/wire_derived")...)
	if len(files) < 20 {
		t.Fatalf("only %d messages", len(files))
	}
	for _, path := range files {
		value, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		format := published
		if binary.BigEndian.Uint32(value[1:]) == 1101 {
			format = newest
		}
		decoder := format.NewDecoder(fields("diaSource.psfFlux", "diaSource.midpointMjdTai", "diaSource.band"))
		err = decoder.Decode(value, func(alert *filter.Alert) error {
			if alert.Values[0].IsMissing() || alert.Values[1].IsMissing() {
				t.Errorf("%s: a field is missing", path)
			}
			return nil
		})
		if err != nil || decoder.Shape().Trailing != 0 {
			t.Errorf("%s: %d trailing bytes, %v", path, decoder.Shape().Trailing, err)
		}
	}
}
