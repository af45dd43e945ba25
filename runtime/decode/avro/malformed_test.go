package avro_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// Files that went wrong in the field, each with the end it must come to.
func TestMalformedRealFilesComeToTheirRightEnd(t *testing.T) {
	ends := map[string]struct {
		alerts int
		reason string // "": it decodes
	}{
		// Defaults that Avro forbids: the data is sound, and we read no defaults.
		"bad_default_turbo_1.avro":                {1, ""},
		"bad_default_wntr2022_2459303860000.avro": {1, ""},
		// Bytes of 2016, without a schema: only a given schema could read them.
		"bare_87704463155000.avro": {0, "if it is a bare Avro datum, its schema must be given"},
		// Sound Avro; that candid lost digits upstream does not show.
		"candid_rounded_000010510007802576.avro": {1, ""},
		// A text-mode transfer put a byte before each newline, so that the
		// block's end is not where its length says.
		"crlf_syncmarker_516401801315010009.avro": {0, "sync marker is not the header's"},
		"crlf_truncates_516434762915010006.avro":  {0, "sync marker is not the header's"},
		// A part without alerts, as Spark writes them.
		"empty_part-00000-37cd0039-b99f-4557-b3dc-0ad3bb2e0c92-c000.avro": {0, ""},
		"lfs_pointer_alerts_11574.avro":                                   {0, "a Git LFS pointer, not an Avro file"},
		// A union at the top is read; but the block is damaged: its end is
		// not where its length says, and the datums in it do not decode either.
		"toplevel_union_test_alerts_Ia_Hsiao_v2_51.avro": {0, "sync marker is not the header's"},
	}
	fields := append(eagerFields("candidate.candid", "objectId", "candidate.magpsf"), lazyFields("prv_candidates[].jd")...)
	decoder := avro.New().NewDecoder(fields)
	files := testdata.Files(t, ".avro", "malformed")
	for _, path := range files {
		name := filepath.Base(path)
		end, known := ends[name]
		if !known {
			t.Errorf("%s: nobody has said what its end must be", name)
			continue
		}
		alerts, err := decodeAll(decoder, readFile(t, path))
		if len(alerts) != end.alerts {
			t.Errorf("%s: %d alerts, want %d", name, len(alerts), end.alerts)
		}
		switch {
		case end.reason == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case end.reason != "" && (err == nil || !strings.Contains(err.Error(), end.reason)):
			t.Errorf("%s: got %v, want %q", name, err, end.reason)
		}
		if end.reason == "" {
			describes(t, name, readFile(t, path))
		}
	}
	if len(files) != len(ends) {
		t.Errorf("%d files, %d ends", len(files), len(ends))
	}
}

// describes wants every field of a sound file to agree with its description.
func describes(t *testing.T, name string, value []byte) {
	t.Helper()
	schema, err := avro.Describe(value)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	var paths []string
	for _, field := range schema.Fields {
		paths = append(paths, field.Path)
	}
	err = avro.New().NewDecoder(eagerFields(paths...)).Decode(value, func(alert *filter.Alert) error {
		for i, field := range schema.Fields {
			agree(t, name, field, alert.Values[i])
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
