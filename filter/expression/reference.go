package expression

import (
	"fmt"
	"strings"
)

// SampleAlert is the alert, as JSON, that the examples of the function table
// are evaluated on.
const SampleAlert = `{
  "candidate": {"jd": 2460000.5, "magpsf": 18.0, "fid": 1},
  "prv_candidates": [
    {"jd": 2459997.5, "magpsf": null, "fid": 1},
    {"jd": 2459998.5, "magpsf": 18.25, "fid": 1},
    {"jd": 2459999.5, "magpsf": 18.5, "fid": 1}
  ],
  "scores": {"SN": 0.8, "AGN": 0.1}
}`

// SampleCatalogue is the file of the watchlist and of the catalogue named sample
// that the examples use; SampleRegion is the region, as JSON.
const (
	SampleCatalogue = `ra,dec,id,radius_arcsec,z
10,20,N1,5,0.03
10.002,20,N2,2,0.3
200,-30,N3,30,
`
	SampleRegion = `{"1": [19], "2": [40, 41]}`
)

//go:generate go test -run ^TestReferencePage$ -update

// Reference renders the reference page of the language's functions.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	b.WriteString("\n```json\n" + SampleAlert + "\n```\n")
	b.WriteString(referenceFiles + "\n```csv\n" + SampleCatalogue + "```\n\n```json\n" + SampleRegion + "\n```\n")
	group := ""
	for _, f := range Functions() {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&b, "\n## %s%s\n\n", strings.ToUpper(group[:1]), group[1:])
			b.WriteString("| Function | Gives | Example |\n|---|---|---|\n")
		}
		f.row(&b)
	}
	return b.String()
}

const referenceHead = `<!-- Generated from the function table of filter/expression by "go test ./filter/expression -run TestReferencePage -update". Do not edit. -->

# Functions

A missing argument gives a missing value, and a missing list is an empty list, where nothing else is said. A list
function reads the fields of each item as ` + "`.field`, the item itself as `#` and its position as `#index`" + `. A list may
also stand before the function: ` + "`prv_candidates | filter(.fid == 1) | count(.magpsf < 19)`" + `.

The examples are evaluated by the project's tests, on this alert (` + "`scores`" + ` being a map):
`

const referenceFiles = `
The watchlist and the catalogue named sample are this file, and the region is the MOC below it; the column of radii is the watchlist's:
`

func (f *Function) row(b *strings.Builder) {
	says := f.Doc
	if f.Units != "" {
		says += " (" + f.Units + ")"
	}
	if f.Source != "" {
		says += "<br>*" + f.Source + "*"
	}
	fmt.Fprintf(b, "| `%s` | %s | `%s` → `%s` |\n", cell(f.Signature()), cell(says), cell(f.Example), cell(f.Gives))
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
