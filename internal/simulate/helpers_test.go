package simulate_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/linkedin/goavro/v2"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/simulate"
)

// packet is an alert as another Avro library reads it.
type packet map[string]any

// night returns all alerts of a night.
func night(t testing.TB, o simulate.Options) []simulate.Alert {
	t.Helper()
	n, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var alerts []simulate.Alert
	for {
		alert, more := n.Next()
		if !more {
			break
		}
		alerts = append(alerts, alert)
	}
	if len(alerts) != o.Alerts || n.Len() != o.Alerts {
		t.Fatalf("%d alerts of a night of %d (Len %d)", len(alerts), o.Alerts, n.Len())
	}
	return alerts
}

// reader returns a function that decodes an alert with goavro, by the schema
// that the alert itself carries: a night has one.
func reader(t testing.TB) func(value []byte) packet {
	t.Helper()
	var codec *goavro.Codec
	return func(value []byte) packet {
		header, err := container.ParseHeader(value)
		if err != nil {
			t.Fatal(err)
		}
		if codec == nil {
			if codec, err = goavro.NewCodec(string(header.Schema)); err != nil {
				t.Fatal(err)
			}
		}
		// After the header: one alert, the length of its datum, the datum, a marker.
		block := value[header.Size:]
		_, n := binary.Varint(block)
		length, m := binary.Varint(block[n:])
		datum := block[n+m : n+m+int(length)]
		decoded, rest, err := codec.NativeFromBinary(datum)
		if err != nil || len(rest) > 0 {
			t.Fatalf("%d bytes after the alert: %v", len(rest), err)
		}
		return decoded.(map[string]any)
	}
}

// An alert is a container of its own, which goavro reads as it stands.
func TestAnAlertIsAContainerFile(t *testing.T) {
	for _, alert := range night(t, simulate.Options{Seed: 17, Alerts: 10}) {
		file, err := goavro.NewOCFReader(bytes.NewReader(alert.Value))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; file.Scan(); i++ {
			datum, err := file.Read()
			if err != nil || i > 0 || datum.(map[string]any)["candid"] != alert.Candid {
				t.Errorf("alert %d of the container of %d: %v", i, alert.Candid, err)
			}
		}
		if err := file.Err(); err != nil {
			t.Error(err)
		}
	}
}

func (p packet) candidate() packet { return p["candidate"].(map[string]any) }

// list returns an array of records; nil where it is null.
func (p packet) list(name string) []packet {
	union, ok := p[name].(map[string]any)
	if !ok {
		return nil
	}
	var items []packet
	for _, item := range union["array"].([]any) {
		items = append(items, item.(map[string]any))
	}
	return items
}

// number returns a number, and false where it is null.
func (p packet) number(name string) (float64, bool) {
	value := p[name]
	if union, ok := value.(map[string]any); ok {
		for _, value = range union {
		}
	}
	switch v := value.(type) {
	case float32:
		return float64(v), true
	case float64:
		return v, true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// stamp returns the named cutout's file name and bytes; "" where it is null.
func (p packet) stamp(name string) (string, []byte) {
	union, ok := p[name].(map[string]any)
	if !ok {
		return "", nil
	}
	for _, value := range union {
		cutout := value.(map[string]any)
		return cutout["fileName"].(string), cutout["stampData"].([]byte)
	}
	return "", nil
}
