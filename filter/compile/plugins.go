package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/spelling"
)

// Plugins starts the plug-ins that filters name.
type Plugins interface {
	// Open returns the filter's plug-in, up and described. An error that has a
	// method Sum() string is about the program's digest, and Sum is what that
	// is.
	Open(f spec.Filter) (Plugin, error)
}

// Plugin is a plug-in that is up.
type Plugin interface {
	filter.Asker
	// Fields are the paths that it needs; Raw and Source say whether it needs
	// an alert's bytes and place too.
	Fields() []string
	Raw() bool
	Source() bool
	// Digest is equal for plug-ins that judge alike. Sum is the digest of its
	// program's file and the files with it; "" for a remote one.
	Digest() string
	Sum() string
	// Script reports whether the program is a script, which runs what is in other files.
	Script() bool
}

// openAll opens the plug-ins of a program's filters, side by side, and has the
// set ask them.
func (r *Report) openAll(set *filter.Set, p program, plugins Plugins) {
	opened := make([]Plugin, len(p.filters))
	failures := make([]error, len(p.filters))
	var opening sync.WaitGroup
	for i, f := range p.filters {
		switch {
		case f.Plugin == nil:
		case plugins == nil:
			failures[i] = errors.New("plug-ins are not started here")
		default:
			opening.Go(func() { opened[i], failures[i] = plugins.Open(f.Filter) })
		}
	}
	opening.Wait()
	for i, f := range p.filters {
		switch {
		case failures[i] != nil:
			r.Mistakes = append(r.Mistakes, pluginMistake(f.Filter, failures[i]))
		case opened[i] != nil:
			r.ask(set, i, f.Filter, opened[i], p.Schema)
		}
	}
}

// pluginMistake places a plug-in's failure to start.
func pluginMistake(f spec.Filter, failure error) *spec.Error {
	mistake := f.Plugin.Mistake(fmt.Errorf("the plug-in cannot be used: %w", failure))
	var sum interface{ Sum() string }
	if errors.As(failure, &sum) {
		mistake = f.Plugin.SumMistake(fmt.Errorf("the plug-in cannot be used: %w", failure))
		mistake.Suggestion = "if you trust this file, write sha256: " + sum.Sum()
	}
	mistake.Filter = f.Name
	return mistake
}

// ask has the set ask a plug-in for filter i. What only plug-ins need is lazy.
func (r *Report) ask(set *filter.Set, i int, f spec.Filter, opened Plugin, schema *filter.Schema) {
	for _, path := range opened.Fields() {
		if near, err := unknownField(path, schema); err != nil {
			mistake := f.Plugin.Mistake(err)
			mistake.Filter, mistake.Suggestion = f.Name, near
			r.Mistakes = append(r.Mistakes, mistake)
			continue
		}
		if !slices.ContainsFunc(set.Fields, func(have filter.Field) bool { return have.Path == path }) {
			set.Fields = append(set.Fields, filter.Field{Path: path, Lazy: true})
		}
	}
	r.warnOfFiles(f, opened)
	if set.Asked == nil {
		set.Asked = make([]*filter.Asked, len(set.Filters))
	}
	set.Asked[i] = &filter.Asked{Asker: opened, Raw: opened.Raw(), Source: opened.Source(), OnFailure: f.Plugin.OnFailure}
	set.Filters[i].Version = versionWith(set.Filters[i].Version, opened.Digest())
}

// warnOfFiles says where it is not pinned what a plug-in's code is.
func (r *Report) warnOfFiles(f spec.Filter, opened Plugin) {
	var what, advice string
	switch {
	case len(f.Plugin.Files) == 0 && (opened.Script() || slices.ContainsFunc(f.Plugin.Arguments(), namesFile)):
		what, advice = "this file is not all of the plug-in's code: sha256 does not cover what it runs, and a change of that is not noticed", "name that in files, such as files: [filter.py]"
	case f.Plugin.SHA256 == "" && opened.Sum() != "":
		what, advice = "nothing says which file this is: whoever can write it decides what runs here", "write sha256: "+opened.Sum()
	default:
		return
	}
	warning := f.Plugin.Mistake(errors.New(what))
	warning.Filter, warning.Suggestion = f.Name, advice
	r.Warnings = append(r.Warnings, warning)
}

// namesFile reports whether an argument is a file's path, with something after a colon
// or not.
func namesFile(argument string) bool {
	path, _, _ := strings.Cut(argument, ":")
	info, err := os.Stat(path)
	return err == nil && filepath.IsAbs(path) && info.Mode().IsRegular()
}

// versionWith is a filter's version with its plug-in's part in it.
func versionWith(version, digest string) string {
	sum := sha256.Sum256([]byte("skysift plug-in 1\n" + version + "\n" + digest))
	return hex.EncodeToString(sum[:])[:len(version)]
}

// unknownField returns an error for a path that no alert of the survey has a
// value for.
func unknownField(path string, schema *filter.Schema) (suggestion string, err error) {
	if schema == nil {
		return "", nil
	}
	field, known := schema.Lookup(path)
	if known && field.Kind != filter.Record {
		return "", nil
	}
	if known {
		return "", fmt.Errorf("the plug-in asks for %s, which is a record: it must ask for the fields in it", path)
	}
	paths := make([]string, len(schema.Fields))
	for i, field := range schema.Fields {
		paths[i] = field.Path
	}
	if near := spelling.Nearest(path, paths); near != "" {
		suggestion = "it may mean " + near
	}
	return suggestion, fmt.Errorf("the plug-in asks for %s, which alerts of this survey do not have", path)
}

// unopened starts nothing, and finds no fault with that.
type unopened struct{}

// Open implements Plugins.
func (unopened) Open(spec.Filter) (Plugin, error) { return nil, nil }
