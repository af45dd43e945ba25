package sky

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// readMOC reads a coverage from a FITS file, in the forms of MOC 1.1 (NUNIQ) and
// 2.0 (RANGE), or the part of a multi-order sky map that holds a probability.
func readMOC(file io.Reader, size int64, probability float64) (coverage, error) {
	t, err := readTable(file, size)
	if err != nil {
		return nil, err
	}
	if err := t.checkFrame(); err != nil {
		return nil, err
	}
	if t.isSkyMap() {
		return t.skyMap(probability)
	}
	if probability != 0 {
		return nil, about("probability", "leave probability out", "this is a MOC, not a sky map: it has no probabilities")
	}
	if len(t.columns) != 1 {
		return nil, mistake(0, "a MOC has one column, a multi-order sky map UNIQ and PROBDENSITY", "the table has %d columns, and is no MOC", len(t.columns))
	}
	if err := t.check(0, "IJK"); err != nil {
		return nil, err
	}
	switch ordering := t.header["ORDERING"]; ordering {
	case "RANGE":
		return t.ranges()
	case "NUNIQ", "":
		return t.uniques()
	default:
		return nil, mistake(0, "write the MOC with mocpy's save(…, format=\"fits\")", "the MOC's ORDERING is %s, and NUNIQ and RANGE are read", shown(ordering))
	}
}

// checkFrame refuses what is not of the sky in equatorial coordinates.
func (t *binaryTable) checkFrame() error {
	if d := t.header["MOCDIM"]; d != "" && d != "SPACE" {
		return mistake(0, "a region is a MOC of the sky", "this is a MOC of %s", strings.ToLower(shown(d)))
	}
	if frame := t.header["COORDSYS"]; frame != "" && frame[0] != 'C' && frame[0] != 'c' {
		return mistake(0, "make it in equatorial coordinates (ICRS)", "its COORDSYS is %s", shown(frame))
	}
	return nil
}

// ranges reads MOC 2.0: pairs of rows, the first pixel of a range and the one
// behind its last.
func (t *binaryTable) ranges() (coverage, error) {
	if t.rows%2 == 1 {
		return nil, mistake(0, "fetch it again", "the MOC has an odd number of range ends: %d", t.rows)
	}
	spans := make([]span, 0, t.rows/2)
	var from int64
	err := t.each(func(row int, bytes []byte) error {
		v := t.columns[0].integer(bytes)
		if row%2 == 0 {
			from = v
			return nil
		}
		if from < 0 || v <= from || uint64(v) > pixels(finest) {
			return mistake(0, "", "range %d of the MOC goes from %d to %d", row/2+1, from, v)
		}
		spans = append(spans, span{uint64(from), uint64(v)})
		return nil
	})
	return newCoverage(spans), err
}

// uniques reads MOC 1.1: a number for each cell.
func (t *binaryTable) uniques() (coverage, error) {
	spans := make([]span, 0, t.rows)
	err := t.each(func(row int, bytes []byte) error {
		made, ok := uniqueSpan(t.columns[0].integer(bytes))
		if !ok {
			return mistake(0, "", "row %d of the MOC is no cell: %d", row+1, t.columns[0].integer(bytes))
		}
		spans = append(spans, made)
		return nil
	})
	return newCoverage(spans), err
}

func uniqueSpan(number int64) (span, bool) {
	order, pixel, ok := unique(uint64(max(number, 0)))
	if !ok {
		return span{}, false
	}
	return cell(order, pixel)
}

// readJSON reads a coverage as JSON: {"3": [12, 13], "4": [200]}, pixels by
// order.
func readJSON(file io.Reader) (coverage, error) {
	from := &unmarked{from: bufio.NewReader(file)}
	d := json.NewDecoder(from)
	d.UseNumber() // a pixel may have 62 bits
	var spans []span
	if err := opened(d, '{', "a MOC in JSON is an object: {\"order\": [pixels]}"); err != nil {
		return nil, err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, jsonError(err)
		}
		key, _ := t.(string)
		order, err := strconv.Atoi(key)
		if err != nil || order < 0 || order > finest {
			return nil, mistake(0, "", "the order %q of the MOC is none from 0 to %d", shown(key), finest)
		}
		if spans, err = readCells(d, order, spans); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, jsonError(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, mistake(0, "", "something follows the MOC's object")
	}
	return newCoverage(spans), nil
}

func readCells(d *json.Decoder, order int, spans []span) ([]span, error) {
	if err := opened(d, '[', "each order has a list of pixels"); err != nil {
		return nil, err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, jsonError(err)
		}
		number, _ := t.(json.Number)
		pixel, err := strconv.ParseUint(number.String(), 10, 64)
		made, inside := cell(order, pixel)
		if err != nil || !inside {
			return nil, mistake(0, "", "order %d of the MOC has the pixel %v: it has integers from 0 to %d", order, t, pixels(order)-1)
		}
		spans = append(spans, made)
	}
	_, err := d.Token()
	return spans, jsonError(err)
}

// opened reads the delimiter that an object or list begins with.
func opened(d *json.Decoder, want json.Delim, help string) error {
	t, err := d.Token()
	if err != nil {
		return jsonError(err)
	}
	if t != want {
		return mistake(0, help, "the JSON is no MOC")
	}
	return nil
}

func jsonError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return mistake(0, "fetch it again", "the JSON is cut off")
	}
	return mistake(0, "", "the JSON cannot be read: %v", err)
}
