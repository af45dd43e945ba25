package expression

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// versionLength is how many hexadecimal digits of the digest a version has.
const versionLength = 16

// digester computes digests of nodes, each once. A node's digest covers its
// operation and its operands' digests, and nothing that depends on the other
// filters of the program.
type digester struct {
	sums map[*node][sha256.Size]byte
	text []byte // what is being digested
}

// version returns a filter's version: a digest of what it computes. The order
// of its clauses, its name and its description have no part in it.
func (d *digester) version(f Filter, checked checkedFilter) string {
	var parts []string
	for _, c := range checked.clauses {
		sum := d.of(c.node)
		parts = append(parts, "clause "+hex.EncodeToString(sum[:]))
	}
	slices.Sort(parts)
	parts = slices.Compact(parts)
	for i, a := range f.Annotate {
		parts = append(parts, fmt.Sprintf("annotation %q %x", a.Name, d.of(checked.annotations[i])))
	}
	parts = append(parts, fmt.Sprintf("class %q", string(f.Class)))
	if len(f.Topics) > 0 {
		topics := slices.Clone(f.Topics)
		slices.Sort(topics)
		parts = append(parts, fmt.Sprintf("topics %q", slices.Compact(topics)))
	}
	sum := sha256.Sum256([]byte("skysift filter 1\n" + strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])[:versionLength]
}

func (d *digester) of(n *node) [sha256.Size]byte {
	if sum, ok := d.sums[n]; ok {
		return sum
	}
	for _, arg := range n.args {
		d.of(arg) // before the text of n is begun: they write theirs in the same place
	}
	d.text = appendMeaning(d.text[:0], n)
	for _, arg := range n.args {
		sum := d.sums[arg]
		d.text = append(d.text, sum[:]...)
	}
	sum := sha256.Sum256(d.text)
	d.sums[n] = sum
	return sum
}

// appendMeaning spells an operation without its operands.
func appendMeaning(b []byte, n *node) []byte {
	b = append(append(b, n.op...), ' ')
	b = strconv.AppendQuote(b, meaningText(n))
	b = appendNumber(b, ' ', n.level)
	if n.digest != "" {
		b = append(append(b, " content "...), n.digest...)
	}
	if n.op == opConst {
		b = appendConstant(append(b, ' '), n.value)
	}
	if n.op == opField {
		b = append(b, " kind"...)
		b = appendNumber(b, ' ', int(n.typ.kind))
	}
	for i, column := range n.columns {
		b = strconv.AppendQuote(append(b, ' '), column.path)
		if n.kinds != nil {
			b = append(b, " kind"...)
			b = appendNumber(b, ' ', int(n.kinds[i]))
		}
	}
	return b
}

// meaningText leaves out a row's type, which counts bases in the order in which
// the program's filters met them.
func meaningText(n *node) string {
	if n.op == opRow {
		return ""
	}
	return n.text
}
