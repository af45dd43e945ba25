package simulate

import (
	"cmp"
	"slices"
)

// sighting is one alert to be: a source in one of its field's exposures of
// tonight.
type sighting struct {
	source int32
	visit  int32
	row    int32 // in the table of its image, from 1
}

// plan is a whole night before its alerts are rendered. It does not change.
//
// Invariants:
//   - There are as many sightings as alerts were asked for, in order of time,
//     and each was detected.
//   - No two have the same exposure, channel and row.
//   - The share of each kind is that of the fractions, to one alert.
type plan struct {
	fields    []field
	sources   []source
	sightings []sighting
}

// alertsPerField is what a small night has; large ones have more.
const (
	alertsPerField = 60
	maxFields      = 400
)

func newPlan(o Options) *plan {
	p := &plan{}
	if o.Alerts == 0 {
		return p
	}
	p.fields = newFields(o.Seed, o.Night, min(max(o.Alerts/alertsPerField, 1), maxFields))
	quota := newQuota(o.Fractions)
	for i := uint64(0); len(p.sightings) < o.Alerts; i++ {
		r := stream(o.Seed, i, 's')
		kind := quota.next()
		before := len(p.sightings)
		p.add(&r, kind, o.Alerts)
		quota.took(kind, len(p.sightings)-before)
	}
	p.order()
	return p
}

// add draws sources of a kind until one is detected, and plans its alerts.
func (p *plan) add(r *random, kind Kind, most int) {
	for {
		visit := r.below(2)
		s := newSource(r, kind, p.fields, visit)
		if !s.measure(p.exposure(&s, visit)).detected() {
			continue
		}
		p.see(s, visit)
		if len(p.sightings) == most {
			return
		}
		if again, ok := p.again(r, s, 1-visit); ok && again.measure(p.exposure(&again, 1-visit)).detected() {
			p.seeAgain(s, again, 1-visit)
		}
		return
	}
}

// again returns s as tonight's other visit finds it: an asteroid has moved on
// and is another object there.
func (p *plan) again(r *random, s source, visit int) (source, bool) {
	if s.body == nil {
		return s, true
	}
	f := &p.fields[s.spot.field]
	next := f.tonight[visit]
	east, north := s.body.moved(next.jd - f.tonight[1-visit].jd)
	s.key = r.pcg.Uint64()
	s.spot.x += east / pixelScale
	s.spot.y += north / pixelScale
	s.place = s.place.offset(east, north).rounded()
	s.curve = once{next.jd, fluxOf(s.body.magnitude(next.band))}
	return s, min(s.spot.x, s.spot.y) > 0 && max(s.spot.x, s.spot.y) < channelWidth
}

func (p *plan) see(s source, visit int) {
	s.object = len(p.sources)
	p.sources = append(p.sources, s)
	p.sightings = append(p.sightings, sighting{source: int32(s.object), visit: int32(visit)})
}

func (p *plan) seeAgain(first, again source, visit int) {
	if again.body != nil {
		p.see(again, visit)
		return
	}
	p.sightings = append(p.sightings, sighting{source: int32(len(p.sources) - 1), visit: int32(visit)})
}

// exposure returns tonight's visit as the source's channel saw it.
func (p *plan) exposure(s *source, visit int) exposure {
	return p.fields[s.spot.field].tonight[visit].at(s.spot.rcid)
}

// order sorts the sightings as a night's alerts arrive, and numbers the rows.
func (p *plan) order() {
	slices.SortStableFunc(p.sightings, func(a, b sighting) int {
		sa, sb := &p.sources[a.source], &p.sources[b.source]
		return cmp.Or(
			cmp.Compare(p.fields[sa.spot.field].tonight[a.visit].jd, p.fields[sb.spot.field].tonight[b.visit].jd),
			cmp.Compare(sa.spot.rcid, sb.spot.rcid),
		)
	})
	for i := range p.sightings {
		p.sightings[i].row = 1
		if i > 0 && p.sameImage(p.sightings[i-1], p.sightings[i]) {
			p.sightings[i].row = p.sightings[i-1].row + 1
		}
		if p.sightings[i].visit == 0 {
			p.sources[p.sightings[i].source].firstRow = p.sightings[i].row
		}
	}
}

func (p *plan) sameImage(a, b sighting) bool {
	sa, sb := &p.sources[a.source].spot, &p.sources[b.source].spot
	return a.visit == b.visit && sa.field == sb.field && sa.rcid == sb.rcid
}

// quota hands out kinds so that their shares are kept.
type quota struct {
	share [4]float64
	taken [4]int
	total int
}

func newQuota(f Fractions) *quota {
	q := &quota{share: f.list()}
	for i := range q.share {
		q.share[i] /= f.sum()
	}
	return q
}

// next returns the kind that lies farthest behind its share.
func (q *quota) next() Kind {
	best, most := 0, -1.0
	for i, share := range q.share {
		if behind := share*float64(q.total+1) - float64(q.taken[i]); share > 0 && behind > most {
			best, most = i, behind
		}
	}
	return Kinds()[best]
}

func (q *quota) took(kind Kind, n int) {
	q.taken[slices.Index(Kinds(), kind)] += n
	q.total += n
}
