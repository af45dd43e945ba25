package avro_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// Each alert of a record that holds several is given as a container of its
// own: same schema, same bytes of the datum, readable by goavro.
func TestSingleHoldsTheDatumUnchanged(t *testing.T) {
	files := testdata.Files(t, ".avro", "ztf_multi")
	for _, s := range samples(t, files) {
		fields := append(eagerFields("objectId"), lazyFields("prv_candidates[].jd")...)
		decoder := avro.New().NewDecoder(fields)
		index := 0
		err := decoder.Decode(s.value, func(alert *filter.Alert) error {
			if index%2 == 0 { // with and without the lazy pass before it
				if err := alert.Load(); err != nil {
					return err
				}
			}
			one, err := decoder.Single()
			if err != nil {
				return err
			}
			if len(s.alerts) == 1 && &one[0] != &s.value[0] {
				t.Errorf("%s: the only alert is copied", s.name)
			}
			if !bytes.Equal(schemaOf(t, one), schemaOf(t, s.value)) {
				t.Errorf("%s: the schema has changed", s.name)
			}
			if datum := datumOf(t, one); !bytes.Contains(s.value, datum) {
				t.Errorf("%s: the datum's bytes are not the record's", s.name)
			}
			alone := sample{s.name, one, s.oracle, s.paths, s.alerts[index : index+1]}
			every := fieldsOf(s.paths, eager)
			alone.check(t, avro.New().NewDecoder(every).Decode, every, true)
			if _, rest, err := s.oracle.codec.NativeFromBinary(datumOf(t, one)); err != nil || len(rest) > 0 {
				t.Errorf("%s: goavro leaves %d bytes, %v", s.name, len(rest), err)
			}
			index++
			return nil
		})
		if err != nil || index != len(s.alerts) {
			t.Errorf("%s: %d alerts, %v", s.name, index, err)
		}
	}
}

func TestDecoderKeepsTheContractOfDecoders(t *testing.T) {
	several := readFile(t, filepath.Join(testdata.Dir(t), "ztf_multi/astrolabsoftware+fink-client/avro_multi_alerts.avro"))
	value := readFile(t, filepath.Join(testdata.Dir(t), "ztf_multi/astrolabsoftware+fink-client/ZTF19acihgng.avro"))
	runtimetest.TestDecoder(t, runtimetest.DecoderCase{
		Format: avro.New(),
		Fields: append(eagerFields("objectId", "candid", "candidate.magpsf", "candidate"), lazyFields("prv_candidates[].jd", "cutoutScience.stampData")...),
		One:    value, Several: several, Count: 11,
		Damaged: several[:len(several)-9],
	})
}
