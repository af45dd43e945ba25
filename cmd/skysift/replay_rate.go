package main

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter/spec"
)

// parseRate reads "500/s", "30000/min", "2/h" or "500", as alerts per second;
// "" is 0.
func parseRate(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	per := map[string]float64{"": 1, "s": 1, "min": 60, "h": 3600}[strings.TrimSpace(unit)]
	rate, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || per == 0 || !(rate > 0) || rate > 1e9 {
		return 0, fmt.Errorf("--rate %q is no rate: write alerts per time, such as 500/s, 30000/min or 1000/h", text)
	}
	return rate / per, nil
}

// settleTopics says which cluster and topics a replay writes to. There is no
// input that could read them again.
func settleTopics(f *sinkFlags, loaded *filters, env func(string) (string, bool)) (settings, error) {
	stream, output := loaded.Stream, loaded.Output
	s := settings{
		brokers:          either(f.brokers, output.Brokers, stream.Brokers),
		outputTopic:      cmp.Or(f.outputTopic, output.Topic, spec.DefaultTopic),
		rejectTopic:      cmp.Or(f.rejectTopic, output.RejectTopic, spec.DefaultRejectTopic),
		outputPartitions: cmp.Or(f.outputPartitions, output.Partitions),
		classTopics:      output.Topics(),
	}
	var errs []error
	if len(s.brokers) == 0 {
		errs = append(errs, missing("brokers", "no brokers for --sink kafka", "output.brokers"))
	}
	for _, broker := range s.brokers {
		errs = append(errs, spec.CheckBroker(broker))
	}
	section, tls, sasl := "stream", stream.TLS, stream.SASL
	if len(output.Brokers) > 0 {
		section, tls, sasl = "output", output.TLS, output.SASL
	}
	var err error
	s.security, err = f.security.settle(section, tls, sasl, env)
	errs = append(errs, err, s.checkNumbers(), s.checkRoutes(loaded))
	return s, errors.Join(errs...)
}
