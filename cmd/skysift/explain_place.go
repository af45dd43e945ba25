package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

// place is where the alert is that is explained: a file, or a record of a
// cluster.
type place struct {
	path      string // "": it is on a cluster
	topic     string
	partition int
	offset    int64
	index     int // of the alert in it; -1: every alert
}

// Places as a person, replay and the header skysift-source write them.
var (
	indexed  = regexp.MustCompile(`^(.+)#([0-9]{1,9})$`)
	onTopics = regexp.MustCompile(`^([A-Za-z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})$`)
)

// placeOf reads a place. A file of that name comes before a topic. index is what
// --index says, -1 where it says nothing.
func placeOf(name string, index int) (place, error) {
	at := place{index: index}
	if !isThere(name) {
		if parts := indexed.FindStringSubmatch(name); parts != nil {
			named, _ := strconv.Atoi(parts[2]) // nine digits
			if index >= 0 && index != named {
				return at, wrong("--index %d and %s name two alerts: leave one out", index, name)
			}
			name, at.index = parts[1], named
		}
	}
	parts := onTopics.FindStringSubmatch(name)
	if parts == nil || isThere(name) {
		at.path = name
		return at, nil
	}
	at.topic = parts[1]
	at.partition, _ = strconv.Atoi(parts[2])          // nine digits
	at.offset, _ = strconv.ParseInt(parts[3], 10, 64) // 18 digits
	return at, nil
}

// checkSeen complains where the alert asked for is none of those seen.
func (at place) checkSeen(name string, seen int) error {
	switch {
	case seen == 0:
		return wrong("%s: has no alert", name)
	case at.index >= seen:
		return wrong("%s: has %s, so its indexes are 0 to %d", at.name(), count(seen, "alert"), seen-1)
	}
	return nil
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// name is the place without an index.
func (p place) name() string {
	if p.path != "" {
		return p.path
	}
	return fmt.Sprintf("%s/%d/%d", p.topic, p.partition, p.offset)
}

// read reads the record at the place.
func (p place) read(ctx context.Context, io streams, flags explainFlags, loaded *filters) (runtime.Record, error) {
	if p.path != "" {
		value, err := readSample(p.path)
		return runtime.Record{Topic: p.path, File: true, Value: value}, asWrong(err)
	}
	brokers := either(flags.brokers, loaded.Stream.Brokers)
	if len(brokers) == 0 {
		return runtime.Record{}, wrong("%s: is no file here, and for a topic there are %w", p.name(), missing("brokers", "no brokers", "stream.brokers"))
	}
	for _, broker := range brokers {
		if err := spec.CheckBroker(broker); err != nil {
			return runtime.Record{}, asWrong(err)
		}
	}
	security, err := flags.security.settle("stream", loaded.Stream.TLS, loaded.Stream.SASL, io.env)
	if err != nil {
		return runtime.Record{}, asWrong(err)
	}
	if flags.timeout < time.Millisecond {
		return runtime.Record{}, wrong("--timeout %v: give a time such as 15s", flags.timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, flags.timeout)
	defer cancel()
	cluster := kafka.Cluster{Brokers: brokers, TLS: security.TLS, SASL: security.SASL}
	record, err := kafka.ReadRecord(ctx, cluster, p.topic, p.partition, p.offset)
	switch {
	case err != nil:
		return record, fmt.Errorf("%s: %w", p.name(), err)
	case record.Value == nil:
		return record, fmt.Errorf("%s: the record has no value, so there is no alert in it", p.name())
	}
	return record, nil
}
