package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// align returns where in the source each byte of a scalar's value stands, and
// where the value ends; nil where that cannot be told.
//
// The value and the source are walked side by side. A character stands for
// itself, an escape for one character, and a line break with the indentation
// after it for the white space that YAML folded it into.
func (s *source) align(node *yaml.Node) []position {
	if node.Kind != yaml.ScalarNode {
		return nil
	}
	w := &walk{source: s, value: node.Value, at: s.byteOf(node.Line, node.Column)}
	if !w.property() {
		return nil
	}
	ok := false
	switch {
	case node.Style&yaml.LiteralStyle != 0, node.Style&yaml.FoldedStyle != 0:
		ok = w.block(node.Style&yaml.FoldedStyle != 0)
	case node.Style&yaml.DoubleQuotedStyle != 0:
		w.at.offset++
		ok = w.flow(w.escape)
	case node.Style&yaml.SingleQuotedStyle != 0:
		w.at.offset++
		ok = w.flow(w.doubledQuote)
	default:
		ok = w.flow(nil)
	}
	if !ok {
		return nil
	}
	return append(w.places, w.at)
}

// walk is how far align has come.
type walk struct {
	source *source
	value  string // what is left of the value
	at     position
	places []position // of the value's bytes that were walked over
}

func (w *walk) rest() string { return w.source.line(w.at.line)[w.at.offset:] }

// take says that the next n bytes of the value stand at the present place,
// which is width bytes long.
func (w *walk) take(n, width int) {
	for range n {
		w.places = append(w.places, w.at)
	}
	w.value = w.value[n:]
	w.at.offset += width
}

// property steps over an anchor or a tag before the scalar.
func (w *walk) property() bool {
	for {
		rest := w.rest()
		if rest == "" || rest[0] != '&' && rest[0] != '!' {
			return true
		}
		end := strings.IndexByte(rest, ' ')
		if end < 0 {
			return false
		}
		w.at.offset += end + len(rest[end:]) - len(strings.TrimLeft(rest[end:], " "))
	}
}

// flow walks a plain or quoted scalar. special steps over an escape and
// reports whether there was one.
func (w *walk) flow(special func() bool) bool {
	for w.value != "" {
		rest := w.rest()
		if strings.TrimLeft(rest, " \t") == "" || special != nil && rest == `\` {
			if !w.fold() {
				return false
			}
			continue
		}
		if special != nil && special() {
			continue
		}
		if !w.same() && !w.trailing() {
			return false
		}
	}
	return true
}

// same steps over a character that is the same in the source.
func (w *walk) same() bool {
	_, width := utf8.DecodeRuneInString(w.value)
	if !strings.HasPrefix(w.rest(), w.value[:width]) {
		return false
	}
	w.take(width, width)
	return true
}

// trailing steps over white space of the source that the value has lost.
func (w *walk) trailing() bool {
	rest := w.rest()
	if rest[0] != ' ' && rest[0] != '\t' {
		return false
	}
	w.at.offset++
	return true
}

// fold steps over the end of a line, empty lines and the indentation of the
// next one: a space of the value, a newline for each empty line, or nothing
// after a backslash.
func (w *walk) fold() bool {
	end := w.at
	for {
		w.at = position{w.at.line + 1, 0}
		if w.at.line > len(w.source.lines) {
			return false
		}
		rest := w.rest()
		if trimmed := strings.TrimLeft(rest, " \t"); trimmed != "" {
			w.at.offset = len(rest) - len(trimmed)
			break
		}
	}
	next := w.at
	w.at = end
	if strings.HasPrefix(w.value, " ") && w.rest() != `\` {
		w.take(1, 0)
	}
	for strings.HasPrefix(w.value, "\n") {
		w.take(1, 0)
	}
	w.at = next
	return true
}

// doubledQuote steps over the two quotes that stand for one.
func (w *walk) doubledQuote() bool {
	if w.value[0] != '\'' || !strings.HasPrefix(w.rest(), "''") {
		return false
	}
	w.take(1, 2)
	return true
}

// escape steps over a backslash and what it stands for.
func (w *walk) escape() bool {
	rest := w.rest()
	if rest[0] != '\\' {
		return false
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[rest[1]]
	_, width := utf8.DecodeRuneInString(w.value)
	if digits > 0 && len(rest) >= 2+digits {
		if code, err := strconv.ParseUint(rest[2:2+digits], 16, 32); err == nil {
			width = utf8.RuneLen(rune(code))
		}
	}
	if width < 1 || width > len(w.value) {
		return false
	}
	w.take(width, min(2+digits, len(rest)))
	return true
}
