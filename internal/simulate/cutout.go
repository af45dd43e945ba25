package simulate

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"
)

const (
	stampSide = 63
	fitsBlock = 2880
	noiseSize = 1 << 16
	// Pixels are counted in fractional parts, so that they are sums of
	// integers and the same on every machine.
	fractional = 1 << 10 // of a DN
	weights    = 1 << 12 // of a point spread's profile
	reach      = 18      // of a point spread [pixels]
)

// studio makes the images of alerts: what a camera would have recorded around
// a source, as gzip-compressed FITS.
type studio struct {
	noise  []int32 // normal deviates
	pixels [stampSide * stampSide]int64
	fits   []byte
	zipped bytes.Buffer
	writer *gzip.Writer
}

// newStudio prepares the noise. The compressor only codes by frequency: noise
// has no repetitions to find. It is this module's and not Go's, so that a new
// Go release cannot change a night's bytes.
func newStudio(seed uint64) (*studio, error) {
	s := &studio{noise: make([]int32, noiseSize), fits: newFITS()}
	r := stream(seed, 'w')
	for i := range s.noise {
		s.noise[i] = int32(r.normalInt())
	}
	var err error
	s.writer, err = gzip.NewWriterLevel(&s.zipped, gzip.HuffmanOnly)
	return s, err
}

// newFITS returns a file of one image whose pixels are still zero (FITS
// standard 4.0, sections 3 and 4).
func newFITS() []byte {
	cards := ""
	for _, card := range []string{
		fixed("SIMPLE", "T"), fixed("BITPIX", "-32"), fixed("NAXIS", "2"),
		fixed("NAXIS1", strconv.Itoa(stampSide)), fixed("NAXIS2", strconv.Itoa(stampSide)),
		"BUNIT   = 'DN      '", "ORIGIN  = 'Skysift simulated'", "END",
	} {
		cards += fmt.Sprintf("%-80s", card)
	}
	file := make([]byte, fitsBlock*(1+(4*stampSide*stampSide+fitsBlock-1)/fitsBlock))
	copy(file, fmt.Sprintf("%-*s", fitsBlock, cards))
	return file
}

// fixed is a card in fixed format: the value ends in column 30.
func fixed(keyword, value string) string { return fmt.Sprintf("%-8s= %20s", keyword, value) }

// blank fills the image with a background and its noise [DN].
func (s *studio) blank(r *random, sky, noise float64) {
	start, step := r.below(noiseSize), 1+2*r.below(200)
	level, deviation := int64(math.Round(sky*fractional)), int64(math.Round(noise*fractional))
	for i := range s.pixels {
		n := int64(s.noise[(start+i*step)%noiseSize])
		s.pixels[i] = level + n*deviation/normalUnit
	}
}

// add adds a round source of so much flux [DN], so wide [pixels], off the
// centre by dx and dy [pixels].
func (s *studio) add(flux, fwhm, dx, dy float64) {
	deviation := fwhm / 2.3548
	peak := int64(math.Round(min(max(flux/(2*math.Pi*deviation*deviation), -60000), 60000) * fractional))
	var column, row [stampSide]int64
	for i := range stampSide {
		column[i], row[i] = profile(i, dx, deviation), profile(i, dy, deviation)
	}
	for y := stampSide/2 - reach; y <= stampSide/2+reach; y++ {
		for x := stampSide/2 - reach; x <= stampSide/2+reach; x++ {
			s.pixels[y*stampSide+x] += peak * column[x] * row[y] / (weights * weights)
		}
	}
}

func profile(i int, centre, deviation float64) int64 {
	x := (float64(i-stampSide/2) - centre) / deviation
	return int64(math.Round(weights * math.Exp(-x*x/2)))
}

// develop returns the image as compressed FITS, valid until the next call.
func (s *studio) develop() ([]byte, error) {
	data := s.fits[fitsBlock:]
	for i, pixel := range s.pixels {
		binary.BigEndian.PutUint32(data[4*i:], math.Float32bits(float32(pixel)/fractional))
	}
	s.zipped.Reset()
	s.writer.Reset(&s.zipped)
	s.writer.ModTime = time.Unix(0, 0) // how gzip says that it has none
	if _, err := s.writer.Write(s.fits); err != nil {
		return nil, err
	}
	err := s.writer.Close()
	return s.zipped.Bytes(), err
}

// writeCutouts writes the three images, or nulls.
func (w *renderer) writeCutouts(a *shot) {
	if w.studio == nil {
		w.packet.null("cutoutScience", "cutoutTemplate", "cutoutDifference")
		return
	}
	scene := newScene(a)
	science := fmt.Sprintf("candid%d_pid%d_targ_sci.fits.gz", a.candid, a.pid)
	template := fmt.Sprintf("candid%d_ref.fits.gz", a.candid)
	difference := fmt.Sprintf("candid%d_pid%d_targ_scimref.fits.gz", a.candid, a.pid)
	w.writeCutout("cutoutScience", science, scene.science)
	w.writeCutout("cutoutTemplate", template, scene.template)
	w.writeCutout("cutoutDifference", difference, scene.difference)
}

func (w *renderer) writeCutout(name, file string, paint func(*studio)) {
	paint(w.studio)
	image, err := w.studio.develop()
	if err != nil {
		w.packet.fail(err)
	}
	w.packet.record(name)
	w.packet.text("fileName", file)
	w.packet.bytes("stampData", image)
	w.packet.close()
}
