package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/schemas"
)

const validateSchemaHelp = `With --schema, what another version of the alerts' schema does to the filters. NEW
is an .avsc file, a folder of them as surveys publish them, a file of alerts, or
a known version such as ztf@4.02. Each filter

  breaks      a clause is false for every alert, or no longer fits the kinds
  changes     a field that it reads is missing in every alert from now on
  unaffected  nothing that it reads has changed

The exit code is 1 if a filter breaks.`

// newSchema is a schema that filters are held against.
type newSchema struct {
	name   string
	schema *filter.Schema
}

// readNewSchemas reads what --schema names.
func readNewSchemas(in *input, names []string) ([]newSchema, error) {
	var all []newSchema
	for _, name := range names {
		found, err := readNewSchema(in, name)
		if err != nil {
			return nil, wrong("--schema: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func readNewSchema(in *input, name string) ([]newSchema, error) {
	info, err := os.Stat(name)
	if survey, version, ok := strings.Cut(name, "@"); ok && errors.Is(err, fs.ErrNotExist) {
		schema, err := schemas.At(survey, version)
		return []newSchema{{name, schema}}, err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or folder; a known version is written as ztf@4.02", name)
	case err != nil:
		return nil, err
	case info.IsDir() || filepath.Ext(name) == ".avsc":
		return packetSchemas(name)
	}
	value, err := readSample(name)
	if err != nil {
		return nil, err
	}
	schema, err := in.Describe(value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return []newSchema{{name, schema}}, nil
}

// packetSchemas are those of each version at a path.
func packetSchemas(path string) ([]newSchema, error) {
	packets, err := avro.ReadPackets(path)
	if err != nil {
		return nil, err
	}
	var all []newSchema
	for _, p := range packets {
		all = append(all, newSchema{p.Path, p.Schema.Describe()})
	}
	return all, nil
}

// schemaReport is what a schema does to the filters of one file or folder.
type schemaReport struct {
	Schema  string         `json:"schema"`
	Breaks  int            `json:"breaks"`
	Filters []schemaEffect `json:"filters"`
}

// schemaEffect is what it does to one filter.
type schemaEffect struct {
	Filter   string        `json:"filter"`
	Effect   string        `json:"effect"` // breaks, changes, unaffected
	Gone     []string      `json:"gone"`
	Kinds    []kindJSON    `json:"kinds"`
	Losses   []lossJSON    `json:"losses"`
	Mistakes []mistakeJSON `json:"mistakes"`

	effect compile.Effect
}

type kindJSON struct {
	Field string `json:"field"`
	Was   string `json:"was"`
	Is    string `json:"is"`
}

// lossJSON is a clause, numbered from 1, or an annotation that reads what is
// gone. Fate is empty where it depends on the alert.
type lossJSON struct {
	Clause     int             `json:"clause,omitempty"`
	Annotation string          `json:"annotation,omitempty"`
	Text       string          `json:"text"`
	Gone       []string        `json:"gone"`
	Fate       expression.Fate `json:"fate,omitempty"`
}

func newSchemaReport(name string, effects []compile.Effect) schemaReport {
	r := schemaReport{Schema: name, Filters: []schemaEffect{}}
	for _, e := range effects {
		told := schemaEffect{
			Filter: e.Filter.Name, Effect: "unaffected", Gone: append([]string{}, e.Gone...), Kinds: []kindJSON{}, Losses: []lossJSON{},
			Mistakes: toJSON(e.Mistakes), effect: e,
		}
		switch {
		case e.Breaks():
			told.Effect = "breaks"
			r.Breaks++
		case e.Changes():
			told.Effect = "changes"
		}
		for _, k := range e.Kinds {
			told.Kinds = append(told.Kinds, kindJSON{k.Path, k.Was.String(), k.Is.String()})
		}
		for _, loss := range e.Losses {
			told.Losses = append(told.Losses, newLossJSON(e, loss))
		}
		r.Filters = append(r.Filters, told)
	}
	return r
}

func newLossJSON(e compile.Effect, loss expression.Loss) lossJSON {
	told := lossJSON{Gone: loss.Fields, Fate: loss.Fate}
	if loss.Annotation >= 0 {
		a := e.Filter.Annotate[loss.Annotation]
		told.Annotation, told.Text = a.Name, onOneLine(a.Expression.Source)
		return told
	}
	told.Clause, told.Text = loss.Clause+1, onOneLine(e.Filter.Where[loss.Clause].Source)
	return told
}

func onOneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// write tells people what is affected, what breaks first.
func (r schemaReport) write(w io.Writer, path string) {
	of := map[string][]schemaEffect{}
	for _, f := range r.Filters {
		of[f.Effect] = append(of[f.Effect], f)
	}
	fmt.Fprintf(w, "\nThe schema %s breaks %s of %s, changes %d and leaves %d as they are.\n",
		r.Schema, count(len(of["breaks"]), "filter"), path, len(of["changes"]), len(of["unaffected"]))
	for _, effect := range []string{"breaks", "changes"} {
		for _, f := range of[effect] {
			f.write(w)
		}
	}
	for _, f := range of["unaffected"] {
		fmt.Fprintf(w, "unaffected  %s\n", f.Filter)
	}
}

func (f schemaEffect) write(w io.Writer) {
	fmt.Fprintf(w, "%-10s  %s\n", f.Effect, f.Filter)
	if len(f.Gone) > 0 {
		fmt.Fprintf(w, "    missing in every alert: %s\n", strings.Join(f.Gone, ", "))
	}
	for _, k := range f.Kinds {
		fmt.Fprintf(w, "    of another kind: %s was %s and is %s\n", k.Field, k.Was, k.Is)
	}
	for _, loss := range f.Losses {
		fmt.Fprintf(w, "    %s\n", loss)
	}
	if len(f.effect.Mistakes) > 0 {
		fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(drawn(f.effect.Mistakes), "\n", "\n    "))
	}
}

func (l lossJSON) String() string {
	what := fmt.Sprintf("clause %d", l.Clause)
	if l.Annotation != "" {
		what = "annotation " + l.Annotation
	}
	fate := "is " + string(l.Fate)
	if l.Fate == "" {
		fate = "goes by what is left"
	}
	return fmt.Sprintf("%s %s: %s", what, fate, l.Text)
}
