package simulate

import "math"

const (
	publisher  = "Skysift simulated"
	programme  = "Simulated"
	model      = "simulated"
	references = 15 // exposures in a reference image
)

// writeCandidate writes the detection that the alert tells of.
func (w *renderer) writeCandidate(a *shot) {
	p, e, l := &w.packet, a.exposure, a.look
	p.record("candidate")
	p.double("jd", e.jd)
	p.int("fid", int(e.band))
	p.long("pid", a.pid)
	p.float("diffmaglim", e.limit)
	p.text("pdiffimfilename", e.file(a.source.spot.rcid, a.field))
	p.text("programpi", programme)
	p.int("programid", 1)
	p.long("candid", a.candid)
	p.text("isdiffpos", l.positive)
	p.int("tblid", int(a.candid%10_000))
	p.int("nid", e.night())
	p.int("rcid", a.source.spot.rcid)
	p.int("field", a.field.number)
	w.writeLook(a, l, e)
	w.writeCatalogue(a)
	w.writeCalibration(a)
	p.close()
}

// writeLook writes what a candidate and an entry of its history have alike.
func (w *renderer) writeLook(a *shot, l look, e exposure) {
	p := &w.packet
	p.float("xpos", l.x)
	p.float("ypos", l.y)
	p.double("ra", l.place.ra)
	p.double("dec", l.place.dec)
	p.float("magpsf", l.mag)
	p.float("sigmapsf", l.magError)
	p.float("chipsf", l.chi)
	p.float("magap", l.magap)
	p.float("sigmagap", l.sigmagap)
	w.writeReference(a, l)
	p.float("sky", l.sky)
	p.float("magdiff", round(l.magap-l.mag, 6))
	p.float("fwhm", l.fwhm)
	p.float("classtar", l.classtar)
	p.float("mindtoedge", max(min(l.x, l.y, channelWidth-l.x, channelWidth-l.y), 0))
	p.float("magfromlim", round(e.limit-l.magap, 6))
	p.float("seeratio", l.seeratio)
	p.float("aimage", l.aimage)
	p.float("bimage", l.bimage)
	p.float("aimagerat", round(l.aimage/l.fwhm, 6))
	p.float("bimagerat", round(l.bimage/l.fwhm, 6))
	p.float("elong", round(l.aimage/l.bimage, 6))
	p.int("nneg", l.nneg)
	p.int("nbad", l.nbad)
	p.float("rb", l.rb)
}

func (w *renderer) writeReference(a *shot, l look) {
	p := &w.packet
	p.float("distnr", round(a.referenceDistance(l), 5))
	p.float("magnr", a.around.referenceMag)
	p.float("sigmagnr", a.around.referenceEr)
	p.float("chinr", a.around.referenceChi)
	p.float("sharpnr", a.around.sharpness)
}

// referenceDistance is from the detection to the nearest reference source
// [pixels].
func (a *shot) referenceDistance(l look) float64 {
	east := (l.place.ra - a.around.reference.ra) * math.Cos(l.place.dec*degree)
	return math.Hypot(east, l.place.dec-a.around.reference.dec) * 3600 / pixelScale
}

// writeCatalogue writes from the solar system outwards.
func (w *renderer) writeCatalogue(a *shot) {
	p, l, around := &w.packet, a.look, a.around
	p.float("ssdistnr", a.solar.distance)
	p.float("ssmagnr", a.solar.mag)
	p.text("ssnamenr", a.solar.name)
	p.float("sumrat", l.sumrat)
	p.float("magapbig", l.magapbig)
	p.float("sigmagapbig", l.sigmagapbig)
	p.double("ranr", around.reference.ra)
	p.double("decnr", around.reference.dec)
	w.writeNeighbour("sgmag1", "srmag1", "simag1", "szmag1", "sgscore1", "distpsnr1", around.near[0])
	p.int("ndethist", a.past.detections)
	p.int("ncovhist", a.past.covered)
	p.double("jdstarthist", a.past.first)
	p.double("jdendhist", a.exposure.jd)
	p.double("scorr", l.scorr)
	p.int("tooflag", 0)
	p.long("objectidps1", around.near[0].id)
	p.long("objectidps2", around.near[1].id)
	w.writeNeighbour("sgmag2", "srmag2", "simag2", "szmag2", "sgscore2", "distpsnr2", around.near[1])
	p.long("objectidps3", around.near[2].id)
	w.writeNeighbour("sgmag3", "srmag3", "simag3", "szmag3", "sgscore3", "distpsnr3", around.near[2])
	p.int("nmtchps", around.count)
}

func (w *renderer) writeNeighbour(g, r, i, z, score, distance string, n neighbour) {
	for band, name := range [4]string{g, r, i, z} {
		w.packet.float(name, n.mags[band])
	}
	w.packet.float(score, n.star)
	w.packet.float(distance, n.distance)
}

// writeCalibration writes what is the image's, not the detection's.
func (w *renderer) writeCalibration(a *shot) {
	p, e, around := &w.packet, a.exposure, a.around
	r := stream(e.key, uint64(a.source.spot.rcid), 'c')
	p.long("rfid", a.referenceID(e.band))
	p.double("jdstartref", surveyStart+20)
	p.double("jdendref", surveyStart+380)
	p.int("nframesref", references)
	p.text("rbversion", model)
	p.float("dsnrms", a.look.dsnrms)
	p.float("ssnrms", a.look.ssnrms)
	p.float("dsdiff", round(a.look.dsnrms-a.look.ssnrms, 6))
	w.writeZeroPoint(a, e)
	p.int("nmatches", 200+r.below(1500))
	w.writeColourTerm(e)
	p.float("zpclrcov", round(r.normal(-8e-5, 2e-5), 9))
	p.float("zpmed", round(e.zero-0.03, 4))
	p.float("clrmed", round(r.normal(0.8, 0.1), 4))
	p.float("clrrms", round(r.between(0.15, 0.25), 6))
	p.float("neargaia", around.gaia)
	p.float("neargaiabright", around.bright)
	p.float("maggaia", around.gaiaMag)
	p.float("maggaiabright", around.brightMag)
	p.float("exptime", 30)
	p.float("drb", a.look.drb)
	p.text("drbversion", model)
}

func (w *renderer) writeZeroPoint(a *shot, e exposure) {
	r := stream(e.key, uint64(a.source.spot.rcid), 'z')
	w.packet.float("magzpsci", e.zero)
	w.packet.float("magzpsciunc", round(r.between(1e-5, 1e-4), 9))
	w.packet.float("magzpscirms", e.scatter)
}

func (w *renderer) writeColourTerm(e exposure) {
	term := -0.05
	if e.band == red {
		term = 0.11
	}
	r := stream(e.key, 't')
	w.packet.float("clrcoeff", round(r.normal(term, 0.02), 6))
	w.packet.float("clrcounc", round(r.between(1e-5, 1e-4), 9))
}

// referenceID numbers a reference image: field, filter, channel.
func (a *shot) referenceID(b band) int64 {
	return int64(a.field.number)*1_000_000 + int64(b+11)*10_000 + 100 + int64(a.source.spot.rcid)
}
