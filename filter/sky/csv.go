package sky

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of one record, which in a file that is not what it seems may be all
// of it.
const (
	maxRecord  = 1 << 20
	maxColumns = 1000
)

// peekSize is how much of a file is looked at to tell its form.
const peekSize = 64 << 10

const byteOrderMark = "\xef\xbb\xbf"

// form is how a file writes its records, told from its first lines.
type form struct {
	comma byte
	first []string // the first record
	// above is the comment right above the first record, split as that is: some
	// programs put the header into a comment.
	above []string
}

// formOf tells a file's form from how it begins.
func formOf(head []byte) (form, error) {
	if isFITS(head) {
		return form{}, mistake(0, "save it as CSV", "this is a FITS file, not a catalogue of text lines")
	}
	if err := wrongKind(head); err != nil {
		return form{}, err
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return form{}, mistake(0, "save it as CSV", "this is not a file of text lines")
	}
	comment := ""
	for line := range strings.Lines(strings.TrimPrefix(string(head), byteOrderMark)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case line[0] == '#':
			comment = strings.TrimLeft(line, "# ")
		default:
			f := form{comma: commaOf(line)}
			f.first, f.above = f.split(line), f.split(comment)
			return f, nil
		}
	}
	return form{}, mistake(0, "", "the file has no rows")
}

// commaOf returns the character that splits a line into the most columns.
func commaOf(line string) byte {
	best, most := byte(','), 1
	for _, comma := range []byte("|\t;,") {
		if n := len(form{comma: comma}.split(line)); n > most {
			best, most = comma, n
		}
	}
	return best
}

// split returns a line's columns, trimmed.
func (f form) split(line string) []string {
	if line == "" {
		return nil
	}
	r := f.reader(strings.NewReader(line))
	r.ReuseRecord = false
	record, err := r.Read()
	if err != nil {
		return nil
	}
	trim(record)
	return record
}

func (f form) reader(from io.Reader) *csv.Reader {
	r := csv.NewReader(from)
	r.Comma, r.Comment = rune(f.comma), '#'
	r.FieldsPerRecord = -1
	r.LazyQuotes, r.TrimLeadingSpace = true, f.comma != '\t'
	r.ReuseRecord = true
	return r
}

func trim(record []string) {
	for i, cell := range record {
		record[i] = strings.TrimSpace(cell)
	}
}

// records reads a file's records one after another, within bounded memory.
type records struct {
	csv  *csv.Reader
	room *bounded
	line int // of the record last read
}

func newRecords(f form, from io.Reader) *records {
	room := &bounded{from: from, room: maxRecord}
	return &records{csv: f.reader(&unmarked{from: room}), room: room}
}

// next returns the next record that has anything in it, valid until the one
// after it; io.EOF at the end.
func (r *records) next() ([]string, error) {
	for {
		record, err := r.any()
		if err != nil || slices.ContainsFunc(record, func(cell string) bool { return cell != "" }) {
			return record, err
		}
	}
}

func (r *records) any() ([]string, error) {
	r.room.room = maxRecord
	record, err := r.csv.Read()
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, errRecord):
		return nil, mistake(r.line+1, "is a quote not closed?", "the row has more than %d KiB", maxRecord>>10)
	case errors.As(err, &syntax):
		return nil, mistake(syntax.StartLine, "", "%v", syntax.Err)
	case err != nil:
		return nil, err
	}
	r.line, _ = r.csv.FieldPos(0)
	if len(record) > maxColumns {
		return nil, mistake(r.line, "", "the row has %d columns, and at most %d are read", len(record), maxColumns)
	}
	trim(record)
	return record, nil
}

// errRecord is that a record has no end within bounds.
var errRecord = errors.New("the row is too long")

// bounded refuses to read on when it has read more than its room.
type bounded struct {
	from io.Reader
	room int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.room <= 0 {
		return 0, errRecord
	}
	n, err := b.from.Read(p)
	b.room -= n
	return n, err
}

// unmarked leaves out the byte-order mark that a file may begin with.
type unmarked struct {
	from    io.Reader
	started bool
}

func (u *unmarked) Read(p []byte) (int, error) {
	if u.started || len(p) < len(byteOrderMark) {
		return u.from.Read(p)
	}
	u.started = true
	n, err := io.ReadAtLeast(u.from, p, len(byteOrderMark))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if bytes.HasPrefix(p[:n], []byte(byteOrderMark)) {
		n = copy(p, p[len(byteOrderMark):n])
		if n == 0 && err == nil {
			return u.from.Read(p)
		}
	}
	return n, err
}

// shown is a cell as an error repeats it.
func shown(cell string) string {
	const most = 40
	if utf8.RuneCountInString(cell) > most {
		return string([]rune(cell)[:most]) + "…"
	}
	return cell
}
