package schemas

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// survey is one folder.
type survey struct {
	Name     string   `json:"name"`
	Doc      string   `json:"doc"`
	ID       string   `json:"id"`
	Time     clock    `json:"time"`
	Versions []string `json:"versions"`
	Extends  string   `json:"extends"`
	Nullable bool     `json:"nullable"`

	fields []filter.SchemaField
	view   []filter.ViewField
}

// clock says where an alert's time is: a field of days since Zero, which is a
// Julian date (2400000.5 for a field of modified Julian dates).
type clock struct {
	Path string  `json:"path"`
	Zero float64 `json:"zero"`
}

func readSurvey(files fs.FS, name string) (*survey, error) {
	text, err := fs.ReadFile(files, path.Join(name, "survey.json"))
	if err != nil {
		return nil, err
	}
	s := &survey{}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("survey.json: %w", err)
	}
	if s.Name != name {
		return nil, fmt.Errorf("survey.json names survey %q", s.Name)
	}
	if err := s.inherit(files); err != nil {
		return nil, err
	}
	if err := s.readFields(files); err != nil {
		return nil, fmt.Errorf("fields.csv: %w", err)
	}
	if err := s.readView(files); err != nil {
		return nil, fmt.Errorf("view.csv: %w", err)
	}
	return s, s.check()
}

// inherit takes over what the survey extends.
func (s *survey) inherit(files fs.FS) error {
	if s.Extends == "" {
		return nil
	}
	if s.Extends == s.Name {
		return errors.New("survey.json: it extends itself")
	}
	parent, err := readSurvey(files, s.Extends)
	if err != nil {
		return err
	}
	s.fields, s.view = parent.fields, parent.view
	s.ID = orElse(s.ID, parent.ID)
	if s.Time.Path == "" {
		s.Time = parent.Time
	}
	if len(s.Versions) == 0 {
		s.Versions = parent.Versions
	}
	return nil
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// header names the columns of fields.csv.
const header = "path,kind,unit,nullable,versions,doc"

func (s *survey) readFields(files fs.FS) error {
	rows, err := readTable(files, path.Join(s.Name, "fields.csv"), header)
	if err != nil {
		return err
	}
	for i, row := range rows {
		field, err := s.field(row)
		if err != nil {
			return fmt.Errorf("line %d: %w", i+2, err)
		}
		s.fields = append(s.fields, field)
	}
	return nil
}

// readTable returns the rows of a table below its header.
func readTable(files fs.FS, name, header string) ([][]string, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	table := csv.NewReader(file)
	table.FieldsPerRecord = strings.Count(header, ",") + 1
	rows, err := table.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != header {
		return nil, errors.New("the first line must be " + header)
	}
	return rows[1:], nil
}

// field reads one row: path, kind, unit, nullable, versions, doc.
func (s *survey) field(row []string) (filter.SchemaField, error) {
	kind, err := kindOf(row[1])
	if err != nil {
		return filter.SchemaField{}, err
	}
	versions, err := s.versions(row[4])
	if err != nil {
		return filter.SchemaField{}, err
	}
	if row[0] == "" || row[5] == "" || row[3] != "yes" && row[3] != "no" {
		return filter.SchemaField{}, fmt.Errorf("path and doc are needed, and nullable is yes or no: %q", row)
	}
	return filter.SchemaField{
		Path: row[0], Kind: kind, Unit: row[2], Doc: row[5], Versions: versions,
		Nullable: row[3] == "yes" || versions != nil,
	}, nil
}

// kindOf reads a kind's name; the empty one is filter.Missing, not known.
func kindOf(name string) (filter.Kind, error) {
	if name == "" {
		return filter.Missing, nil
	}
	for kind := filter.Bool; kind <= filter.Record; kind++ {
		if kind.String() == name {
			return kind, nil
		}
	}
	return filter.Missing, fmt.Errorf("unknown kind %q", name)
}

// versions reads ranges of versions; nil for all.
func (s *survey) versions(text string) ([]string, error) {
	var all []string
	for part := range strings.FieldsSeq(text) {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, to := slices.Index(s.Versions, first), slices.Index(s.Versions, last)
		if isRange && last == "" {
			to = len(s.Versions) - 1
		}
		if from < 0 || to < from {
			return nil, fmt.Errorf("versions %q are no range of %v", part, s.Versions)
		}
		all = append(all, s.Versions[from:to+1]...)
	}
	return all, nil
}

// check holds what is read against what a schema promises.
func (s *survey) check() error {
	seen := map[string]bool{}
	for i, field := range s.fields {
		if seen[field.Path] {
			return fmt.Errorf("fields.csv: %s is there twice", field.Path)
		}
		seen[field.Path] = true
		s.fields[i].Nullable = field.Nullable || s.Nullable
	}
	if !seen[s.ID] {
		return fmt.Errorf("survey.json: the id %q is no field", s.ID)
	}
	if s.Time.Path != "" && !seen[s.Time.Path] {
		return fmt.Errorf("survey.json: the time %q is no field", s.Time.Path)
	}
	return nil
}
