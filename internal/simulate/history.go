package simulate

import "math"

const forcedMissing = -99999.0 // ZTF's word for a forced measurement that failed

// epoch is one earlier exposure of a source, and what it measured.
type epoch struct {
	exposure   exposure
	photometry photometry
}

// past sums up all detections of a source, this one included.
type past struct {
	detections, covered int
	first               float64 // [JD]
}

// epochs returns the earlier exposures of the month, oldest first.
func (w *renderer) epochs(a *shot) []epoch {
	w.scratch = w.scratch[:0]
	for _, e := range a.field.history {
		w.scratch = append(w.scratch, a.source.epoch(e))
	}
	for _, e := range a.field.tonight {
		if e.jd < a.exposure.jd {
			w.scratch = append(w.scratch, a.source.epoch(e))
		}
	}
	return w.scratch
}

func (s *source) epoch(e exposure) epoch {
	e = e.at(s.spot.rcid)
	return epoch{e, s.measure(e)}
}

// past counts the detections of the month, and adds what was before it.
func (s *source) past(now exposure, epochs []epoch) past {
	r := stream(s.key, 'h')
	p := past{detections: 1, first: now.jd, covered: 250 + r.below(1200)}
	for i := len(epochs) - 1; i >= 0; i-- {
		if epochs[i].photometry.detected() {
			p.detections++
			p.first = epochs[i].exposure.jd
		}
	}
	switch {
	case s.pulse != nil || s.class == Dipole:
		share := r.between(0.03, 0.6)
		if s.class == Dipole {
			share *= 0.15
		}
		p.detections += int(share * float64(p.covered))
		p.first = round(surveyStart+r.between(1, 400), 7)
	case s.explosion != nil:
		p.before(&r, s.explosion, now.jd-historyDays)
	}
	return p
}

// before adds the detections of a supernova that is older than the month: one
// every other day from when it was bright enough.
func (p *past) before(r *random, e *explosion, month float64) {
	limit := fluxOf(20.2)
	for jd := month - r.uniform(); jd > e.first(); jd -= 2 {
		if e.flux(jd, red) > limit {
			p.detections++
			p.first = round(jd, 7)
		}
	}
}

// writeHistory writes prv_candidates; null where there was no exposure.
func (w *renderer) writeHistory(a *shot, epochs []epoch) {
	if len(epochs) == 0 {
		w.packet.null("prv_candidates")
		return
	}
	w.packet.list("prv_candidates", len(epochs), func(i int) { w.writeEarlier(a, epochs[i]) })
}

func (w *renderer) writeEarlier(a *shot, past epoch) {
	p, e := &w.packet, past.exposure
	pid := e.pid(a.source.spot.rcid)
	p.double("jd", e.jd)
	p.int("fid", int(e.band))
	p.long("pid", pid)
	p.float("diffmaglim", e.limit)
	p.text("pdiffimfilename", e.file(a.source.spot.rcid, a.field))
	p.text("programpi", programme)
	p.int("programid", 1)
	if past.photometry.detected() {
		w.writeEarlierDetection(a, past, pid)
	} else {
		w.writeUpperLimit(a, e)
	}
	w.writeZeroPoint(a, e)
	w.writeColourTerm(e)
	p.text("rbversion", model)
}

func (w *renderer) writeEarlierDetection(a *shot, past epoch, pid int64) {
	p, e := &w.packet, past.exposure
	l := a.source.look(e, past.photometry)
	row := int64(l.tblid)
	if e.key == a.field.tonight[0].key && a.first > 0 {
		row = a.first
	}
	p.long("candid", candid(pid, row))
	p.text("isdiffpos", l.positive)
	p.long("tblid", row)
	p.int("nid", e.night())
	p.int("rcid", a.source.spot.rcid)
	p.int("field", a.field.number)
	w.writeLook(a, l, e)
	p.null("ssdistnr", "ssmagnr", "ssnamenr")
	p.float("sumrat", l.sumrat)
	p.float("magapbig", l.magapbig)
	p.float("sigmagapbig", l.sigmagapbig)
	p.double("ranr", a.around.reference.ra)
	p.double("decnr", a.around.reference.dec)
	p.double("scorr", l.scorr)
}

func (w *renderer) writeUpperLimit(a *shot, e exposure) {
	p := &w.packet
	p.null("candid", "isdiffpos", "tblid")
	p.int("nid", e.night())
	p.int("rcid", a.source.spot.rcid)
	p.int("field", a.field.number)
	p.null("xpos", "ypos", "ra", "dec", "magpsf", "sigmapsf", "chipsf", "magap", "sigmagap", "distnr", "magnr", "sigmagnr", "chinr",
		"sharpnr", "sky", "magdiff", "fwhm", "classtar", "mindtoedge", "magfromlim", "seeratio", "aimage", "bimage", "aimagerat",
		"bimagerat", "elong", "nneg", "nbad", "rb", "ssdistnr", "ssmagnr", "ssnamenr", "sumrat", "magapbig", "sigmagapbig", "ranr",
		"decnr", "scorr")
}

// writeForced writes fp_hists, newest first as ZTF does; null where there was
// no exposure.
func (w *renderer) writeForced(a *shot, epochs []epoch) {
	if len(epochs) == 0 {
		w.packet.null("fp_hists")
		return
	}
	w.packet.list("fp_hists", len(epochs), func(i int) { w.writeForcedEpoch(a, epochs[len(epochs)-1-i]) })
}

func (w *renderer) writeForcedEpoch(a *shot, past epoch) {
	p, e := &w.packet, past.exposure
	r := stream(a.source.key, e.key, 'o')
	p.int("field", a.field.number)
	p.int("rcid", a.source.spot.rcid)
	p.int("fid", int(e.band))
	p.long("pid", e.pid(a.source.spot.rcid))
	p.long("rfid", a.referenceID(e.band))
	p.float("sciinpseeing", e.seeing)
	p.float("scibckgnd", round(e.sky, 3))
	p.float("scisigpix", round(math.Sqrt(e.sky/2), 5))
	w.writeZeroPoint(a, e)
	w.writeColourTerm(e)
	p.float("exptime", 30)
	p.float("adpctdif1", round(r.between(0.06, 0.1), 6))
	p.float("adpctdif2", round(r.between(0.06, 0.1), 6))
	p.float("diffmaglim", e.limit)
	p.int("programid", 1)
	p.double("jd", e.jd)
	if r.chance(0.3) {
		w.writeForcedFailure()
		return
	}
	scale := math.Pow(10, 0.4*(e.zero-zeroPoint))
	p.float("forcediffimflux", round(past.photometry.flux*scale, 3))
	p.float("forcediffimfluxunc", round(past.photometry.sigma*scale, 3))
	p.text("procstatus", "0")
	p.float("distnr", round(a.referenceDistance(a.look)*pixelScale, 6))
	p.double("ranr", a.around.reference.ra)
	p.double("decnr", a.around.reference.dec)
	p.float("magnr", a.around.referenceMag)
	p.float("sigmagnr", a.around.referenceEr)
	p.float("chinr", a.around.referenceChi)
	p.float("sharpnr", a.around.sharpness)
}

func (w *renderer) writeForcedFailure() {
	p := &w.packet
	p.float("forcediffimflux", forcedMissing)
	p.float("forcediffimfluxunc", forcedMissing)
	p.text("procstatus", "61")
	p.float("distnr", forcedMissing)
	p.double("ranr", forcedMissing)
	p.double("decnr", forcedMissing)
	for _, name := range []string{"magnr", "sigmagnr", "chinr", "sharpnr"} {
		p.float(name, forcedMissing)
	}
}
