package registry_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/registry"
)

func secret(word string) func() (string, error) {
	return func() (string, error) { return word, nil }
}

func TestQuestionsSayWhoAsksAndWhatIsAsked(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		asked = append(asked, strings.Join([]string{r.Method, r.URL.EscapedPath(), user, password, r.Header.Get("Content-Type")}, " "))
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error_code": 40403, "message": "no\n such"}`))
	}))
	defer server.Close()
	named, err := registry.NewClient(server.URL+"/api", "ann", secret("s3"))
	if err != nil {
		t.Fatal(err)
	}
	inURL, err := registry.NewClient(strings.Replace(server.URL, "://", "://bob:p%40ss@", 1), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := named.Get("subjects", "a/b", "versions")
	if code, message := answer.Said(); err != nil || answer.Status != 404 || code != 40403 || message != "no such" {
		t.Errorf("%+v, %v", answer, err)
	}
	if _, err := inURL.Post(map[string]int{"a": 1}, "x"); err != nil {
		t.Error(err)
	}
	if want := "GET /api/subjects/a%2Fb/versions ann s3 |POST /x bob p@ss application/vnd.schemaregistry.v1+json"; strings.Join(asked, "|") != want {
		t.Errorf("asked %q", asked)
	}
	if inURL.String() != server.URL {
		t.Errorf("it is called %s", inURL)
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range registry.MaxAnswer>>20 + 2 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	}))
	defer server.Close()
	client, err := registry.NewClient(server.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := client.Get("x"); err != nil || !answer.Cut || len(answer.Body) > registry.MaxAnswer+1 {
		t.Errorf("%d bytes, cut %v, %v", len(answer.Body), answer.Cut, err)
	}
}

func TestAWrongURLIsNotRepeated(t *testing.T) {
	for _, address := range []string{"", "registry:8081", "ftp://registry", "http://ann:hunter2@", "http://ann:hunter2@a b"} {
		if _, err := registry.NewClient(address, "", nil); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestARegistryThatDoesNotAnswerIsLeftAloneForAWhile(t *testing.T) {
	client, err := registry.NewClient("http://ann:hunter2@registry.test", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	outage := registry.Outage{Client: client, Log: slog.New(slog.NewTextHandler(&log, nil)), Fails: "it fails", Ends: "it is over"}
	if outage.Holds() != nil || outage.Alarms() != nil {
		t.Error("there is an outage before anything was asked")
	}
	err = outage.Failed(errors.New("refused"), "subject x")
	if !errors.Is(err, runtime.ErrUnavailable) || !strings.HasSuffix(err.Error(), "schema registry http://registry.test, subject x: refused") {
		t.Error(err)
	}
	alarms := outage.Alarms()
	if outage.Holds() == nil || len(alarms) != 1 || alarms[0].Since.IsZero() ||
		alarms[0].About != "schema registry http://registry.test" || alarms[0].Reason != "it fails: subject x: refused" {
		t.Errorf("held back: %v, alarms %v", outage.Holds(), alarms)
	}
	_ = outage.Failed(errors.New("again"))
	outage.Answered()
	if outage.Holds() != nil || outage.Alarms() != nil {
		t.Error("the outage does not end")
	}
	for _, want := range []string{"it fails", "again_in=250ms", "again_in=500ms", "it is over"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, &log)
		}
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Error("the log has the password")
	}
}
