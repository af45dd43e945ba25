package spec

import (
	"io/fs"
	"math"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
)

// maxItems bounds one named list.
const maxItems = 100_000

// List is a list with a name, from the file's lists section: texts alone or
// numbers alone.
type List struct {
	Name  string
	Items []filter.Value

	mark mark
}

// Mistake gives err, which is the whole list's, its place: the list's name.
func (l List) Mistake(err error) *Error { return l.mark.mistake(err) }

// ListFile is a file that a list names, read or not.
type ListFile struct {
	Path string
	// Was is the state of the file before it was read; nil where there was none.
	Was fs.FileInfo
}

func (r *reader) lists(node *yaml.Node) {
	r.pairs(node, "lists", func(name string, at, value *yaml.Node) {
		l := List{Name: name, mark: mark{r.source, at}}
		named := r.identifier(at, "a list")
		before := len(r.mistakes)
		switch value = aliased(value); {
		case value.Kind == yaml.SequenceNode:
			l.Items = r.listed(name, value)
		case value.Kind == yaml.MappingNode:
			r.listFile(&l, value)
		default:
			r.fail(value, "the list %s is items in brackets or a file, and this is %s", name, describe(value)).Suggestion =
				`write ["SN", "NT"], or {file: hosts.txt} for a file with one item a line`
		}
		if !named || len(r.mistakes) > before {
			r.file.Unread = append(r.file.Unread, name)
			return
		}
		r.file.Lists = append(r.file.Lists, l)
	})
}

// listed reads the items that stand in the file itself.
func (r *reader) listed(name string, node *yaml.Node) []filter.Value {
	switch {
	case len(node.Content) == 0:
		r.fail(node, "the list %s is empty: nothing is in it", name)
		return nil
	case len(node.Content) > maxItems:
		r.fail(node, "the list %s has %d items and may have %d", name, len(node.Content), maxItems)
		return nil
	}
	var items []filter.Value
	for _, child := range node.Content {
		child = aliased(child)
		item, help := itemOf(child)
		if item.IsMissing() {
			r.fail(child, "%s is no item of a list: it has texts or numbers", describe(child)).Suggestion = help
			return nil
		}
		if len(items) > 0 && item.IsNumber() != items[0].IsNumber() {
			r.fail(child, "%s is %s, and the list began with %s", clipped(child.Value), kindWord(item), kindWord(items[0])).Suggestion = help
			return nil
		}
		items = append(items, item)
	}
	return items
}

// itemOf reads one item; missing where it is none, with what to write instead.
func itemOf(node *yaml.Node) (item filter.Value, help string) {
	if node.Kind != yaml.ScalarNode {
		return filter.Value{}, "write each item by itself"
	}
	help = "write " + strconv.Quote(clipped(node.Value)) + " if it is text"
	switch node.Tag {
	case "!!str", "!!timestamp":
		return filter.StringOf(node.Value), ""
	case "!!int", "!!float":
		return numberOf(strings.ReplaceAll(node.Value, "_", ""), 0), help
	}
	return filter.Value{}, help
}

// numberOf reads a finite number, whole ones in a base as of strconv.ParseInt and
// with all 64 bits; missing where the text is none.
func numberOf(text string, base int) filter.Value {
	if n, err := strconv.ParseInt(text, base, 64); err == nil {
		return filter.IntOf(n)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || f != f {
		return filter.Value{}
	}
	return filter.FloatOf(f)
}

func kindWord(item filter.Value) string {
	if item.IsNumber() {
		return "a number"
	}
	return "text"
}
