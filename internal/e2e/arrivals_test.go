//go:build kafka

package e2e

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"
)

// source is a schema of Rubin's alerts, cut down; flux is the type of psfFlux.
func sourceSchema(version, flux string) sr.Schema {
	space := "lsst.v" + strings.ReplaceAll(version, ".", "_")
	return sr.Schema{Type: sr.TypeAvro, Schema: fmt.Sprintf(`{"namespace":%q,"type":"record","name":"alert","fields":[
		{"name":"diaSource","type":{"type":"record","name":"diaSource","fields":[
			{"name":"diaSourceId","type":"long"},{"name":"psfFlux","type":%q},{"name":"reliability","type":"float"}]}}]}`, space, flux)}
}

// framedSource is an alert of such a schema; its reliability is 0.9.
func framedSource(schema uint32, id int64, flux []byte) []byte {
	record := binary.BigEndian.AppendUint32([]byte{0}, schema)
	record = append(binary.AppendVarint(record, id), flux...)
	return binary.LittleEndian.AppendUint32(record, math.Float32bits(0.9))
}

func fluxNumber() []byte { return binary.LittleEndian.AppendUint32(nil, math.Float32bits(1000)) }
func fluxText() []byte   { return []byte("\x081000") }

const ofFluxAndScore = `version: 1
stream: {survey: lsst}
filters:
  - {name: bright, class: bright, where: diaSource.psfFlux > 500}
  - {name: real, class: real, where: diaSource.reliability > 0.5}
`

func TestASchemaThatArrivesInMidStreamStopsOnlyTheFiltersItBreaks(t *testing.T) {
	registry := srfake.New()
	defer registry.Close()
	registry.SeedSchema("alert-packet", 1, 1101, sourceSchema("11.1", "float"))
	s := newStage(t, 1, ofFluxAndScore)
	p := s.start("--schemas", registry.URL())
	produced := int64(0)
	produce := func(schema uint32, flux []byte, n int) {
		for range n {
			produced++
			s.cluster.ProduceValues(s, s.topic, 0, framedSource(schema, produced, flux))
		}
	}
	produce(1101, fluxNumber(), 10)
	s.awaitOutput("bright", 10)

	registry.SeedSchema("alert-packet", 2, 1200, sourceSchema("12.0", "string"))
	produce(1200, fluxText(), 10)
	produce(1101, fluxNumber(), 10)
	s.awaitCommitted(30)
	if bright, real := len(s.output("bright")), len(s.output("real")); bright != 20 || real != 30 {
		t.Errorf("the broken filter passed %d of 20 alerts of the known schema, the other %d of 30", bright, real)
	}
	if rejected := len(s.output("rejected")); rejected != 0 {
		t.Errorf("%d records are rejected", rejected)
	}
	const reason = `filter "bright", clause 1: `
	for _, line := range []string{`skysift_filter_broken{filter="bright"} 1`, `skysift_filter_broken{filter="real"} 0`,
		`skysift_filter_errors_total{filter="bright"} 10`, `skysift_filter_errors_total{filter="real"} 0`} {
		if !strings.Contains(metrics(t, p.Log()), line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if log := p.Log(); !strings.Contains(log, "filter=bright schema=\"lsst.v12_0.alert id:1200\"") || !strings.Contains(log, "first="+s.topic+"/0/10") {
		t.Errorf("the log names neither the filter, nor the schema and its first record, or not both:\n%s", log)
	}
	if body := served(t, p.Log(), "/readyz"); !strings.Contains(body, "filter bright does not judge alerts of schema lsst.v12_0.alert id:1200") || !strings.Contains(body, reason) || !strings.HasPrefix(body, "ready\n") {
		t.Errorf("/readyz says %s", body)
	}

	s.writeFilters(strings.Replace(ofFluxAndScore, "diaSource.psfFlux > 500", "diaSource.reliability > 0.8", 1))
	for deadline := time.Now().Add(enough); strings.Contains(served(t, p.Log(), "/readyz"), "bright"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the filter is corrected, and still said to be broken")
		}
	}
	produce(1200, fluxText(), 10)
	s.awaitOutput("bright", 30)
}
