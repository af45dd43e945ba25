package pluginhost

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// The bounds of what a plug-in may write into the log.
const (
	maxLine       = 2 << 10 // bytes; the rest of the line is cut off
	linesASecond  = 20      // on the average
	linesAtOnce   = 200
	rememberLines = 8 // of the last, to say what a plug-in died of
)

// stderr puts the lines that a plug-in writes into the log, with the filter's
// name. It takes everything at once, however much it is: the plug-in must not wait
// for us. What is too much is counted and left out.
type stderr struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	allowed float64
	since   time.Time
	left    int // lines left out since the last that was logged
	last    []string
}

func newStderr(log *slog.Logger, now func() time.Time) *stderr {
	return &stderr{log: log, now: now, allowed: linesAtOnce, since: now()}
}

// voice is one of the ways by which a plug-in writes: before it serves and when it
// dies, to its own stderr; while it serves, through the connection. Each has its
// own line in hand.
type voice struct {
	out  *stderr
	line []byte
	long bool // the line in hand is cut off
}

func (s *stderr) voice() *voice { return &voice{out: s} }

// Write implements io.Writer.
func (w *voice) Write(text []byte) (int, error) {
	w.out.mu.Lock()
	defer w.out.mu.Unlock()
	for rest := text; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			w.add(rest)
			break
		}
		w.add(rest[:end])
		w.flush()
		rest = rest[end+1:]
	}
	return len(text), nil
}

func (w *voice) add(part []byte) {
	room := maxLine - len(w.line)
	if len(part) > room {
		part, w.long = part[:room], true
	}
	w.line = append(w.line, part...)
}

// flush hands on the line in hand.
func (w *voice) flush() {
	line := strings.TrimRight(printable(w.line), " \r")
	if w.long {
		line += "…"
	}
	w.line, w.long = w.line[:0], false
	if line != "" {
		w.out.say(line)
	}
}

// say logs a line, if there is room in the log. It is called with mu held.
func (s *stderr) say(line string) {
	s.last = append(s.last[max(0, len(s.last)-rememberLines+1):], line)
	now := s.now()
	s.allowed = min(linesAtOnce, s.allowed+linesASecond*now.Sub(s.since).Seconds())
	s.since = now
	if s.allowed < 1 {
		s.left++
		return
	}
	s.allowed--
	if s.left > 0 {
		s.log.Warn("the plug-in writes too much: lines were left out", "lines", s.left)
		s.left = 0
	}
	s.log.Info("the plug-in says", "line", line)
}

// printable leaves out what would change the reader's terminal.
func printable(line []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, string(line))
}

// lastLine is the last that it said.
func (s *stderr) lastLine() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.last) == 0 {
		return ""
	}
	return s.last[len(s.last)-1]
}

// tail returns the last lines.
func (s *stderr) tail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.last, " | ")
}
