package confluent_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/confluent"
)

// flat is the schema of framed records as a registry has it: one text.
const flat = `{"namespace":"lsst.v9_0","type":"record","name":"alert","fields":[
	{"name":"diaSourceId","type":"long"},
	{"name":"diaSource","type":{"type":"record","name":"diaSource","fields":[
		{"name":"psfFlux","type":["null","float"],"default":null},{"name":"band","type":"string"}]}},
	{"name":"prvDiaSources","type":["null",{"type":"array","items":"diaSource"}],"default":null}]}`

// fake is a registry in this process that counts what it is asked.
type fake struct {
	*srfake.Registry
	asked atomic.Int64
}

func newFake(t *testing.T, options ...srfake.Option) *fake {
	t.Helper()
	f := &fake{Registry: srfake.New(options...)}
	t.Cleanup(f.Close)
	f.Intercept(func(http.ResponseWriter, *http.Request) bool { f.asked.Add(1); return false })
	return f
}

func avroSchema(text string, references ...sr.SchemaReference) sr.Schema {
	return sr.Schema{Schema: text, Type: sr.TypeAvro, References: references}
}

func registry(t *testing.T, config confluent.RegistryConfig) *confluent.Registry {
	t.Helper()
	r, err := confluent.NewRegistry(config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// eventually asks until the registry's answer is final.
func eventually(t *testing.T, r *confluent.Registry, id uint32) error {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := r.Schema(id)
		if !errors.Is(err, runtime.ErrUnavailable) {
			return err
		}
		if time.Now().After(end) {
			t.Fatalf("no final answer for schema %d: %v", id, err)
		}
	}
}

func TestASchemaIsAskedForOnceHoweverManyWantIt(t *testing.T) {
	f := newFake(t)
	f.SeedSchema("alert-packet", 1, 900, avroSchema(flat))
	format := confluent.New(registry(t, confluent.RegistryConfig{URL: f.URL()}))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			decoder := format.NewDecoder(fields("diaSource.band"))
			for range 20 {
				err := decoder.Decode(framed(900), func(alert *filter.Alert) error {
					if alert.Values[0].Text() != "g" || alert.Schema != "lsst.v9_0.alert id:900" {
						t.Errorf("band %q of schema %s", alert.Values[0].Text(), alert.Schema)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := f.asked.Load(); n != 1 {
		t.Errorf("the registry was asked %d times", n)
	}
}

func TestReferencesAreFollowed(t *testing.T) {
	f := newFake(t)
	source := avroSchema(`{"namespace":"lsst.v9_0","type":"record","name":"diaSource","fields":[{"name":"flux","type":"lsst.v9_0.flux"},{"name":"band","type":"string"}]}`,
		sr.SchemaReference{Name: "lsst.v9_0.flux", Subject: "flux/nJy", Version: 2})
	f.SeedSchema("flux/nJy", 2, 11, avroSchema(`{"namespace":"lsst.v9_0","type":"record","name":"flux","fields":[{"name":"value","type":"float"}]}`))
	f.SeedSchema("source", 1, 12, source)
	f.SeedSchema("alert", 1, 900, avroSchema(`{"namespace":"lsst.v9_0","type":"record","name":"alert","fields":[{"name":"diaSource","type":"lsst.v9_0.diaSource"}]}`,
		sr.SchemaReference{Name: "lsst.v9_0.diaSource", Subject: "source", Version: 1}))
	schema, err := registry(t, confluent.RegistryConfig{URL: f.URL()}).Schema(900)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, field := range schema.Describe().Fields {
		paths = append(paths, field.Path)
	}
	if got := strings.Join(paths, " "); got != "diaSource.flux.value diaSource.band" {
		t.Errorf("its fields are %s", got)
	}
}

func TestCredentialsAreSentAndNeverTold(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("rubin:s3cr3t@x"))
	f := newFake(t, srfake.WithAuth(basic))
	f.SeedSchema("alert", 1, 900, avroSchema(flat))
	inURL := strings.Replace(f.URL(), "://", "://rubin:s3cr3t%40x@", 1)
	for name, config := range map[string]confluent.RegistryConfig{
		"in the URL": {URL: inURL},
		"beside it":  {URL: f.URL(), User: "rubin", Password: "s3cr3t@x"},
	} {
		if _, err := registry(t, config).Schema(900); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := registry(t, confluent.RegistryConfig{URL: strings.Replace(inURL, "s3cr3t", "wr0ng", 1)})
	_, err := r.Schema(900)
	if !errors.Is(err, runtime.ErrUnavailable) || !strings.Contains(err.Error(), "it refuses us (403): check SKYSIFT_SCHEMAS_USER") {
		t.Errorf("a wrong password gives %v", err)
	}
	if alarms := r.Alarms(); len(alarms) != 1 || strings.Contains(alarms[0].About+alarms[0].Reason+err.Error(), "wr0ng") {
		t.Errorf("alarms %v, error %v", alarms, err)
	}
	for _, bad := range []string{"registry:8081", "ftp://h/", "http://rubin:s3cr3t@", "http://rubin:s3cr3t@h:port"} {
		if _, err := confluent.NewRegistry(confluent.RegistryConfig{URL: bad}); err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestBadInput11AnUnknownNumberIsAskedForThriceAndThenRefused(t *testing.T) {
	f := newFake(t)
	r := registry(t, confluent.RegistryConfig{URL: f.URL()})
	if _, err := r.Schema(1200); !errors.Is(err, runtime.ErrUnavailable) {
		t.Errorf("the first answer is final: %v", err)
	}
	err := eventually(t, r, 1200)
	if err == nil || !strings.Contains(err.Error(), "schema 1200: the registry does not know it") {
		t.Errorf("got %v", err)
	}
	for range 100 {
		_, err = r.Schema(1200)
	}
	if n := f.asked.Load(); n != 3 || err == nil {
		t.Errorf("asked %d times, %v", n, err)
	}
	if len(r.Alarms()) > 0 {
		t.Errorf("an unknown number raises %v", r.Alarms())
	}
}

func TestANumberThatComesWhileItIsAskedForIsFound(t *testing.T) {
	f := newFake(t)
	r := registry(t, confluent.RegistryConfig{URL: f.URL()})
	_, _ = r.Schema(900)
	f.SeedSchema("alert", 1, 900, avroSchema(flat))
	if err := eventually(t, r, 900); err != nil {
		t.Error(err)
	}
}

// Damaged records have any number: they cost the registry one question each,
// and us a bounded memory.
func TestAFloodOfUnknownNumbersIsRefusedAtOnce(t *testing.T) {
	f := newFake(t)
	r := registry(t, confluent.RegistryConfig{URL: f.URL()})
	waited := 0
	for id := range uint32(2000) {
		if _, err := r.Schema(id); errors.Is(err, runtime.ErrUnavailable) {
			waited++
		}
	}
	if waited > 40 || f.asked.Load() > 2000 {
		t.Errorf("%d numbers are asked for again, %d questions", waited, f.asked.Load())
	}
}

func TestWhatIsNoUsableSchemaIsRefused(t *testing.T) {
	f := newFake(t)
	f.SeedSchema("json", 1, 1, sr.Schema{Schema: `{"type":"object"}`, Type: sr.TypeJSON})
	f.SeedSchema("text", 1, 2, avroSchema(`"string"`))
	f.SeedSchema("open", 1, 3, avroSchema(`{"type":"record","name":"a","fields":[{"name":"x","type":"elsewhere"}]}`))
	text, _ := json.Marshal(flat)
	f.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		subject := map[string]string{"/schemas/ids/4": "gone", "/schemas/ids/5": "circle", "/subjects/circle/versions/7": "circle"}[r.URL.Path]
		if subject != "" {
			fmt.Fprintf(w, `{"schema":%s,"references":[{"name":"x","subject":%q,"version":7}]}`, text, subject)
		}
		return subject != ""
	})
	r := registry(t, confluent.RegistryConfig{URL: f.URL()})
	for id, want := range map[uint32]string{
		1: "schema 1 is one of JSON; only Avro's are read",
		2: "schema 2: avro: schema: its top level is no record",
		3: "schema 3: avro: schema: record a: field 1: x: unknown type elsewhere",
		4: "schema 4: its reference to x (subject gone, version 7): the registry does not know it",
	} {
		if err := eventually(t, r, id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("schema %d: %v, want %q", id, err, want)
		}
	}
	if err := eventually(t, r, 5); err != nil {
		t.Errorf("a schema whose references go in a circle: %v", err)
	}
}

// What a registry that is ill, or no registry at all, answers is no fault of
// the record.
func TestARegistryThatDoesNotAnswerIsWaitedFor(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"an error":                func(w http.ResponseWriter) { http.Error(w, `{"error_code":50001,"message":"store"}`, 500) },
		"a 404 of another server": func(w http.ResponseWriter) { http.Error(w, "<html>no such page</html>", 404) },
		"another page":            func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>log in</html>")) },
		"JSON of another kind":    func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"schema":""}`)) },
		"no permission":           func(w http.ResponseWriter) { w.WriteHeader(403) },
		"a connection cut":        func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			var ill atomic.Bool
			ill.Store(true)
			f := newFake(t)
			f.SeedSchema("alert", 1, 900, avroSchema(flat))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				f.asked.Add(1)
				if ill.Load() {
					answer(w)
					return
				}
				f.Handler().ServeHTTP(w, r)
			}))
			defer server.Close()
			r := registry(t, confluent.RegistryConfig{URL: server.URL})
			_, err := r.Schema(900)
			if !errors.Is(err, runtime.ErrUnavailable) || len(r.Alarms()) != 1 {
				t.Fatalf("got %v, alarms %v", err, r.Alarms())
			}
			for range 1000 {
				_, _ = r.Schema(900)
			}
			if n := f.asked.Load(); n > 2 {
				t.Errorf("it was asked %d times within its back-off", n)
			}
			ill.Store(false)
			if err := eventually(t, r, 900); err != nil || len(r.Alarms()) != 0 {
				t.Errorf("after it has recovered: %v, alarms %v", err, r.Alarms())
			}
		})
	}
}

func TestASchemaKnownAlreadyNeedsNoRegistry(t *testing.T) {
	f := newFake(t)
	f.SeedSchema("alert", 1, 900, avroSchema(flat))
	r := registry(t, confluent.RegistryConfig{URL: f.URL()})
	if _, err := r.Schema(900); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := r.Schema(901); !errors.Is(err, runtime.ErrUnavailable) {
		t.Errorf("a new schema: %v", err)
	}
	if _, err := r.Schema(900); err != nil {
		t.Errorf("a known schema: %v", err)
	}
}
