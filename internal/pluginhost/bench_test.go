package pluginhost_test

import (
	"testing"

	"github.com/skysift/skysift/filter"
)

// BenchmarkAsk is what an alert costs from the copying of its
// columns to its verdict, with the plug-in's process on the same machine.
func BenchmarkAsk(b *testing.B) {
	h, _ := newHost(b)
	p := open(b, h, config("good"))
	page := p.NewPage([]filter.Field{{Path: "id"}, {Path: "mag"}})
	alert := &filter.Alert{}
	alert.Reset(2)
	n := 0
	for b.Loop() {
		alert.Values[0], alert.Values[1] = filter.IntOf(int64(n)), filter.FloatOf(19)
		page.Add(alert, nil, "")
		n++
		if page.Full() {
			if _, err := p.Ask(b.Context(), page, true); err != nil {
				b.Fatal(err)
			}
			page.Reset()
		}
	}
}
