package expression

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// kindOf returns which kind of warning a mistake is; "" where no filter's author
// can answer for it.
func (m Mistake) kindOf() filter.Warning {
	switch {
	case !m.Warning || m.Filter < 0:
		return ""
	case m.Kind == "":
		return filter.WarnExpressions
	}
	return m.Kind
}

// withoutIgnored leaves out what the filters' authors say that they mean.
func (p Program) withoutIgnored(found []Mistake) []Mistake {
	return slices.DeleteFunc(found, func(m Mistake) bool {
		kind := m.kindOf()
		return kind != "" && slices.Contains(p.Filters[m.Filter].Ignore, kind)
	})
}
