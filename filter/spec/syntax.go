package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

const byteOrderMark = "\ufeff"

// parse returns the root of a file's only YAML document, and the text that
// its positions count in; nil where there is none.
func parse(path string, data []byte) (*source, *yaml.Node, *Error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	src := newSource(path, string(data))
	if mistake := src.unreadable(string(data)); mistake != nil {
		return src, nil, mistake
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return src, nil, &Error{Path: path, Err: errors.New("the file is empty: it needs version: 1 and filters; skysift demo --print-filters writes a first one")}
	}
	// The last line's break gives the end of the file a line of its own, which
	// is how an unclosed quote is told from one that opens in the last line.
	data = append(data[:len(data):len(data)], '\n')
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	root, err := decode(decoder)
	if errors.Is(err, io.EOF) || err == nil && len(root.Content) == 0 {
		return src, nil, &Error{Path: path, Err: errors.New("the file has comments only: it needs version: 1 and filters; skysift demo --print-filters writes a first one")}
	}
	if err != nil {
		return src, nil, src.syntaxMistake(data, err)
	}
	if mistake := src.secondDocument(decoder, data); mistake != nil {
		return src, nil, mistake
	}
	root = root.Content[0]
	if mistake := checkAliases(src, root); mistake != nil {
		return src, nil, mistake
	}
	return src, root, nil
}

// decode reads one YAML document. The library panics on some input that no
// test of its own has; a file of filters must not end a running service.
func decode(decoder *yaml.Decoder) (node *yaml.Node, err error) {
	defer func() {
		if failure := recover(); failure != nil {
			err = fmt.Errorf("yaml: cannot be read: %v", failure)
		}
	}()
	node = new(yaml.Node)
	err = decoder.Decode(node)
	return node, err
}

func (s *source) secondDocument(decoder *yaml.Decoder, data []byte) *Error {
	second, err := decode(decoder)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return s.syntaxMistake(data, err)
	}
	return mark{s, second}.mistake(errors.New("a second YAML document begins here: put it into a file of its own, in the same folder"))
}

// unreadable finds what no YAML text has in it.
func (s *source) unreadable(text string) *Error {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return &Error{Path: s.path, Err: errors.New("the file is in UTF-16: save it as UTF-8")}
	}
	for number, line := range s.lines {
		for offset, r := range line {
			at := position{number + 1, offset}
			switch {
			case r == 0:
				return s.mistake(at, 1, errors.New("a NUL byte: this is a binary file, not YAML"))
			case r == utf8.RuneError && !strings.HasPrefix(line[offset:], "\ufffd"):
				return s.mistake(at, 1, fmt.Errorf("byte 0x%02x is not UTF-8: save the file as UTF-8", line[offset]))
			case r < ' ' && r != '\t' || r == 0x7f:
				return s.mistake(at, 1, fmt.Errorf("control character %U: remove it", r))
			}
		}
	}
	return nil
}
