package filter

import "strings"

// SchemaField is what is known of one field of a survey's alerts.
type SchemaField struct {
	Path string // as in Field: "prv_candidates[].jd"
	// Kind is the field's kind in every schema version that has it; Missing
	// where it is not known or differs from version to version.
	Kind Kind
	// Unit is the field's unit ("mag", "deg"), "" where it has none.
	Unit string
	// Doc is what the field means, in one line.
	Doc string
	// Nullable says that the field may be missing: it is nullable, or some
	// known schema versions lack it.
	Nullable bool
	// Versions lists the schema versions that have the field; nil for all.
	Versions []string
}

// Schema is what is known of the alerts of one survey, or of one sample:
// the names a filter may use.
type Schema struct {
	Survey string
	// ID is the path of the alert's identifier ("candid").
	ID string
	// Time is where an alert's time is.
	Time Clock
	// Versions are a survey's known schema versions, oldest first; nil for a
	// sample.
	Versions []string
	// Version is a sample's schema version, "" where it does not say it or this
	// is a survey's schema.
	Version string
	Fields  []SchemaField
	// Topics are the fields of single topics' alerts, where these are known
	// apart; Fields then has them all together.
	Topics []TopicFields
	// View is what alert.* means for this survey; empty where it has none.
	View []ViewField
}

// ViewField is one value of the view that all surveys share.
type ViewField struct {
	// Path is "alert.mag" or, for a field of the items of the list
	// alert.history, "alert.history[].mag".
	Path string
	Kind Kind
	Unit string
	Doc  string
	// Expression is what gives it, in the language of filters, over the survey's
	// own fields. For an item of the history it is over the survey's item, which
	// it names item: "item.magpsf".
	Expression string
}

// Clock is a field that tells the time of an alert.
type Clock struct {
	Path string // "" where none is known
	// Zero is the Julian date at which the field is 0: 2400000.5 for a field of
	// modified Julian dates.
	Zero float64
}

// Lookup returns the field of the path.
func (s *Schema) Lookup(path string) (SchemaField, bool) {
	for _, field := range s.Fields {
		if field.Path == path {
			return field, true
		}
	}
	return SchemaField{}, false
}

// KindAt returns the kind of what stands at a path: a field's own, Record or
// List where fields stand below it. There is nothing at it where ok is false.
func (s *Schema) KindAt(path string) (kind Kind, ok bool) {
	for _, field := range s.Fields {
		below, within := strings.CutPrefix(field.Path, path)
		switch {
		case !within:
		case below == "":
			return field.Kind, true
		case below[0] == '.':
			kind, ok = Record, true
		case strings.HasPrefix(below, "[]"):
			kind, ok = List, true
		}
	}
	return kind, ok
}
