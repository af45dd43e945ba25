package simulate

import (
	"strings"
	"testing"
)

const twoFields = `{"type": "record", "name": "r", "fields": [
	{"name": "a", "type": "int"}, {"name": "b", "type": ["null", "float"]}]}`

func TestASlipFromTheSchemaIsAnError(t *testing.T) {
	root, err := newLayout([]byte(twoFields))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		write func(*packet)
		says  string
	}{
		{"right", func(p *packet) { p.int("a", 1); p.float("b", 2); p.close() }, ""},
		{"null", func(p *packet) { p.int("a", 1); p.null("b"); p.close() }, ""},
		{"order", func(p *packet) { p.float("b", 2) }, "field b (float) where the schema has a (int)"},
		{"type", func(p *packet) { p.text("a", "1") }, "field a (string) where"},
		{"too many", func(p *packet) { p.int("a", 1); p.null("b"); p.int("c", 1) }, "complete"},
		{"too few", func(p *packet) { p.int("a", 1); p.close() }, "closed before its field b"},
		{"not nullable", func(p *packet) { p.null("a") }, "cannot be null"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p packet
			p.reset(root)
			test.write(&p)
			switch {
			case test.says == "" && p.err != nil:
				t.Error(p.err)
			case test.says != "" && (p.err == nil || !strings.Contains(p.err.Error(), test.says)):
				t.Errorf("error %v, want %q in it", p.err, test.says)
			}
		})
	}
}
