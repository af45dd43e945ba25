package sky

import (
	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// maxCorners bounds a polygon, whose edges are compared each with each.
const maxCorners = 1000

// polygon is a closed line of great circles, and the smaller of the two parts
// of the sky that it divides.
type polygon struct {
	loop    *s2.Loop
	corners []s2.Point
	bound   s2.Rect
}

// newPolygon makes a polygon of corners, each RA and Dec in degrees.
func newPolygon(corners [][2]float64) (polygon, error) {
	loop, err := loopOf(corners)
	if err != nil {
		return polygon{}, err
	}
	return polygon{loop, loop.Vertices(), loop.RectBound()}, nil
}

// has reports whether a direction is inside: whether the way to it from S2's
// origin, of which that is known, crosses the edge. Loop.ContainsPoint does the
// same, and allocates.
func (p polygon) has(x, y, z float64) bool {
	to, from := s2.PointFromCoords(x, y, z), s2.OriginPoint()
	if !p.bound.ContainsPoint(to) {
		return false
	}
	inside := p.loop.ContainsOrigin()
	last := p.corners[len(p.corners)-1]
	side := s2.RobustSign(from, to, last)
	for _, corner := range p.corners {
		next := s2.RobustSign(from, to, corner)
		// The way's great circle parts the corners; does theirs part its ends,
		// and on this half of the sphere?
		if next != side && s2.RobustSign(last, corner, from) == next && s2.RobustSign(last, corner, to) == side {
			inside = !inside
		}
		last, side = corner, next
	}
	return inside
}

// loopOf checks corners, and makes a loop of them.
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
