package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/skysift/skysift/internal/container"
)

// syncMarker closes the blocks of every container.
const syncMarker = "skysift simulate"

// shot is all there is to know of one alert before it is written.
type shot struct {
	source   *source
	field    *field
	exposure exposure
	pid      int64
	candid   int64
	// first is the row that the same object had in tonight's first exposure;
	// 0 where it was not seen.
	first  int64
	flux   photometry
	look   look
	around surroundings
	solar  solar
	past   past
}

// renderer turns sightings into alerts. It has scratch space of its own: one
// goroutine uses it.
type renderer struct {
	layout  *layout
	schema  []byte // without the blanks of its file
	packet  packet
	scratch []epoch
	studio  *studio // nil without cutouts
}

func newRenderer(o Options) (*renderer, error) {
	root, err := newLayout(schemaText)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, schemaText); err != nil {
		return nil, fmt.Errorf("simulated schema: %w", err)
	}
	w := &renderer{layout: root, schema: compact.Bytes()}
	if o.Cutouts == CutoutsFull {
		w.studio, err = newStudio(o.Seed)
	}
	return w, err
}

// render returns alert i of the plan.
func (w *renderer) render(p *plan, i int) []byte {
	a := p.shot(i)
	epochs := w.epochs(&a)
	a.past = a.source.past(a.exposure, epochs)
	w.packet.reset(w.layout)
	w.packet.text("schemavsn", "4.02")
	w.packet.text("publisher", publisher)
	w.packet.text("objectId", a.source.name(a.exposure))
	w.packet.long("candid", a.candid)
	w.writeCandidate(&a)
	w.writeHistory(&a, epochs)
	w.writeForced(&a, epochs)
	w.writeCutouts(&a)
	w.packet.close()
	if w.packet.err != nil {
		// The schema is embedded and every alert has the same fields, so no
		// input can lead here.
		panic(fmt.Sprintf("simulate: alert %d: %v", i, w.packet.err))
	}
	file := make([]byte, 0, container.OneSize(w.schema, w.packet.buf))
	return container.AppendOne(file, w.schema, []byte(syncMarker), w.packet.buf)
}

// shot gathers alert i.
func (p *plan) shot(i int) shot {
	seen := p.sightings[i]
	s := &p.sources[seen.source]
	e := p.exposure(s, int(seen.visit))
	a := shot{source: s, field: &p.fields[s.spot.field], exposure: e, pid: e.pid(s.spot.rcid), candid: p.candid(seen)}
	a.first = int64(s.firstRow)
	a.flux = s.measure(e)
	a.look = s.look(e, a.flux)
	a.around = s.surroundings(e.band)
	a.solar = s.solarObject(e)
	return a
}

// file is the name that a difference image would have.
func (e exposure) file(rcid int, f *field) string {
	return fmt.Sprintf("sim_%d_%06d_z%s_c%02d_o_q%d_scimrefdiffimg.fits.fz", e.pid(rcid)/10_000, f.number, e.band, rcid/4+1, rcid%4+1)
}
