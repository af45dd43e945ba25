//go:build registry

package confluent_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/cache"
	"github.com/skysift/skysift/internal/child"
	"github.com/skysift/skysift/runtime/decode/confluent"
	"github.com/skysift/skysift/runtime/encode"
)

// apicurio is the version of Apicurio Registry that is started. It needs Java
// 17, and keeps its schemas in memory.
const apicurio = "3.0.9"

// unpacked returns the folder of the registry, fetched once. Maven's plug-in is
// an old one: newer ones want the parent of the artifact, which is not published.
func unpacked(t *testing.T) string {
	t.Helper()
	dir, err := cache.Folder("apicurio/"+apicurio, func(dir string) error {
		archive := "apicurio-registry-app-" + apicurio + "-all.tar.gz"
		for _, command := range [][]string{
			{"mvn", "--batch-mode", "--quiet", "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy",
				"-Dartifact=io.apicurio:apicurio-registry-app:" + apicurio + ":tar.gz:all", "-DoutputDirectory=" + dir},
			{"tar", "-xzf", filepath.Join(dir, archive), "-C", dir},
		} {
			run := exec.Command(command[0], command[1:]...)
			run.Dir = dir
			if out, err := run.CombinedOutput(); err != nil {
				return fmt.Errorf("fetching Apicurio Registry %s: %w\n%s", apicurio, err, out)
			}
		}
		return os.Remove(filepath.Join(dir, archive))
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// startApicurio starts a registry and returns its root for Confluent's API. It
// tries more than once: another process may take the port meanwhile.
func startApicurio(t *testing.T) string {
	t.Helper()
	root, err := tryApicurio(t)
	for tries := 1; err != nil && tries < 3; tries++ {
		t.Log(err)
		root, err = tryApicurio(t)
	}
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func tryApicurio(t *testing.T) (root string, err error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	dir := unpacked(t)
	java := exec.Command("java", "-Xmx400m", "-Dquarkus.http.host=127.0.0.1", fmt.Sprintf("-Dquarkus.http.port=%d", port),
		"-jar", filepath.Join(dir, "apicurio-registry-app-"+apicurio+"-runner.jar"))
	java.Dir = t.TempDir()
	var log strings.Builder
	java.Stdout, java.Stderr = &log, &log
	process, err := child.Start(java)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Kill)
	root = fmt.Sprintf("http://127.0.0.1:%d/apis/ccompat/v7", port)
	client := http.Client{Timeout: 20 * time.Second} // the first answer takes Java long
	for deadline := time.Now().Add(4 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		answer, err := client.Get(root + "/subjects")
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return root, nil
			}
		}
		if process.Ended() || time.Now().After(deadline) {
			process.Kill()
			return "", fmt.Errorf("the registry does not start: %v\n%s", err, log.String())
		}
	}
}

func TestARealRegistry(t *testing.T) {
	root := startApicurio(t)
	t.Run("gives schemas and their references", func(t *testing.T) { givesSchemas(t, root) })
	t.Run("numbers schemas", func(t *testing.T) { numbersSchemas(t, root) })
}

// givesSchemas asks what the fake is asked in each run.
func givesSchemas(t *testing.T, root string) {
	client, err := sr.NewClient(sr.URLs(root))
	if err != nil {
		t.Fatal(err)
	}
	create := func(subject string, schema sr.Schema) sr.SubjectSchema {
		t.Helper()
		created, err := client.CreateSchema(context.Background(), subject, schema)
		if err != nil {
			t.Fatal(err)
		}
		return created
	}
	source := create("source", avroSchema(`{"namespace":"lsst.v9_0","type":"record","name":"diaSource","fields":[{"name":"psfFlux","type":["null","float"],"default":null},{"name":"band","type":"string"}]}`))
	whole := create("alert", avroSchema(flat))
	parts := create("alert-in-parts", avroSchema(`{"namespace":"lsst.v9_0","type":"record","name":"alert","fields":[{"name":"diaSourceId","type":"long"},{"name":"diaSource","type":"lsst.v9_0.diaSource"},
		{"name":"prvDiaSources","type":["null",{"type":"array","items":"lsst.v9_0.diaSource"}],"default":null}]}`,
		sr.SchemaReference{Name: "lsst.v9_0.diaSource", Subject: "source", Version: source.Version}))
	r := registry(t, confluent.RegistryConfig{URL: root})
	for _, created := range []sr.SubjectSchema{whole, parts} {
		if err := eventually(t, r, uint32(created.ID)); err != nil { // a slow machine's registry is asked again
			t.Fatalf("%s: %v", created.Subject, err)
		}
		decoder := confluent.New(r).NewDecoder(fields("diaSource.band", "prvDiaSources[].psfFlux"))
		err := decoder.Decode(framed(uint32(created.ID)), func(alert *filter.Alert) error {
			if want := fmt.Sprintf("lsst.v9_0.alert id:%d", created.ID); alert.Values[0].Text() != "g" || alert.Schema != want {
				t.Errorf("band %q of schema %s, want %s", alert.Values[0].Text(), alert.Schema, want)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", created.Subject, err)
		}
	}
	if err := eventually(t, r, 4242); err == nil || !strings.Contains(err.Error(), "schema 4242: the registry does not know it") {
		t.Errorf("an unknown number gives %v", err)
	}
	if alarms := r.Alarms(); len(alarms) != 0 {
		t.Errorf("alarms %v", alarms)
	}
}

// numbersSchemas registers a schema as outputs are, under its topic's subject, and
// reads it by its number.
func numbersSchemas(t *testing.T, root string) {
	numbers, err := encode.NewRegistry(root, "", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	number := numberOf(t, numbers, "skysift.transient", flat)
	if again := numberOf(t, numbers, "skysift.transient", flat); again != number {
		t.Errorf("the schema has the numbers %d and %d", number, again)
	}
	r := registry(t, confluent.RegistryConfig{URL: root})
	if err := eventually(t, r, number); err != nil {
		t.Fatal(err)
	}
	schema, err := r.Schema(number)
	if want := fmt.Sprintf("lsst.v9_0.alert id:%d", number); err != nil || schema.String() != want {
		t.Errorf("schema %d is %v, %v, want %s", number, schema, err, want)
	}
	numberOf(t, numbers, "skysift.transient", `{"type":"record","name":"alert","namespace":"lsst.v9_1","fields":[{"name":"diaSourceId","type":"long"}]}`)
}

// numberOf asks until there is a number.
func numberOf(t *testing.T, numbers *encode.Registry, topic, schema string) uint32 {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		number, err := numbers.Number(topic, schema)
		if err == nil {
			return number
		}
		if time.Now().After(end) {
			t.Fatalf("no number: %v", err)
		}
	}
}
