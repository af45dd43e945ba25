package spec

import (
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	env := map[string]string{"A": "alpha", "EMPTY": "", "REF": "${A}", "_x1": "y"}
	lookup := func(name string) (string, bool) { value, set := env[name]; return value, set }
	for _, test := range []struct{ in, want, mistake string }{
		{"", "", ""},
		{"plain", "plain", ""},
		{"${A}", "alpha", ""},
		{"x-${A}.${_x1}", "x-alpha.y", ""},
		{"${NONE:-default}", "default", ""},
		{"${EMPTY:-default}", "default", ""},
		{"${A:-default}", "alpha", ""},
		{"${NONE:-}", "", ""},
		{"${NONE:-a:-b}", "a:-b", ""},
		{"${EMPTY}", "", ""},
		{"${REF}", "${A}", ""},
		{"pa$$word $A ${A}$", "pa$$word $A alpha$", ""},
		{"$${A}", "${A}", ""},
		{"${NONE}", "", "the environment has no variable NONE"},
		{"${A", "", "${ without its }"},
		{"${}", "", "no variable's name"},
		{"${1A}", "", "no variable's name"},
		{"${A B}", "", "no variable's name"},
		{"${A-b}", "", "no variable's name"},
		{"${A:-${EMPTY}}", "", "a default cannot have a variable in it"},
	} {
		got, mistakes := expand(test.in, lookup)
		if test.mistake == "" {
			if got != test.want || len(mistakes) > 0 {
				t.Errorf("%q: %q, %v; want %q", test.in, got, mistakes, test.want)
			}
			continue
		}
		if len(mistakes) != 1 || !strings.Contains(mistakes[0].err.Error(), test.mistake) {
			t.Errorf("%q: %v; want %s", test.in, mistakes, test.mistake)
		}
	}
}

// FuzzExpand looks for crashes, for growth without bound, and for a
// variable's value in a mistake.
func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"${A}", "${A:-b}", "$${", "${", "${A:-${B}}", "x${}y", "${É}"} {
		f.Add(seed)
	}
	const value = "\x00the value\x00"
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			return
		}
		got, mistakes := expand(s, func(name string) (string, bool) { return value, len(name)%2 == 0 })
		if len(got) > maxExpanded {
			t.Fatalf("%d bytes of %d", len(got), len(s))
		}
		for _, m := range mistakes {
			if strings.Contains(m.err.Error()+m.suggestion, value) {
				t.Fatalf("%q: %v", s, m.err)
			}
			if m.offset < 0 || m.offset+m.length > len(s) {
				t.Fatalf("%q: mistake at %d, %d bytes long", s, m.offset, m.length)
			}
		}
		if !strings.Contains(s, "${") && got != s && len(s) <= maxExpanded {
			t.Fatalf("%q became %q", s, got)
		}
	})
}
