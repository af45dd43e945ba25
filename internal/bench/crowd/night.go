package crowd

import (
	"fmt"
	"slices"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/schemas"
)

// Night is the alerts that filters are made for.
type Night struct {
	// Alerts are whole packets, cutouts and all.
	Alerts [][]byte
	// Schema has the names that the filters use.
	Schema *filter.Schema

	cheap, dear []column
	ra, dec     []float64
}

// NewNight simulates a night of alerts in the size of real ones.
func NewNight(alerts int, seed uint64) (*Night, error) {
	schema, err := schemas.Load("ztf")
	if err != nil {
		return nil, err
	}
	simulated, err := simulate.New(simulate.Options{Seed: seed, Alerts: alerts})
	if err != nil {
		return nil, err
	}
	n := &Night{Schema: schema}
	for alert, more := simulated.Next(); more; alert, more = simulated.Next() {
		n.Alerts = append(n.Alerts, alert.Value)
	}
	return n, n.measure()
}

func (n *Night) measure() error {
	place := []column{plain("candidate.ra"), plain("candidate.dec")}
	cheap, dear := cheapColumns(), dearColumns()
	columns := slices.Concat(place, cheap, dear)
	if err := measure(n.Alerts, columns, n.Schema); err != nil {
		return err
	}
	n.ra, n.dec = columns[0].values, columns[1].values
	columns = columns[len(place):]
	n.cheap = varied(columns[:len(cheap)])
	n.dear = varied(columns[len(cheap):])
	if len(n.cheap) < 10 || len(n.dear) < 5 {
		return fmt.Errorf("the night's alerts are too alike: %d cheap and %d dear values vary", len(n.cheap), len(n.dear))
	}
	return nil
}

func varied(columns []column) []column {
	return slices.DeleteFunc(slices.Clone(columns), func(c column) bool { return !c.varied() })
}
