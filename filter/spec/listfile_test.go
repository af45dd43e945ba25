package spec

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzListFile reads any bytes as a list's file: what is no mistake is texts or
// numbers, none of them empty.
func FuzzListFile(f *testing.F) {
	for _, seed := range []string{"SN\nNT\n", "1\n2.5\n-3\n", "# a\n\n b \r\nc", "\ufeff12", "1\nx\n", "a\x00b", "\xff", "1e999\n", "0x1f\n1_0\n"} {
		for _, as := range []string{"", "text", "numbers"} {
			f.Add([]byte(seed), as)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, as string) {
		words, err := wordsOf(string(data))
		if err != nil {
			return
		}
		items, err := itemsOf(words, as)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("%v has no place", err)
			}
			return
		}
		for _, item := range items {
			if item.IsMissing() || item.IsNumber() != items[0].IsNumber() || !item.IsNumber() && (item.Text() == "" || !utf8.ValidString(item.Text())) {
				t.Fatalf("%q as %q gives %s", data, as, item.AppendJSON(nil))
			}
		}
	})
}
