package sky

import (
	"crypto/sha256"
	"fmt"
	"io"
)

// RegionSource says what a region is: a file, or polygons.
type RegionSource struct {
	Path string
	// Probability, above 0 and below 1, is how much of a sky map the region
	// holds; 0 where the file is a MOC.
	Probability float64
	// Polygons are corners, each RA and Dec in degrees.
	Polygons [][][2]float64
}

// Region is a part of the sky. It never changes, and any number of goroutines
// read it.
type Region struct {
	covered  coverage
	polygons []polygon
	digest   string
}

// Digest tells regions apart.
func (r *Region) Digest() string { return r.digest }

// Has reports whether a direction, in degrees, is in the region; ok is false
// where the angles are no direction.
func (r *Region) Has(ra, dec float64) (has, ok bool) {
	if !isDirection(ra, dec) {
		return false, false
	}
	if len(r.covered) > 0 && r.covered.has(pixelAt(finest, ra, dec)) {
		return true, true
	}
	if len(r.polygons) == 0 {
		return false, true
	}
	x, y, z := UnitVector(ra, dec)
	for i := range r.polygons {
		if r.polygons[i].has(x, y, z) {
			return true, true
		}
	}
	return false, true
}

// IsEmpty reports whether the region holds no direction.
func (r *Region) IsEmpty() bool { return len(r.covered) == 0 && len(r.polygons) == 0 }

// LoadRegion reads a region's file, or makes its polygons.
func LoadRegion(source RegionSource) (*Region, []*Error) {
	if source.Path == "" {
		return fromPolygons(source.Polygons)
	}
	file, info, err := open(source.Path)
	if err != nil {
		return nil, in(source.Path, []*Error{asError(err)})
	}
	defer file.Close()
	r, err := ReadRegion(source, file, info.Size())
	if err != nil {
		return nil, in(source.Path, []*Error{asError(err)})
	}
	return r, nil
}

// ReadRegion reads a region from what its source's file holds, which has size
// bytes.
func ReadRegion(source RegionSource, file io.ReadSeeker, size int64) (*Region, error) {
	head, err := headOf(file, 512)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, source.Probability)
	if _, err := io.Copy(sum, file); err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := &Region{digest: hexadecimal(sum.Sum(nil))}
	if isFITS(head) {
		r.covered, err = readMOC(file, size, source.Probability)
		return r, err
	}
	if err := wrongKind(head); err != nil {
		return nil, err
	}
	if source.Probability != 0 {
		return nil, about("probability", "leave probability out", "only a sky map in a FITS file has probabilities")
	}
	if !startsObject(head) {
		return nil, mistake(0, "a region is a MOC as FITS or JSON, or polygon: [[ra, dec], …]", "this is neither FITS nor JSON")
	}
	r.covered, err = readJSON(file)
	return r, err
}

func startsObject(head []byte) bool {
	for i, c := range head {
		if i < len(byteOrderMark) && c == byteOrderMark[i] || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			continue
		}
		return c == '{' || c == '['
	}
	return false
}

func fromPolygons(all [][][2]float64) (*Region, []*Error) {
	sum := sha256.Sum256([]byte(fmt.Sprintln("polygons", all)))
	r := &Region{digest: hexadecimal(sum[:])}
	for _, corners := range all {
		p, err := newPolygon(corners)
		if err != nil {
			return nil, []*Error{asError(err)}
		}
		r.polygons = append(r.polygons, p)
	}
	return r, nil
}
