package main

import (
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/skysift/skysift/runtime/encode"
)

const defaultListen = "127.0.0.1:9464"

// runFlags are what run was asked for by flags and environment. An empty one
// leaves it to the file, or to the default.
type runFlags struct {
	filters, survey        string
	brokers, topics        []string
	group, start           string
	outOfRange             string
	untilEnd               bool
	outputTopic            string
	rejectTopic            string
	outputPartitions       int
	listen                 string
	logFormat, logLevel    string
	sessionTimeout, commit time.Duration
	metadata               time.Duration
	input                  inputFlags
	outputBrokers          []string
	encoding, registry     string
	stream, second         securityFlags
	output                 *outputFlag

	set *pflag.FlagSet
}

func (f *runFlags) add(set *pflag.FlagSet) {
	f.set = set
	set.SortFlags = false
	set.StringVar(&f.filters, "filters", "", "the `FILE` of filters, or a folder of such files")
	set.StringSliceVar(&f.brokers, "brokers", nil, "`BROKERS` to begin with: host:port,host:port")
	set.StringSliceVar(&f.topics, "topics", nil, "`TOPICS` to read, names or globs: 'ztf_*,other'; new ones are picked up while running")
	set.StringVar(&f.group, "group", "", "the consumer group's `NAME` (default skysift)")
	set.StringVar(&f.start, "start", "", "where a partition begins that the group has not read: earliest, latest or a `TIME` such as 2026-03-14T00:00:00Z (default earliest)")
	set.StringVar(&f.outOfRange, "out-of-range", "", "the `POLICY` when the committed offset is no longer in the log: fail, earliest or latest (default fail)")
	set.BoolVar(&f.untilEnd, "until-end", false, "stop once every partition has reached the end it had at the start")
	set.StringVar(&f.outputTopic, "output-topic", "", "the `TOPIC` of a class, {class} standing for it (default skysift.{class})")
	set.StringVar(&f.rejectTopic, "reject-topic", "", "the `TOPIC` for what cannot be decoded (default skysift.rejected)")
	set.IntVar(&f.outputPartitions, "output-partitions", 0, "`N` partitions for output topics that are created; 0: as many as the input has")
	set.StringVar(&f.survey, "survey", "", "the survey whose fields the filters use, a `NAME` such as ztf; none leaves names unchecked")
	f.input.add(set)
	set.StringVar(&f.listen, "listen", defaultListen, "the `ADDRESS` of /metrics, /livez and /readyz, or off")
	set.StringVar(&f.logFormat, "log-format", logText, "the log's `FORM` on stderr: text or json")
	set.StringVar(&f.logLevel, "log-level", "info", "the least `LEVEL` that is logged: debug, info, warn or error")
	set.DurationVar(&f.sessionTimeout, "session-timeout", 10*time.Second, "the `TIME` after which a silent member's partitions go to the others")
	set.DurationVar(&f.commit, "commit-interval", 250*time.Millisecond, "the `TIME` between commits of offsets")
	set.DurationVar(&f.metadata, "metadata-interval", 30*time.Second, "the `TIME` between looks for new topics and partitions")
	set.StringVar(&f.encoding, "output-encoding", "", "the `ENCODING` of outputs: "+strings.Join(encode.Names(), ", ")+" (default passthrough: the input's own bytes)")
	set.StringVar(&f.registry, "output-registry", "", "the `URL` of the schema registry that numbers schemas for the encoding confluent")
	f.stream.add(set, "", " the brokers")
	set.StringSliceVar(&f.outputBrokers, "output-brokers", nil, "`BROKERS` of a second cluster, which outputs and rejects go to (default: the same as --brokers)")
	f.second.add(set, "output-", " the second cluster")
	f.output = addOutput(set)
}

// given reports whether a flag was set, on the command line or by its variable.
func (f *runFlags) given(name string) bool { return f.set.Changed(name) }
