package runtime

import (
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
)

// The headers that an output carries besides its input's. Source names where
// it came from, so that any reader can tell a repetition.
const (
	HeaderClass   = "skysift-class"
	HeaderFilters = "skysift-filters"
	HeaderSource  = "skysift-source"
	HeaderSchema  = "skysift-schema"
	HeaderStage   = "skysift-stage"
	// HeaderUnjudged has the names of the filters that could not be asked about
	// the alert, as a JSON array.
	HeaderUnjudged = "skysift-unjudged"
	HeaderError    = "skysift-error"
	// HeaderEncoding is there where the value is not the input's own bytes.
	HeaderEncoding = "skysift-encoding"
	// HeaderFormat is what Hopskotch's client reads; "avro" is a container.
	HeaderFormat = "_format"
)

// maxErrorHeader bounds the text of an error in a header, in bytes.
const maxErrorHeader = 4 << 10

// AppendHeaders appends the output's headers to dst: first the input's, except
// those of the names above that are set anew or have become untrue, then ours. A
// match has its class,
// the filters as a JSON array of {"name", "version", "annotations"}, its source,
// and where they are known its schema, encoding and format; a reject has the
// stage, the error and its source.
func (o *Output) AppendHeaders(dst []Header) []Header {
	own := o.ownHeaders()
	for _, h := range o.Headers {
		if !o.belies(h.Key) && !hasKey(own, h.Key) {
			dst = append(dst, h)
		}
	}
	return append(dst, own...)
}

// belies reports whether a header of the input is not true of the output.
func (o *Output) belies(key string) bool {
	switch key {
	case HeaderFormat:
		return o.Encoding != "" // it is of that format no more
	case HeaderStage, HeaderError:
		return o.Rejection == nil // it comes from a topic of rejects, and passes now
	}
	return false
}

func (o *Output) ownHeaders() []Header {
	if o.Rejection != nil {
		return []Header{
			{HeaderStage, []byte(o.Rejection.Stage)},
			{HeaderError, []byte(cut(o.Rejection.Err.Error(), maxErrorHeader))},
			{HeaderSource, []byte(o.Origin)},
		}
	}
	own := make([]Header, 0, 6)
	own = append(own,
		Header{HeaderClass, []byte(o.Class)},
		Header{HeaderFilters, appendMatches(nil, o.Matches)},
		Header{HeaderSource, []byte(o.Origin)})
	if o.Schema != "" {
		own = append(own, Header{HeaderSchema, []byte(o.Schema)})
	}
	if len(o.Unjudged) > 0 {
		own = append(own, Header{HeaderUnjudged, appendNames(nil, o.Unjudged)})
	}
	if o.Encoding != "" {
		own = append(own, Header{HeaderEncoding, []byte(o.Encoding)})
	}
	if format := o.format(); format != "" {
		own = append(own, Header{HeaderFormat, []byte(format)})
	}
	return own
}

func appendNames(b []byte, names []string) []byte {
	b = append(b, '[')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = filter.AppendJSONString(b, name)
	}
	return append(b, ']')
}

// format names the value's format as Hopskotch's client knows it; "" where it
// knows none.
func (o *Output) format() string {
	switch {
	case o.Encoding == EncodingJSON:
		return "json"
	case o.Encoding == "" && o.Container:
		return "avro"
	}
	return ""
}

func hasKey(headers []Header, key string) bool {
	for _, h := range headers {
		if h.Key == key {
			return true
		}
	}
	return false
}

func appendMatches(b []byte, matches []Match) []byte {
	b = append(b, '[')
	for i, m := range matches {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = filter.AppendJSONString(b, m.Filter)
		b = append(b, `,"version":`...)
		b = filter.AppendJSONString(b, m.Version)
		if m.Annotations != nil {
			b = append(b, `,"annotations":`...)
			b = append(b, m.Annotations...)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// cut shortens s to at most n bytes, between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
