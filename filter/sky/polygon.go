package sky

import (
	"sync"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// maxCorners bounds a polygon, whose edges are compared each with each.
const maxCorners = 1000

// polygons are closed lines of great circles, each with the smaller of the two
// parts of the sky that it divides.
type polygons struct {
	// queries are *s2.ContainsPointQuery, one for each goroutine that asks.
	queries sync.Pool
}

// newPolygons makes polygons of corners, each RA and Dec in degrees.
func newPolygons(all [][][2]float64) (*polygons, error) {
	index := s2.NewShapeIndex()
	for _, corners := range all {
		loop, err := loopOf(corners)
		if err != nil {
			return nil, err
		}
		index.Add(loop)
	}
	index.Build() // now, and not at the first alert
	return &polygons{queries: sync.Pool{New: func() any { return s2.NewContainsPointQuery(index, s2.VertexModelSemiOpen) }}}, nil
}

func loopOf(corners [][2]float64) (*s2.Loop, error) {
	if n := len(corners); n > 2 && corners[0] == corners[n-1] {
		corners = corners[:n-1] // closed, as GeoJSON has it
	}
	if len(corners) < 3 || len(corners) > maxCorners {
		return nil, about("polygon", "write [[ra, dec], [ra, dec], [ra, dec]]", "a polygon has 3 to %d corners, and this has %d", maxCorners, len(corners))
	}
	points := make([]s2.Point, len(corners))
	for i, corner := range corners {
		if ra, dec := corner[0], corner[1]; !isDirection(ra, dec) || ra < -180 || ra > 360 {
			return nil, about("polygon", "RA goes from 0 to 360, Dec from -90 to 90 degrees", "corner %d is at RA %g, Dec %g", i+1, ra, dec)
		}
		points[i] = s2.PointFromLatLng(s2.LatLng{Lat: s1.Angle(corner[1]) * s1.Degree, Lng: s1.Angle(corner[0]) * s1.Degree})
	}
	loop := s2.LoopFromPoints(points)
	if i, j := twice(points); j > 0 {
		return nil, about("polygon", "give each corner once", "corners %d and %d of the polygon are the same", i+1, j+1)
	}
	if err := loop.Validate(); err != nil || crosses(points) {
		return nil, about("polygon", "give the corners in order along its edge", "the polygon crosses itself")
	}
	loop.Normalize()
	return loop, nil
}

// has reports whether a direction, in degrees, is inside one.
func (p *polygons) has(ra, dec float64) bool {
	x, y, z := UnitVector(ra, dec)
	query := p.queries.Get().(*s2.ContainsPointQuery)
	defer p.queries.Put(query)
	return query.Contains(s2.PointFromCoords(x, y, z))
}

// twice returns two corners that are the same; j is 0 where there are none.
func twice(points []s2.Point) (i, j int) {
	for j := range points {
		for i := range j {
			if points[i] == points[j] {
				return i, j
			}
		}
	}
	return 0, 0
}

// crosses reports whether two edges of a closed line cross.
func crosses(points []s2.Point) bool {
	n := len(points)
	for i := range points {
		crosser := s2.NewEdgeCrosser(points[i], points[(i+1)%n])
		for j := i + 2; j < n && (i > 0 || j < n-1); j++ {
			if crosser.CrossingSign(points[j], points[(j+1)%n]) == s2.Cross {
				return true
			}
		}
	}
	return false
}
