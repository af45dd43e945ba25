package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime/kafka"
	"github.com/skysift/skysift/runtime/kafka/secure"
)

// settings are what a run works with: flags, else environment, else file,
// else default.
type settings struct {
	brokers, topics          []string
	group                    string
	start                    kafka.Start
	outOfRange               kafka.Policy
	untilEnd                 bool
	outputTopic, rejectTopic string
	outputPartitions         int
	classTopics              map[filter.Class]string // of classes that have one of their own
	security                 secure.Config
	outputBrokers            []string // of a second cluster; none: the same
	outputSecurity           secure.Config
	listen, logFormat        string
	logLevel                 slog.Level
	flags                    *runFlags
}

// settle puts the settings together. Its error has everything that is wrong
// with them.
func settle(flags *runFlags, loaded *filters, env func(string) (string, bool)) (settings, error) {
	stream, output := loaded.Stream, loaded.Output
	s := settings{
		brokers: either(flags.brokers, stream.Brokers), topics: either(flags.topics, stream.Topics),
		group: cmp.Or(flags.group, stream.Group, "skysift"), untilEnd: flags.untilEnd,
		outputTopic:      cmp.Or(flags.outputTopic, output.Topic, spec.DefaultTopic),
		rejectTopic:      cmp.Or(flags.rejectTopic, output.RejectTopic, spec.DefaultRejectTopic),
		outputPartitions: cmp.Or(flags.outputPartitions, output.Partitions),
		classTopics:      output.Topics(),
		outputBrokers:    either(flags.outputBrokers, output.Brokers),
		listen:           flags.listen, logFormat: flags.logFormat, flags: flags,
	}
	var startErr, policyErr error
	secureErr := s.settleSecurity(loaded, env)
	s.start, startErr = kafka.ParseStart(cmp.Or(flags.start, stream.Start))
	s.outOfRange, policyErr = kafka.ParsePolicy(flags.outOfRange)
	return s, errors.Join(startErr, policyErr, secureErr, s.checkStream(), s.checkRoutes(loaded), s.checkLog(), s.checkNumbers())
}

// settleSecurity says how each cluster's connections are secured.
func (s *settings) settleSecurity(loaded *filters, env func(string) (string, bool)) error {
	stream, output := loaded.Stream, loaded.Output
	var err, outputErr error
	s.security, err = s.flags.stream.settle("stream", stream.TLS, stream.SASL, env)
	if len(s.outputBrokers) > 0 {
		s.outputSecurity, outputErr = s.flags.second.settle("output", output.TLS, output.SASL, env)
	} else if output.TLS != nil || output.SASL != nil || s.flags.second.given("tls") || s.flags.second.given("sasl") {
		outputErr = errors.New("output has tls or sasl and no brokers: they are for a second cluster (output.brokers); the stream's are under stream")
	}
	return errors.Join(err, outputErr)
}

// either returns the first list that has anything in it.
func either(lists ...[]string) []string {
	for _, list := range lists {
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

func (s *settings) checkStream() error {
	var errs []error
	if len(s.brokers) == 0 {
		errs = append(errs, missing("brokers", "no brokers", "stream.brokers"))
	}
	if len(s.topics) == 0 {
		errs = append(errs, missing("topics", "no topics", "stream.topics"))
	}
	for _, broker := range slices.Concat(s.brokers, s.outputBrokers) {
		errs = append(errs, spec.CheckBroker(broker))
	}
	for _, topic := range s.topics {
		errs = append(errs, spec.CheckInputTopic(topic))
	}
	return errors.Join(errs...)
}

// missing says the three places where a setting can be given.
func missing(flag, what, key string) error {
	return fmt.Errorf("%s: give --%s, set %s, or write %s in the file of filters", what, flag, variable(flag), key)
}

// checkRoutes refuses outputs that would be read again, wherever they come from.
func (s *settings) checkRoutes(loaded *filters) error {
	if err := spec.CheckOutputTopic(s.outputTopic); err != nil {
		return err
	}
	if err := spec.CheckTopic(s.rejectTopic); err != nil {
		return fmt.Errorf("--reject-topic: %w", err)
	}
	routes := s.routes()
	routes.Classes = loaded.Classes()
	return errors.Join(routes.Check()...)
}

// routes are the topics that are read and written.
func (s *settings) routes() spec.Routes {
	return spec.Routes{
		Inputs: s.topics, Topic: s.outputTopic, Reject: s.rejectTopic, Topics: s.classTopics,
		Elsewhere: spec.OtherCluster(s.brokers, s.outputBrokers),
	}
}

func (s *settings) checkLog() error {
	if !slices.Contains([]string{logText, logJSON}, s.logFormat) {
		return fmt.Errorf("--log-format %q is neither text nor json", s.logFormat)
	}
	if err := s.logLevel.UnmarshalText([]byte(s.flags.logLevel)); err != nil {
		return fmt.Errorf("--log-level %q is none of debug, info, warn and error", s.flags.logLevel)
	}
	return nil
}

func (s *settings) checkNumbers() error {
	if s.outputPartitions < 0 {
		return fmt.Errorf("--output-partitions %d: give a positive number, or 0 for as many as the input has", s.outputPartitions)
	}
	return nil
}
