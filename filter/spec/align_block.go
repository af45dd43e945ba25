package spec

import "strings"

// block walks a literal or folded block, which begins in the line after its
// indicator.
func (w *walk) block(folded bool) bool {
	header := w.rest()
	w.at = position{w.at.line + 1, 0}
	indent := w.indentation(header)
	for w.value != "" {
		if w.at.line > len(w.source.lines) {
			return w.ending()
		}
		line := w.source.line(w.at.line)
		w.at.offset = min(indent, len(line))
		if !w.blockLine(folded) {
			return false
		}
		w.at = position{w.at.line + 1, 0}
	}
	w.at = position{w.at.line - 1, len(w.source.line(w.at.line - 1))}
	return true
}

// blockLine walks one line of a block and the white space that its break
// became.
func (w *walk) blockLine(folded bool) bool {
	content := w.rest()
	if !strings.HasPrefix(w.value, content) {
		return false
	}
	for range len(content) {
		w.take(1, 1)
	}
	switch {
	case strings.HasPrefix(w.value, "\n"):
		w.take(1, 0)
	case folded && strings.HasPrefix(w.value, " "):
		w.take(1, 0)
	}
	return true
}

// ending walks over the newlines that a block keeps at the end of the file.
func (w *walk) ending() bool {
	last := len(w.source.lines)
	w.at = position{last, len(w.source.line(last))}
	for strings.HasPrefix(w.value, "\n") {
		w.take(1, 0)
	}
	return w.value == ""
}

// indentation returns how many spaces each line of a block begins with: those
// of its first line that is not empty. A header that gives the number itself
// counts from the parent's indentation, which the first line shows as well
// unless it begins with spaces of its own.
func (w *walk) indentation(header string) int {
	for number := w.at.line; number <= len(w.source.lines); number++ {
		line := w.source.line(number)
		trimmed := strings.TrimLeft(line, " ")
		if trimmed == "" {
			continue
		}
		own := 0
		if strings.ContainsAny(header, "123456789") {
			own = len(w.value) - len(strings.TrimLeft(w.value, " "))
		}
		return len(line) - len(trimmed) - own
	}
	return 0
}
