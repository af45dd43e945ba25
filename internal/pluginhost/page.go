package pluginhost

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// How many alerts a batch has at most where the plug-in says nothing, and
// however it says; and how many bytes.
const (
	batchSize    = 128
	maxBatchSize = 1024
	maxBatch     = 8 << 20
)

// page gathers the columns of one batch.
type page struct {
	slots    []int // of the plug-in's fields in an alert; -1: there is none
	builders []pluginpb.Builder
	alerts   int
	size     int
	raw      [][]byte
	sources  []string
	full     int
	needs    *pluginpb.Description
}

// NewPage implements filter.Asker.
func (p *Plugin) NewPage(fields []filter.Field) filter.Page {
	d := p.description
	made := &page{needs: d, full: batchSize, builders: make([]pluginpb.Builder, len(d.Fields))}
	if d.BatchSize > 0 {
		made.full = int(min(d.BatchSize, maxBatchSize))
	}
	for _, path := range d.Fields {
		slot := -1
		for i, field := range fields {
			if field.Path == path {
				slot = i
			}
		}
		made.slots = append(made.slots, slot)
	}
	return made
}

// Add implements filter.Page.
func (p *page) Add(alert *filter.Alert, raw []byte, source string) {
	for i, slot := range p.slots {
		if slot < 0 {
			p.builders[i].Add(filter.Value{})
		} else {
			p.builders[i].Add(alert.Values[slot])
		}
	}
	if p.needs.Raw {
		p.raw = append(p.raw, append([]byte(nil), raw...))
		p.size += len(raw)
	}
	if p.needs.Sources {
		p.sources = append(p.sources, string(pluginpb.Text(filter.StringOf(source))))
	}
	p.alerts++
}

// Full implements filter.Page.
func (p *page) Full() bool {
	if p.alerts >= p.full {
		return true
	}
	if p.alerts&7 != 0 {
		return false // to sum up the sizes takes time
	}
	size := p.size
	for i := range p.builders {
		size += p.builders[i].Size()
	}
	return size >= maxBatch
}

// Len implements filter.Page.
func (p *page) Len() int { return p.alerts }

// Reset implements filter.Page.
func (p *page) Reset() {
	for i := range p.builders {
		p.builders[i].Reset()
	}
	clear(p.raw)
	p.alerts, p.size, p.raw, p.sources = 0, 0, p.raw[:0], p.sources[:0]
}

// batch returns what is on the page.
func (p *page) batch(id uint64) *pluginpb.Batch {
	b := &pluginpb.Batch{Id: id, Alerts: uint32(p.alerts), Columns: make([]*pluginpb.Column, len(p.builders)), Raw: p.raw, Sources: p.sources}
	for i := range p.builders {
		b.Columns[i] = p.builders[i].Column()
	}
	return b
}
