package schemas

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/skysift/skysift/filter"
)

// The columns of the table of the view's paths, and of a survey's expressions.
const (
	viewHeader       = "path,kind,unit,doc"
	expressionHeader = "path,expression"
)

// readView reads what the view means for the survey. A survey without a view.csv
// has the one of the survey that it extends, or none.
func (s *survey) readView(files fs.FS) error {
	rows, err := readTable(files, path.Join(s.Name, "view.csv"), expressionHeader)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	expressions := map[string]string{}
	for i, row := range rows {
		if _, twice := expressions[row[0]]; twice || row[1] == "" {
			return fmt.Errorf("line %d: %s is there twice, or has no expression", i+2, row[0])
		}
		expressions[row[0]] = row[1]
	}
	if s.view, err = commonView(files); err != nil {
		return err
	}
	for i, field := range s.view {
		text, ok := expressions[field.Path]
		if !ok {
			return fmt.Errorf("%s is not there: a view is whole", field.Path)
		}
		s.view[i].Expression = text
		delete(expressions, field.Path)
	}
	for unknown := range expressions {
		return fmt.Errorf("%s is no path of the view", unknown)
	}
	return nil
}

// commonView reads the paths of the view.
func commonView(files fs.FS) ([]filter.ViewField, error) {
	rows, err := readTable(files, "view.csv", viewHeader)
	if err != nil {
		return nil, fmt.Errorf("beside the surveys: %w", err)
	}
	fields := make([]filter.ViewField, len(rows))
	for i, row := range rows {
		kind, err := kindOf(row[1])
		if err != nil {
			return nil, fmt.Errorf("beside the surveys: line %d: %w", i+2, err)
		}
		fields[i] = filter.ViewField{Path: row[0], Kind: kind, Unit: row[2], Doc: row[3]}
	}
	return fields, nil
}
