package sky

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// degreesPerHour turns right ascensions in hours into degrees.
const degreesPerHour = 15

// parseRA reads a right ascension: degrees as a number, or hours, minutes and
// seconds ("05:34:31.9", "5 34 31.9", "05h34m31.9s"). With a d or ° the parts are
// degrees.
func parseRA(text string) (float64, bool) {
	if v, ok := parseNumber(text); ok {
		return v, true
	}
	v, ok := sexagesimal(text)
	if ok && !strings.ContainsAny(text, "d°") {
		v *= degreesPerHour
	}
	return v, ok
}

// parseDec reads a declination: degrees as a number, or degrees, minutes and
// seconds ("+22:00:52", "22d00m52s").
func parseDec(text string) (float64, bool) {
	if v, ok := parseNumber(text); ok {
		return v, true
	}
	if strings.Contains(text, "h") {
		return 0, false
	}
	return sexagesimal(text)
}

// parseNumber reads a finite decimal number; not NaN, Inf, hexadecimals, or
// digits grouped by _.
func parseNumber(text string) (float64, bool) {
	if text == "" || !strings.ContainsRune("+-.0123456789", rune(text[0])) || strings.ContainsAny(text, "xXpP_nN") {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// sexagesimal reads two or three parts, of which the later ones are below 60.
func sexagesimal(text string) (float64, bool) {
	text = strings.Replace(strings.TrimSpace(text), "−", "-", 1)
	sign := 1.0
	if rest, minus := strings.CutPrefix(text, "-"); minus {
		text, sign = rest, -1
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	parts := strings.FieldsFunc(text, isSeparator)
	if len(parts) < 2 || len(parts) > 3 || !unicode.IsDigit(rune(text[0])) {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for i, part := range parts {
		v, ok := parseNumber(part)
		last := i == len(parts)-1
		if !ok || !unicode.IsDigit(rune(part[0])) || i > 0 && v >= 60 || !last && v != math.Trunc(v) {
			return 0, false
		}
		sum += v / unit
		unit *= 60
	}
	return sign * sum, true
}

func isSeparator(r rune) bool { return strings.ContainsRune(": hdms°'\"′″’”", r) }

// unitNamed returns the degrees that an angular unit has; 0 for no unit.
func unitNamed(name string) float64 {
	switch strings.ToLower(strings.Trim(name, " .")) {
	case "deg", "degree", "degrees", "d", "°":
		return 1
	case "arcmin", "arcminute", "arcminutes", "amin", "'", "′":
		return 1.0 / 60
	case "arcsec", "arcsecs", "arcsecond", "arcseconds", "asec", "\"", "″":
		return 1.0 / 3600
	case "mas", "milliarcsec", "milliarcsecond", "milliarcseconds":
		return 1.0 / 3_600_000
	}
	return 0
}

// ParseRadius reads a number with its angular unit: "3 arcsec", "0.5deg". unit
// is how many degrees the unit has; 0 where the text names none that is known.
func ParseRadius(text string) (value, unit float64) {
	text = strings.TrimSpace(text)
	at := strings.LastIndexAny(text, "0123456789.") + 1
	v, ok := parseNumber(strings.TrimSpace(text[:at]))
	if !ok {
		return 0, 0
	}
	return v, unitNamed(text[at:])
}
