package spec

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"

	"gopkg.in/yaml.v3"
)

// Plugin says which plug-in judges a filter's alerts, and how it is kept.
//
// Invariant of one that was read without mistakes: of Path and Address one is
// set.
type Plugin struct {
	// Path is the program's; a relative one is taken from the file's folder.
	Path string
	// Files are what is its code besides, such as the script that an interpreter runs.
	Files []string
	// SHA256 is what the program's digest must be, in hexadecimal; "": anything. Where
	// there are Files it is one of all (pluginhost.Digest).
	SHA256 string
	Args   []string // as written: Arguments are what it is started with
	// Env is what the program sees of our environment: NAME, or NAME=value.
	Env []string
	// Address is a remote plug-in's host:port. TLS is how to speak to it; nil
	// in plain text.
	Address string
	TLS     *TLS
	// Deadline, Memory (bytes) and Processes are 0 where they are not given.
	Deadline  time.Duration
	Memory    int64
	Processes int
	Sandbox   *Sandbox // nil: none
	OnFailure filter.OnFailure
	// Classes are those that the plug-in may name besides the filter's own.
	Classes []filter.Class

	place  mark
	path   mark
	sum    mark
	beside func(string) string
}

// Arguments are Args, those that begin with ./ or ../ made paths from everywhere: the
// program is started in a folder of its own, and they are from the file's.
func (p *Plugin) Arguments() []string {
	all := slices.Clone(p.Args)
	for i, word := range all {
		if strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") {
			if whole, err := filepath.Abs(p.beside(word)); err == nil {
				all[i] = whole
			}
		}
	}
	return all
}

// Sandbox is all that a plug-in may touch besides the system's libraries.
type Sandbox struct {
	Read, Write []string
	Network     bool
}

// Mistake gives err, which is about the plug-in as a whole, its place.
func (p *Plugin) Mistake(err error) *Error {
	if p.path.node != nil {
		return p.path.mistake(err)
	}
	return p.place.mistake(err)
}

// SumMistake gives err, which is about the program's digest, its place.
func (p *Plugin) SumMistake(err error) *Error {
	if p.sum.node != nil {
		return p.sum.mistake(err)
	}
	return p.Mistake(err)
}

func (r *reader) plugin(node *yaml.Node) *Plugin {
	node = aliased(node)
	p := &Plugin{TLS: &TLS{}, place: mark{r.source, node}, beside: r.beside}
	if node.Kind == yaml.ScalarNode && node.Tag == "!!str" {
		r.fail(node, "plugin is written as key: value lines").Suggestion = "write plugin: {path: " + clipped(node.Value) + "}"
		return p
	}
	r.mapping(node, "plugin", []key{
		{"path", func(n *yaml.Node) { p.Path, p.path = r.path(n, "path"), mark{r.source, aliased(n)} }},
		{"sha256", func(n *yaml.Node) {
			p.SHA256, p.sum = strings.ToLower(r.word(n, "sha256", checkSum)), mark{r.source, aliased(n)}
		}},
		{"files", func(n *yaml.Node) { p.Files = r.pluginFiles(n) }},
		{"args", func(n *yaml.Node) { p.Args = r.words(n, "args") }},
		{"env", func(n *yaml.Node) { p.Env = r.environment(n) }},
		{"address", func(n *yaml.Node) {
			p.Address, p.path = r.word(n, "address", checkAddress), mark{r.source, aliased(n)}
		}},
		{"tls", func(n *yaml.Node) { p.TLS = r.tls(n) }},
		{"deadline", func(n *yaml.Node) { p.Deadline = r.deadline(aliased(n)) }},
		{"memory", func(n *yaml.Node) { p.Memory = r.memory(aliased(n)) }},
		{"processes", func(n *yaml.Node) { p.Processes = int(r.whole(aliased(n), "processes", 1, 10000)) }},
		{"sandbox", func(n *yaml.Node) { p.Sandbox = r.sandbox(n) }},
		{"on_failure", func(n *yaml.Node) { p.OnFailure = r.onFailure(n) }},
		{"classes", func(n *yaml.Node) { p.Classes = r.pluginClasses(n) }},
	})
	r.checkPlugin(node, p)
	return p
}

// checkPlugin refuses keys that contradict each other.
func (r *reader) checkPlugin(node *yaml.Node, p *Plugin) {
	path, address := lookup(node, "path"), lookup(node, "address")
	needless, why := []string{"tls"}, "a program here is spoken to through a socket of its own"
	switch {
	case node.Kind != yaml.MappingNode && node.Tag != "!!null": // nothing after the colon
		return
	case path == nil && address == nil:
		r.fail(node, "the plug-in has neither path nor address").Suggestion = "write path: and the program, such as path: ./plugins/kilonova"
		return
	case path != nil && address != nil:
		r.fail(address, "path and address are both given: a plug-in is either a program here or a server elsewhere")
		return
	case address != nil:
		needless, why = []string{"files", "sha256", "args", "env", "memory", "processes", "sandbox"}, "who runs the server at address sees to it"
	}
	if at := lookup(node, "deadline"); at != nil && p.Deadline > LongestWait && p.OnFailure != filter.Hold {
		r.fail(at, "deadline is %s, and with on_failure: skip or reject other filters' alerts wait so long for a plug-in that hangs", p.Deadline).Suggestion =
			"write at most 10s, or on_failure: hold, which holds this filter's alerts alone"
	}
	for _, name := range needless {
		if at := lookup(node, name); at != nil {
			r.fail(at, "%s does not go with this plug-in: %s", name, why)
		}
	}
}

func checkAddress(address string) error {
	if CheckBroker(address) != nil {
		return &ruleError{"the address " + quoted(address) + " of a plug-in cannot be reached", "an address is host:port, such as plugins.example.org:7070"}
	}
	return nil
}

func checkSum(sum string) error {
	illegal := strings.ContainsFunc(strings.ToLower(sum), func(c rune) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'f') })
	if illegal || len(sum) != 64 {
		return &ruleError{"sha256 " + quoted(sum) + " is no digest", "it has 64 hexadecimal digits, as sha256sum prints them"}
	}
	return nil
}

// words reads a list of strings in which a comma is a character like others.
func (r *reader) words(node *yaml.Node, what string) (all []string) {
	node = aliased(node)
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		items = node.Content
	}
	for _, item := range items {
		if item = aliased(item); item.Kind == yaml.ScalarNode && item.Tag != "!!null" && item.Tag != "!!str" {
			all = append(all, item.Value) // a number is a fine argument
			continue
		}
		if t, ok := r.text(item, what); ok {
			all = append(all, t.value)
		}
	}
	return all
}

// mostPluginFiles bounds what is read at each start.
const mostPluginFiles = 256

func (r *reader) pluginFiles(node *yaml.Node) []string {
	all := r.paths(node, "files")
	if len(all) > mostPluginFiles {
		r.fail(node, "files are %d, and may be %d", len(all), mostPluginFiles).Suggestion = "name those that hold the filter itself"
	}
	return all
}

func (r *reader) environment(node *yaml.Node) (all []string) {
	for _, word := range r.words(node, "env") {
		name, _, _ := strings.Cut(word, "=")
		if !isVariable(name) {
			r.fail(node, "env names %s, which is no variable's name", quoted(name)).Suggestion = "write NAME to hand a variable on, or NAME=value"
			continue
		}
		all = append(all, word)
	}
	return all
}

// LongestWait is how long a plug-in may take for a batch at most where its verdicts are
// done without when they fail to come: its alerts' other copies wait for it.
const LongestWait = 10 * time.Second

func (r *reader) deadline(node *yaml.Node) time.Duration {
	deadline, err := time.ParseDuration(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || deadline < 10*time.Millisecond || deadline > 10*time.Minute {
		this := describe(node)
		if err == nil {
			this = deadline.String()
		}
		r.fail(node, "deadline is how long the plug-in may take for a batch, and this is %s", this).Suggestion =
			"write a time between 10ms and 10m, such as deadline: 10s"
		return 0
	}
	return deadline
}

// memory reads a number of bytes with its unit.
func (r *reader) memory(node *yaml.Node) int64 {
	units := []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"GB", 1e9}, {"MB", 1e6}}
	for _, unit := range units {
		number, ok := strings.CutSuffix(node.Value, unit.name)
		if !ok || node.Kind != yaml.ScalarNode {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if bytes := n * float64(unit.size); err == nil && bytes >= 16<<20 && bytes < math.MaxInt64/2 {
			return int64(bytes)
		}
	}
	r.fail(node, "memory is what the plug-in may take, and this is %s", describe(node)).Suggestion =
		"write at least 16MiB, with its unit, such as memory: 512MiB or memory: 2GiB"
	return 0
}

func (r *reader) whole(node *yaml.Node, what string, least, most int64) int64 {
	n, err := strconv.ParseInt(node.Value, 10, 64)
	if node.Kind != yaml.ScalarNode || err != nil || n < least || n > most {
		r.fail(node, "%s is a whole number, and this is %s", what, describe(node)).Suggestion = fmt.Sprintf("write one from %d to %d", least, most)
		return 0
	}
	return n
}

func (r *reader) sandbox(node *yaml.Node) *Sandbox {
	node = aliased(node)
	s := &Sandbox{}
	if node.Tag == "!!bool" {
		if node.Value == "true" {
			return s
		}
		return nil
	}
	if node.Kind == yaml.ScalarNode && node.Tag != "!!null" {
		r.fail(node, "sandbox is true, false, or what the plug-in may touch besides, and this is %s", describe(node)).Suggestion =
			"write sandbox: true, or sandbox: {read: [models], network: true}"
		return nil
	}
	r.mapping(node, "sandbox", []key{
		{"read", func(n *yaml.Node) { s.Read = r.paths(n, "read") }},
		{"write", func(n *yaml.Node) { s.Write = r.paths(n, "write") }},
		{"network", func(n *yaml.Node) {
			n = aliased(n)
			if n.Tag != "!!bool" {
				r.fail(n, "network is true or false, and this is %s", describe(n))
			}
			s.Network = n.Value == "true"
		}},
	})
	return s
}

func (r *reader) paths(node *yaml.Node, what string) (all []string) {
	node = aliased(node)
	if node.Kind != yaml.SequenceNode {
		return append(all, r.path(node, what))
	}
	for _, item := range node.Content {
		all = append(all, r.path(item, what))
	}
	return all
}

func (r *reader) onFailure(node *yaml.Node) filter.OnFailure {
	known := []string{"hold", "skip", "reject"}
	t, ok := r.text(node, "on_failure")
	if !ok {
		return filter.Hold
	}
	if i := slices.Index(known, t.value); i >= 0 {
		return filter.OnFailure(i)
	}
	mistake := r.fail(node, "on_failure is hold, skip or reject, and this is %s", quoted(t.written))
	mistake.Suggestion = "hold waits for the verdict, skip does without it, reject sends the alert to the reject topic as well"
	if near := spelling.Nearest(t.value, known); near != "" {
		mistake.Suggestion = "did you mean " + near + "?"
	}
	return filter.Hold
}

func (r *reader) pluginClasses(node *yaml.Node) (all []filter.Class) {
	node = aliased(node)
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		items = node.Content
	}
	for _, item := range items {
		if class := r.class(aliased(item)); class != "" {
			all = append(all, class)
		}
	}
	return all
}
