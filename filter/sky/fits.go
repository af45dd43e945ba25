package sky

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

// The first binary table of a FITS file is read, and of it columns with one
// number a row: the form of MOCs and of multi-order sky maps. See the FITS
// standard 4.0, sections 3, 4 and 7.3.

const (
	fitsBlock = 2880
	fitsCard  = 80
	// maxCards bounds a header.
	maxCards = 36 * 100
)

// header is the cards of one unit by their keyword, strings without quotes.
type header map[string]string

// binaryTable is a table whose rows are to be read from data.
type binaryTable struct {
	header
	rows, width int
	columns     []binaryColumn
	data        io.Reader
}

type binaryColumn struct {
	name   string
	form   byte // of FITS: 'K' is a 64-bit integer
	offset int
	single bool // one number a row
}

// readTable goes to the first binary table of a file that has size bytes.
func readTable(file io.Reader, size int64) (*binaryTable, error) {
	counted := &counter{from: bufio.NewReaderSize(file, 64<<10)}
	for unit := 0; ; unit++ {
		h, err := readHeader(counted)
		if errors.Is(err, io.EOF) && unit > 0 {
			return nil, mistake(0, "write the MOC with mocpy's save(…, format=\"fits\")", "the FITS file has no binary table")
		}
		if err != nil {
			return nil, err
		}
		if h["XTENSION"] == "BINTABLE" {
			return newTable(h, counted, size-counted.read)
		}
		length, err := h.dataSize()
		if err != nil {
			return nil, err
		}
		if length > size-counted.read {
			return nil, cutOff()
		}
		if _, err := io.CopyN(io.Discard, counted, length); err != nil {
			return nil, cutOff()
		}
	}
}

func cutOff() error { return mistake(0, "fetch it again", "the FITS file is cut off") }

type counter struct {
	from io.Reader
	read int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read += int64(n)
	return n, err
}

// readHeader reads the cards up to END; io.EOF where there is no further unit.
func readHeader(from io.Reader) (header, error) {
	h := header{}
	block := make([]byte, fitsBlock)
	for cards := 0; cards < maxCards; {
		switch n, err := io.ReadFull(from, block); {
		case n == 0 && cards == 0:
			return nil, io.EOF
		case err != nil:
			return nil, cutOff()
		}
		if cards == 0 && string(block[:6]) != "SIMPLE" && string(block[:8]) != "XTENSION" {
			return nil, io.EOF // what follows the last unit is nobody's
		}
		for at := 0; at < fitsBlock; at += fitsCard {
			card := string(block[at : at+fitsCard])
			if strings.TrimRight(card, " ") == "END" {
				return h, nil
			}
			cards++
			h.add(card)
		}
	}
	return nil, mistake(0, "", "a header of the FITS file has no end")
}

func (h header) add(card string) {
	if card[8:10] != "= " {
		return
	}
	name, value := strings.TrimSpace(card[:8]), strings.TrimSpace(card[10:])
	if rest, quoted := strings.CutPrefix(value, "'"); quoted {
		value, _, _ = strings.Cut(rest, "'")
	} else {
		value, _, _ = strings.Cut(value, "/")
	}
	h[name] = strings.TrimSpace(value)
}

// integer returns a card's number, which is from 0 to most; 0 where there is no
// such card.
func (h header) integer(name string, most int64) (int64, error) {
	text, ok := h[name]
	if !ok {
		return 0, nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 || v > most {
		return 0, mistake(0, "", "the FITS header says %s = %s", name, shown(text))
	}
	return v, nil
}

// dataSize returns how many bytes of data follow a header, blocks filled up.
func (h header) dataSize() (int64, error) {
	axes, err := h.integer("NAXIS", 999)
	if err != nil {
		return 0, err
	}
	if axes == 0 {
		return 0, nil
	}
	bits, err := strconv.Atoi(h["BITPIX"])
	if err != nil || bits < -64 || bits > 64 {
		return 0, mistake(0, "", "the FITS header says BITPIX = %s", shown(h["BITPIX"]))
	}
	size := int64(max(bits, -bits) / 8)
	for i := range axes {
		length, err := h.integer("NAXIS"+strconv.FormatInt(i+1, 10), maxFile)
		if err != nil {
			return 0, err
		}
		if size *= length; size > maxFile {
			return 0, cutOff()
		}
	}
	heap, err := h.integer("PCOUNT", maxFile)
	return (size + heap + fitsBlock - 1) / fitsBlock * fitsBlock, err
}

// newTable reads the columns' forms. left is how many bytes of the file follow
// the header.
func newTable(h header, data io.Reader, left int64) (*binaryTable, error) {
	width, widthErr := h.integer("NAXIS1", 1<<20)
	rows, rowsErr := h.integer("NAXIS2", maxFile)
	fields, fieldsErr := h.integer("TFIELDS", 999)
	if err := errors.Join(widthErr, rowsErr, fieldsErr); err != nil {
		return nil, err
	}
	if width*rows > left {
		return nil, mistake(0, "fetch it again", "the FITS file is cut off: its table has %d rows, of which %d are there", rows, max(left, 0)/max(width, 1))
	}
	t := &binaryTable{header: h, rows: int(rows), width: int(width), data: data}
	offset := 0
	for i := range fields {
		number := strconv.FormatInt(i+1, 10)
		form, size, count, ok := parseForm(h["TFORM"+number])
		if !ok {
			return nil, mistake(0, "", "the FITS header says TFORM%s = %s", number, shown(h["TFORM"+number]))
		}
		t.columns = append(t.columns, binaryColumn{strings.ToUpper(h["TTYPE"+number]), form, offset, count == 1})
		offset += size
	}
	if offset != t.width {
		return nil, mistake(0, "", "the columns of the FITS table have %d bytes a row, and it says %d", offset, width)
	}
	return t, nil
}

// parseForm reads a TFORM: how many, of what, and in how many bytes.
func parseForm(text string) (form byte, size, count int, ok bool) {
	at := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if at < 0 {
		return 0, 0, 0, false
	}
	count = 1
	if at > 0 {
		n, err := strconv.Atoi(text[:at])
		if err != nil || n > 1<<20 {
			return 0, 0, 0, false
		}
		count = n
	}
	form = text[at]
	if form == 'X' {
		return form, (count + 7) / 8, count, true
	}
	each, known := map[byte]int{'L': 1, 'B': 1, 'A': 1, 'I': 2, 'J': 4, 'K': 8, 'E': 4, 'D': 8, 'C': 8, 'M': 16, 'P': 8, 'Q': 16}[form]
	return form, each * count, count, known
}

// column returns the number of a column by its name, -1 where there is none.
func (t *binaryTable) column(name string) int {
	for i, c := range t.columns {
		if c.name == name {
			return i
		}
	}
	return -1
}

// integers checks that a column has one plain integer a row, or that it has one
// number, an integer or not.
func (t *binaryTable) check(column int, forms string) error {
	c := t.columns[column]
	number := strconv.Itoa(column + 1)
	if !c.single || strings.IndexByte(forms, c.form) < 0 {
		return mistake(0, "", "column %s of the FITS table has the form %s, and one number a row was expected", number, shown(t.header["TFORM"+number]))
	}
	if zero, scale := t.header["TZERO"+number], t.header["TSCAL"+number]; zero != "" && zero != "0" || scale != "" && scale != "1" {
		return mistake(0, "", "column %s of the FITS table is scaled (TZERO %s)", number, shown(zero))
	}
	return nil
}

// each calls visit with each row's bytes.
func (t *binaryTable) each(visit func(row int, bytes []byte) error) error {
	bytes := make([]byte, t.width)
	for row := range t.rows {
		if _, err := io.ReadFull(t.data, bytes); err != nil {
			return cutOff()
		}
		if err := visit(row, bytes); err != nil {
			return err
		}
	}
	return nil
}

func (c binaryColumn) integer(row []byte) int64 {
	switch c.form {
	case 'I':
		return int64(int16(binary.BigEndian.Uint16(row[c.offset:])))
	case 'J':
		return int64(int32(binary.BigEndian.Uint32(row[c.offset:])))
	}
	return int64(binary.BigEndian.Uint64(row[c.offset:]))
}

func (c binaryColumn) float(row []byte) float64 {
	if c.form == 'E' {
		return float64(math.Float32frombits(binary.BigEndian.Uint32(row[c.offset:])))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(row[c.offset:]))
}
