package simulate

import (
	"math"
	"sort"
)

const (
	firstNight   = 2457754.5 // of ZTF's numbering [JD]
	surveyStart  = 2458194.5
	channels     = 64
	pixelScale   = 1.01  // [arcsec]
	channelWidth = 3072  // [pixels]
	channelPitch = 0.87  // between centres of channels [deg]
	historyDays  = 30.0  // how far back an alert's history goes
	slot         = 45.0  // from one exposure to the next [s]
	blockFields  = 40    // fields observed in g, then all again in r
	block        = 3600. // time for them [s]
	duskHour     = 2.6   // UT at Palomar, in November [h]
	zeroPoint    = 25.0  // of all fluxes here: 1 DN is magnitude 25
)

// band is a filter of the camera, numbered as ZTF does.
type band int

const (
	green band = 1
	red   band = 2
)

func (b band) String() string { return [...]string{"", "g", "r"}[b] }

// exposure is one image of all channels. Its numbers are those of the middle
// of the field; see at.
type exposure struct {
	jd      float64 // start
	band    band
	limit   float64 // magnitude at signal-to-noise 5
	seeing  float64 // full width at half maximum [pixels]
	zero    float64 // photometric zero point [mag]
	scatter float64 // of the calibration [mag]
	sky     float64 // background [DN]
	key     uint64  // names its random streams
}

// at returns the exposure as channel rcid saw it.
func (e exposure) at(rcid int) exposure {
	r := stream(e.key, uint64(rcid), 'q')
	e.limit = round(r.normal(e.limit, 0.08), 4)
	e.seeing = round(r.clipped(e.seeing, 0.05, 1.2, 5), 4)
	e.zero = round(r.normal(e.zero, 0.02), 6)
	return e
}

// night is the number of the exposure's night.
func (e exposure) night() int { return int(math.Floor(e.jd-0.5) - math.Floor(firstNight-0.5)) }

// pid numbers the image of one channel: night, 1/100,000 of the day, channel.
func (e exposure) pid(rcid int) int64 {
	fraction := e.jd - 0.5 - math.Floor(e.jd-0.5)
	return (int64(e.night())*100_000+int64(fraction*100_000))*10_000 + int64(rcid)*100 + 15
}

// field is one pointing: where, its exposures of the month before tonight in
// order of time, and its two of tonight.
type field struct {
	number  int
	centre  place
	history []exposure
	tonight [2]exposure
}

// newFields lays out the night: count fields where it is dark and up.
func newFields(seed uint64, night float64, count int) []field {
	fields := make([]field, count)
	for i := range fields {
		r := stream(seed, uint64(i), 'f')
		f := &fields[i]
		f.number = 201 + (i*7+r.below(7))%1600
		sin := r.between(math.Sin(-20*degree), math.Sin(72*degree))
		f.centre = place{ra: wrap(sunRA(night) + 180 + r.between(-75, 75)), dec: math.Asin(sin) / degree}
		start := night + duskHour/24 + float64(i/blockFields)*block/86400 + float64(i%blockFields)*slot/86400
		f.tonight[0] = newExposure(&r, start, green)
		f.tonight[1] = newExposure(&r, start+block/2/86400, red)
		f.history = newHistory(&r, start)
	}
	return fields
}

// newHistory has a visit every two nights or so, in both bands or in one, and
// nights lost to weather.
func newHistory(r *random, tonight float64) []exposure {
	var history []exposure
	cadence := r.between(1.5, 4)
	for back := cadence; back < historyDays-0.1; back += cadence * r.between(0.7, 1.3) {
		if r.chance(0.15) {
			continue
		}
		start := tonight - math.Round(back) + r.normal(0, 0.03)
		both := r.chance(0.8)
		if both || r.chance(0.5) {
			history = append(history, newExposure(r, start, green))
		}
		if both || len(history) == 0 {
			history = append(history, newExposure(r, start+0.04, red))
		}
	}
	sort.Slice(history, func(i, j int) bool { return history[i].jd < history[j].jd })
	return history
}

func newExposure(r *random, jd float64, b band) exposure {
	e := exposure{jd: round(jd, 7), band: b, key: r.pcg.Uint64()}
	e.limit = r.clipped(20.5, 0.35, 18.3, 21.2)
	e.seeing = r.clipped(2.1, 0.3, 1.5, 3.6)
	e.zero, e.sky = 26.2, r.between(90, 220)
	if b == red {
		e.limit -= 0.15
		e.zero, e.sky = 26.1, r.between(180, 400)
	}
	e.scatter = round(r.between(0.025, 0.06), 6)
	return e
}

// spot is where a source fell on the camera.
type spot struct {
	field int // position in the night's fields
	rcid  int
	x, y  float64 // [pixels]
}

// newSpot puts a source somewhere in a field.
func newSpot(r *random, field int) spot {
	return spot{field: field, rcid: r.below(channels), x: r.between(5, channelWidth-5), y: r.between(5, channelWidth-5)}
}

// place returns where on the sky s is.
func (s spot) place(f *field) place {
	column, row := float64(s.rcid%8)-3.5, float64(s.rcid/8)-3.5
	east := column*channelPitch*3600 + (s.x-channelWidth/2)*pixelScale
	north := row*channelPitch*3600 + (s.y-channelWidth/2)*pixelScale
	return f.centre.offset(east, north).rounded()
}
