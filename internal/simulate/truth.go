package simulate

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Truth is what one alert really shows.
type Truth struct {
	Candid   int64
	ObjectID string
	Class    Class
	RA, Dec  float64 // J2000 [deg]
	JD       float64 // of the exposure
	Redshift float64 // of a supernova; 0 for the rest
	PeakJD   float64 // of a supernova, in g; 0 for the rest
	Period   float64 // of a variable star [days]; 0 for the rest
}

// Kind returns the kind of the truth's class.
func (t Truth) Kind() Kind { return t.Class.Kind() }

// truth returns what sighting i shows.
func (p *plan) truth(i int) Truth {
	seen := p.sightings[i]
	s := &p.sources[seen.source]
	e := p.exposure(s, int(seen.visit))
	t := Truth{Candid: p.candid(seen), ObjectID: s.name(e), Class: s.class, RA: s.place.ra, Dec: s.place.dec, JD: e.jd}
	if s.explosion != nil {
		t.Redshift, t.PeakJD = s.explosion.redshift, s.explosion.peak
	}
	if s.pulse != nil {
		t.Period = s.pulse.period
	}
	return t
}

// candid numbers an alert: its image's pid, then its row there.
func (p *plan) candid(seen sighting) int64 {
	s := &p.sources[seen.source]
	return candid(p.exposure(s, int(seen.visit)).pid(s.spot.rcid), int64(seen.row))
}

func candid(pid, row int64) int64 { return pid*1_000_000 + 10_000 + row }

// name is the object's: SIM, the year, and seven letters that count.
func (s *source) name(e exposure) string {
	letters := []byte("aaaaaaa")
	for i, n := len(letters)-1, s.object; i >= 0; i, n = i-1, n/26 {
		letters[i] = 'a' + byte(n%26)
	}
	year := 2017 + int((e.jd-firstNight)/365.2425)
	return "SIM" + strconv.Itoa(year%100) + string(letters)
}

// columns of a truth.csv; a value that a class does not have is empty.
const columns = "candid,object_id,kind,class,jd,ra_deg,dec_deg,redshift,peak_jd,period_days"

// row returns t's values for the columns.
func (t Truth) row() []string {
	return []string{
		strconv.FormatInt(t.Candid, 10), t.ObjectID, string(t.Kind()), string(t.Class),
		number(t.JD), number(t.RA), number(t.Dec), known(t.Redshift), known(t.PeakJD), known(t.Period),
	}
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func known(x float64) string {
	if x == 0 {
		return ""
	}
	return number(x)
}

// TruthWriter writes truths as CSV, under a line that names the columns.
type TruthWriter struct{ table *csv.Writer }

// NewTruthWriter writes the names of the columns to w. What goes wrong shows
// at Flush.
func NewTruthWriter(w io.Writer) *TruthWriter {
	t := &TruthWriter{csv.NewWriter(w)}
	_ = t.table.Write(strings.Split(columns, ","))
	return t
}

// Write adds a line.
func (w *TruthWriter) Write(t Truth) { _ = w.table.Write(t.row()) }

// Flush returns the first error of all lines so far.
func (w *TruthWriter) Flush() error {
	w.table.Flush()
	return w.table.Error()
}
