package spec_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
)

const whole = `version: 1
stream:
  brokers: [kafka-1:9092, "[::1]:9092"]
  topics: ["ztf_*_programid1", extra]
  group: ${TEST_GROUP}
  start: 2026-03-01T00:00:00Z
  survey: ${TEST_SURVEY:-ztf}
output:
  topic: "night.{class}"
  reject_topic: night-rejected
  partitions: 16
define:
  positive: candidate.isdiffpos in ["t", "1"]
  limit: 19
filters:
  - name: bright-transient
    class: transient
    description: |
      Bright, real, not a star
    where:
      - positive
      - candidate.magpsf <= limit
    annotate:
      rise: slope(xs, ys)
      band: alert.band
  - name: movers
    class: asteroid
    where: candidate.ssdistnr >= 0
`

func TestAWholeFileIsRead(t *testing.T) {
	doc := readAll(t, whole)
	stream := spec.Stream{
		Brokers: doc.Stream.Brokers, Topics: doc.Stream.Topics,
		Group: "night-7", Start: "2026-03-01T00:00:00Z", Survey: "ztf",
	}
	if !slices.Equal(stream.Brokers, []string{"kafka-1:9092", "[::1]:9092"}) || !slices.Equal(stream.Topics, []string{"ztf_*_programid1", "extra"}) {
		t.Errorf("brokers %q, topics %q", stream.Brokers, stream.Topics)
	}
	if doc.Stream.Group != stream.Group || doc.Stream.Start != stream.Start || doc.Stream.Survey != stream.Survey {
		t.Errorf("stream: %+v", doc.Stream)
	}
	if doc.Output.Topic != "night.{class}" || doc.Output.RejectTopic != "night-rejected" || doc.Output.Partitions != 16 {
		t.Errorf("output: %+v", doc.Output)
	}
	file := doc.Files[0]
	if got := sources(file.Definitions); !reflect.DeepEqual(got, []string{`positive = candidate.isdiffpos in ["t", "1"]`, "limit = 19"}) {
		t.Errorf("definitions: %q", got)
	}
	f := doc.Filters()[0]
	if f.Name != "bright-transient" || f.Class != "transient" || f.Description != "Bright, real, not a star" {
		t.Errorf("filter: %+v", f)
	}
	if len(f.Where) != 2 || f.Where[1].Source != "candidate.magpsf <= limit" {
		t.Errorf("where: %+v", f.Where)
	}
	if len(f.Annotate) != 2 || f.Annotate[0].Name != "rise" || f.Annotate[1].Expression.Source != "alert.band" {
		t.Errorf("annotate: %+v", f.Annotate)
	}
	if got := doc.Classes(); !slices.Equal(got, []filter.Class{"asteroid", "transient"}) {
		t.Errorf("classes: %v", got)
	}
}

func sources(definitions []spec.Definition) []string {
	var all []string
	for _, d := range definitions {
		all = append(all, d.Name+" = "+d.Expression.Source)
	}
	return all
}

// readAll reads a text that has no mistakes.
func readAll(t *testing.T, text string) *spec.Document {
	t.Helper()
	doc, mistakes := spec.Parse("filters.yaml", []byte(text), environment)
	for _, m := range mistakes {
		t.Error(m.Drawn())
	}
	if t.Failed() {
		t.FailNow()
	}
	return doc
}

func TestLineBreaksAndByteOrderMarkDoNotMatter(t *testing.T) {
	plain := readAll(t, whole)
	for name, text := range map[string]string{
		"CRLF": strings.ReplaceAll(whole, "\n", "\r\n"),
		"CR":   strings.ReplaceAll(whole, "\n", "\r"),
		"BOM":  "\ufeff" + whole,
	} {
		got := readAll(t, text)
		if !reflect.DeepEqual(sources(got.Files[0].Definitions), sources(plain.Files[0].Definitions)) || len(got.Filters()) != 2 {
			t.Errorf("%s: %+v", name, got.Files[0])
		}
	}
}

func TestAListMayBeOneStringWithCommas(t *testing.T) {
	env := func(string) (string, bool) { return "a:1, b:2", true }
	text := strings.Replace(whole, `[kafka-1:9092, "[::1]:9092"]`, "${ANY}", 1)
	doc, _ := spec.Parse("filters.yaml", []byte(text), env)
	if !slices.Equal(doc.Stream.Brokers, []string{"a:1", "b:2"}) {
		t.Errorf("brokers: %q", doc.Stream.Brokers)
	}
}

func TestAnAliasIsReadAsWhatItStandsFor(t *testing.T) {
	doc := readAll(t, `version: 1
filters:
  - name: a
    class: b
    where: &tests
      - candidate.rb > 0.5
      - candidate.nbad == 0
  - name: c
    class: b
    where: *tests
`)
	if got := doc.Filters()[1].Where; len(got) != 2 || got[1].Source != "candidate.nbad == 0" {
		t.Errorf("where: %+v", got)
	}
}

// folder writes files into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func oneFilter(name string) string {
	return "version: 1\nfilters:\n  - {name: " + name + ", class: x, where: candidate.rb > 0.5}\n"
}

func TestAFolderIsReadInOrderOfItsFiles(t *testing.T) {
	dir := folder(t, map[string]string{
		"b.yaml": oneFilter("second"), "a.yml": oneFilter("first"), "c.yaml": "version: 1\nstream:\n  group: operators\n",
		"a_test.yaml": "tests: []", ".a.yaml.swp": "x", ".hidden.yaml": "x", "notes.txt": "x",
	})
	doc, mistakes := spec.Read(dir, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes[0])
	}
	var names []string
	for _, f := range doc.Filters() {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"first", "second"}) || doc.Stream.Group != "operators" {
		t.Errorf("filters %v, group %q", names, doc.Stream.Group)
	}
}

func TestEveryFileOfAFolderIsReportedOn(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": "version: 2\n", "b.yaml": "\t", "c.yaml": ""})
	_, mistakes := spec.Read(dir, nil)
	var files []string
	for _, m := range mistakes {
		files = append(files, filepath.Base(m.Path))
	}
	if !slices.Equal(files, []string{"a.yaml", "b.yaml", "c.yaml"}) {
		t.Errorf("mistakes in %v: %v", files, mistakes)
	}
}

func TestOneFileOfAFolderHasTheStream(t *testing.T) {
	text := "version: 1\nstream:\n  group: x\noutput:\n  partitions: 2\n"
	dir := folder(t, map[string]string{"a.yaml": text, "b.yaml": text, "c.yaml": oneFilter("x")})
	_, mistakes := spec.Read(dir, nil)
	if len(mistakes) != 2 || !strings.Contains(mistakes[0].Error(), "stream is in "+filepath.Join(dir, "a.yaml")+" too") {
		t.Errorf("mistakes: %v", mistakes)
	}
}

func TestNamesAreUniqueOverAllFiles(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": oneFilter("same"), "b.yaml": oneFilter("same")})
	_, mistakes := spec.Read(dir, nil)
	if len(mistakes) != 1 || filepath.Base(mistakes[0].Path) != "b.yaml" || !strings.Contains(mistakes[0].Error(), "a.yaml:3 already") {
		t.Errorf("mistakes: %v", mistakes)
	}
}

func TestAFolderWithoutFiltersSaysSo(t *testing.T) {
	_, mistakes := spec.Read(folder(t, map[string]string{"readme.md": "x"}), nil)
	if len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), "needs a file that ends in .yaml") {
		t.Errorf("mistakes: %v", mistakes)
	}
}

func TestAMissingFileKeepsItsKind(t *testing.T) {
	_, mistakes := spec.Read(filepath.Join(t.TempDir(), "none.yaml"), nil)
	if len(mistakes) != 1 || !errors.Is(mistakes[0], fs.ErrNotExist) {
		t.Fatalf("mistakes: %v", mistakes)
	}
	if want := "none.yaml: no such file or folder: skysift demo --print-filters writes a first one"; !strings.HasSuffix(mistakes[0].Error(), want) {
		t.Errorf("got %s", mistakes[0])
	}
}

func TestErrorIsOneLineAndUnwraps(t *testing.T) {
	doc := readAll(t, whole)
	mistake := doc.Filters()[0].Where[1].Mistake(10, 6, "unknown field candidate.magpfs", "did you mean magpsf?")
	mistake.Filter, mistake.Clause = "bright-transient", 2
	want := `filters.yaml:22:19: filter "bright-transient", clause 2: unknown field candidate.magpfs (did you mean magpsf?)`
	if mistake.Error() != want {
		t.Errorf("got  %s\nwant %s", mistake, want)
	}
	drawn := `filters.yaml:22:19: filter "bright-transient", clause 2: unknown field candidate.magpfs
    candidate.magpsf <= limit
              ^^^^^^ did you mean magpsf?`
	if mistake.Drawn() != drawn {
		t.Errorf("got\n%s\nwant\n%s", mistake.Drawn(), drawn)
	}
	if errors.Unwrap(mistake).Error() != "unknown field candidate.magpfs" {
		t.Errorf("unwrapped: %v", errors.Unwrap(mistake))
	}
}

func TestALongLineIsCutAroundTheMistake(t *testing.T) {
	clause := strings.Repeat("candidate.rb > 0.5 and ", 40) + "candidate.magpfs < 19"
	doc := readAll(t, "version: 1\nfilters:\n  - name: a\n    class: b\n    where: "+clause+"\n")
	offset := strings.Index(clause, "magpfs")
	drawn := doc.Filters()[0].Where[0].Mistake(offset, 6, "unknown", "").Drawn()
	lines := strings.Split(drawn, "\n")
	at := strings.Index(lines[2], "^^^^^^")
	if len(lines[1]) > 110 || at < 0 || lines[1][at:at+6] != "magpfs" {
		t.Errorf("drawn:\n%s", drawn)
	}
}

func TestTheSurveysMistakeStandsAtItsKey(t *testing.T) {
	doc := readAll(t, whole)
	got := doc.SurveyMistake(errors.New("unknown survey")).Error()
	if want := "filters.yaml:7:11: unknown survey"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	doc = readAll(t, oneFilter("x"))
	if got := doc.SurveyMistake(errors.New("unknown survey")).Error(); got != "filters.yaml: unknown survey" {
		t.Errorf("without a survey: %s", got)
	}
}

func TestTooManyMistakesAreCutOff(t *testing.T) {
	text := "version: 1\n"
	for range 5000 {
		text += "? [" + strings.Repeat("x", 10) + "]\n: 1\n"
	}
	_, mistakes := spec.Parse("filters.yaml", []byte(text), nil)
	if len(mistakes) != 100 {
		t.Errorf("%d mistakes", len(mistakes))
	}
}

const securely = `version: 1
stream:
  tls: true
  sasl: {mechanism: scram-sha-512, username: ann, password: "${TEST_SECRET}"}
output:
  brokers: [cloud:9092]
  tls: {ca_file: ca.pem, cert_file: /etc/own.pem, key_file: keys/own.key, server_name: kafka}
  sasl:
    mechanism: OAUTHBEARER
    token_url: https://auth.example.org/token
    client_id: ann
    client_secret_file: secret
    scope: [kafka, gcn]
    extensions: {logicalCluster: lkc}
filters:
  - {name: f, class: c, where: candid > 0}
`

func TestSecurityIsReadWithFilesBesideTheFile(t *testing.T) {
	doc, mistakes := spec.Parse("night/filters.yaml", []byte(securely), environment)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if tls := doc.Stream.TLS; tls == nil || *tls != (spec.TLS{}) {
		t.Errorf("stream.tls: %+v", tls)
	}
	if want := (spec.TLS{CAFile: "night/ca.pem", CertFile: "/etc/own.pem", KeyFile: "night/keys/own.key", ServerName: "kafka"}); *doc.Output.TLS != want {
		t.Errorf("output.tls: %+v", doc.Output.TLS)
	}
	login := doc.Stream.SASL
	if password, err := login.Password.Reveal(); err != nil || password != secretValue || login.Mechanism != "SCRAM-SHA-512" || login.Username != "ann" {
		t.Errorf("stream.sasl: %+v, %v", login, err)
	}
	bearer := doc.Output.SASL
	if bearer.TokenURL != "https://auth.example.org/token" || bearer.ClientID != "ann" || !slices.Equal(bearer.Scopes, []string{"kafka", "gcn"}) || bearer.Extensions["logicalCluster"] != "lkc" {
		t.Errorf("output.sasl: %+v", bearer)
	}
	if _, err := bearer.ClientSecret.Reveal(); err == nil || !strings.Contains(err.Error(), "night/filters.yaml:12:25") {
		t.Errorf("a file that is not there: %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		if text := fmt.Sprintf(verb, *login); strings.Contains(text, secretValue) || strings.Contains(text, fmt.Sprintf("%x", secretValue)) {
			t.Errorf("%s prints the secret: %s", verb, text)
		}
	}
	if !login.Same(login) || login.Same(bearer) || login.Same(nil) {
		t.Error("logins are not told from each other")
	}
}

func TestASecretsFileIsReadAnewAndWithoutItsLineBreak(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	s := spec.SecretIn(file)
	for text, want := range map[string]string{"one\n": "one", "two\r\n": "two", " three ": " three ", "": "", "a\nb\n": "", "\n": ""} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := s.Reveal()
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
}

// A bracket in a text of the language opens nothing.
func TestABracketInATextIsNoneThatYAMLSplit(t *testing.T) {
	for _, where := range []string{`[comment contains "(", x > 1]`, `[comment == '((', x > 1]`, `[comment contains "\"(", abs(x) > 1]`} {
		text := "version: 1\nfilters:\n  - name: a\n    class: b\n    where: " + where + "\n"
		doc, mistakes := spec.Parse("filters.yaml", []byte(text), nil)
		if len(mistakes) > 0 {
			t.Errorf("%s: %v", where, mistakes)
		} else if clauses := doc.Files[0].Filters[0].Where; len(clauses) != 2 {
			t.Errorf("%s: %d clauses", where, len(clauses))
		}
	}
}
