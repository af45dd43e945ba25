package main

import (
	"context"
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

const explainAlertHelp = `Say why a filter passes an alert or does not: each clause, with its definitions
unfolded down to the comparisons, is

  true     it holds
  false    it does not hold
  missing  it does not hold, because a value it is about is missing
  failed   it could not be judged, with the reason

and beneath stand the values that made it so; null is a missing one. All clauses
are evaluated, also those behind the first that is not true; that one decides,
and the first line leads to it.

ALERT is a file of alerts, or a record of a Kafka cluster, topic/partition/offset,
which is read as it is, by no group. Of several alerts in it all are explained, or
the one that --index or #index names: 0 is the first, as in night.avro#0. So what
replay and the skysift-source header of an output name can be explained as it
stands. Without --filter, all filters are.

Brokers and how to log in are those of the file's stream section, of flags, or of
the environment, as for skysift run.

With --plan instead: `

const explainAlertExample = `  skysift explain --filters filters.yaml --filter supernova alert.avro
  skysift explain --filters filters.yaml --filter supernova night.avro#12
  skysift explain --filters filters.yaml --filter supernova ztf_20261121_programid1/3/41207 --brokers localhost:9092
  skysift explain --filters filters.yaml --filter supernova alert.avro --output json
`

// explainAlert explains what one filter, or all of them, make of the alerts
// in a file, or in a record of a cluster.
func explainAlert(ctx context.Context, io streams, flags explainFlags, name string) error {
	loaded, err := loadFilters(flags.filters, flags.survey, flags.input, io)
	if err != nil {
		return err
	}
	told, err := newTeller(io, flags, loaded)
	if err != nil {
		return err
	}
	at, err := placeOf(name, flags.index)
	if err != nil {
		return err
	}
	in, err := openInput(io, newLogger(io.err, logText, logWarn), flags.input, loaded.Document)
	if err != nil {
		return err
	}
	record, err := at.read(ctx, io, flags, loaded)
	if err != nil {
		return err
	}
	seen := 0
	err = eachAlert(in, name, record.Value, told.fields, loaded.idPath(), func(from origin, alert *filter.Alert) error {
		seen++
		if at.index >= 0 && at.index != seen-1 {
			return nil
		}
		from.source = record.Source(seen-1, record.File || seen > 1 || at.index >= 0)
		if !record.File {
			alert.Topic = record.Topic
		}
		return told.tell(from, alert)
	})
	if err != nil {
		return fmt.Errorf("%s: alert %d: %w", name, seen, err)
	}
	return at.checkSeen(name, seen)
}

// positions returns where in the set the filter of a name is; all filters for
// no name.
func (f *filters) positions(name string) ([]int, error) {
	var all []int
	var names []string
	for i, described := range f.set.Filters {
		names = append(names, described.Name)
		if name == "" || described.Name == name {
			all = append(all, i)
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	if near := spelling.Nearest(name, names); near != "" {
		return nil, wrong("no filter is named %q: did you mean %s?", name, near)
	}
	return nil, wrong("no filter is named %q: skysift validate lists them", name)
}
