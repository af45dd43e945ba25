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
type digester map[*node][sha256.Size]byte

// version returns a filter's version: a digest of what it computes. The order
// of its clauses, its name and its description have no part in it.
func (d digester) version(f Filter, checked checkedFilter) string {
	var parts []string
	for _, c := range checked.clauses {
		parts = append(parts, fmt.Sprintf("clause %x", d.of(c.node)))
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

func (d digester) of(n *node) [sha256.Size]byte {
	if sum, ok := d[n]; ok {
		return sum
	}
	var b strings.Builder
	b.WriteString(n.op + " " + strconv.Quote(d.text(n)) + " " + strconv.Itoa(n.level))
	if n.digest != "" {
		b.WriteString(" content " + n.digest)
	}
	if n.op == opConst {
		b.WriteString(" " + constantText(n.value))
	}
	if n.op == opField {
		b.WriteString(" kind " + strconv.Itoa(int(n.typ.kind)))
	}
	for i, column := range n.columns {
		b.WriteString(" " + strconv.Quote(column.path))
		if n.kinds != nil {
			b.WriteString(" kind " + strconv.Itoa(int(n.kinds[i])))
		}
	}
	for _, arg := range n.args {
		sum := d.of(arg)
		b.Write(sum[:])
	}
	sum := sha256.Sum256([]byte(b.String()))
	d[n] = sum
	return sum
}

// text leaves out a row's type, which counts bases in the order in which the
// program's filters met them.
func (d digester) text(n *node) string {
	if n.op == opRow {
		return ""
	}
	return n.text
}
