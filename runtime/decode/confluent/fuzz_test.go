package confluent_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/confluent"
)

// FuzzRecord decodes any bytes as a record in Confluent's framing.
func FuzzRecord(f *testing.F) {
	whole := framed(900)
	for _, seed := range [][]byte{nil, {0}, whole[:3], whole[:5], whole[:12], whole, append(whole, whole...), framed(1200)} {
		f.Add(seed)
	}
	dir := f.TempDir()
	lay(f, dir, "9.0")
	format := folder(f, dir)
	f.Fuzz(func(t *testing.T, value []byte) {
		decoder := format.NewDecoder(fields("diaSource.psfFlux", "prvDiaSources[].band"))
		given := 0
		err := decoder.Decode(value, func(alert *filter.Alert) error {
			given++
			_, err := decoder.Single()
			return err
		})
		if (err == nil) != (given == 1) || err == nil && !confluent.Is(value) {
			t.Errorf("%d alerts and %v of %x", given, err, value)
		}
		_, _ = format.Describe(value)
	})
}

// FuzzAnswer gives any bytes as a registry's answer, with any status.
func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"schema":"{\"type\":\"record\",\"name\":\"a\",\"fields\":[]}"}`))
	f.Add(200, []byte(`{"schema":"\"a.b\"","references":[{"name":"a.b","subject":"../x","version":-1}]}`))
	f.Add(404, []byte(`{"error_code":40403,"message":"Schema not found"}`))
	f.Add(500, []byte(`<html>`))
	f.Add(401, []byte(nil))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		r := registry(t, confluent.RegistryConfig{URL: "http://registry.test"})
		r.AskThrough(answering{status, body})
		if schema, err := r.Schema(900); (schema == nil) == (err == nil) {
			t.Errorf("schema %v and error %v", schema, err)
		}
	})
}

// answering is a transport that gives one answer to all.
type answering struct {
	status int
	body   []byte
}

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a.body))}, nil
}
