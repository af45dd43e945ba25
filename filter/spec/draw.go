package spec

import (
	"regexp"
	"strings"
	"unicode"
)

// maxDrawn is how many characters of a line are shown around a mistake.
const maxDrawn = 100

// maxLine is how many bytes a line may have to be shown at all.
const maxLine = 4096

// secret matches a key whose value is not to be repeated on a terminal or in
// a log, and the rest of its line.
var secret = regexp.MustCompile(`(?i)((?:password|passwd|secret|token|credential|private_?key)[\w.-]*["']?\s*[:=]\s*)\S.*$`)

// shown returns a line of the file as an error may repeat it.
func shown(line string) string {
	if len(line) > maxLine {
		return ""
	}
	line = secret.ReplaceAllString(line, "${1}…")
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, line)
}

// clip cuts a line down to the characters around a column (from 1) and
// returns the column (from 0) in what is left. Indentation and the dash of a
// list item go, unless the mistake is in them.
func clip(line string, column int) (string, int) {
	runes := []rune(line)
	at := min(max(column-1, 0), len(runes))
	start := 0
	for start < at && (runes[start] == ' ' || runes[start] == '-' && start+1 < len(runes) && runes[start+1] == ' ') {
		start++
	}
	if at-start > maxDrawn*2/3 {
		start = at - maxDrawn*2/3
	}
	end := min(len(runes), start+maxDrawn)
	return strings.TrimRight(string(runes[start:end]), " "), at - start
}
