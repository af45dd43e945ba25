package pluginhost

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// Plugin is one plug-in filter; it implements filter.Asker. It is shared by
// all workers, and by the sets before and after a reload that use it alike.
type Plugin struct {
	config      Config
	key         string
	digest      string
	description *pluginpb.Description
	supervisor  *supervisor
	figures     figures
	nextBatch   atomic.Uint64

	mu      sync.Mutex
	leases  int
	waiting int // questions under way
	idle    time.Time
}

// Fields are the paths that the plug-in needs.
func (p *Plugin) Fields() []string { return p.description.Fields }

// Raw and Source say whether it needs each alert's bytes and place.
func (p *Plugin) Raw() bool    { return p.description.Raw }
func (p *Plugin) Source() bool { return p.description.Sources }

// Sum is the sha256 of the program's file and the files with it; "" for a remote plug-in.
func (p *Plugin) Sum() string { return p.config.SHA256 }

// Script reports whether the program is a script: what it runs is in other files.
func (p *Plugin) Script() bool { return p.config.Path != "" && isScript(p.config.Path) }

// Digest is equal for plug-ins that judge alike: the program's sha256 and
// arguments, or a remote plug-in's address, name and version, and the classes.
func (p *Plugin) Digest() string { return p.digest }

// linger is how long a plug-in that no set uses any more stays up after its
// last question: workers may still have a batch in hand that was begun by the
// old set. Should one come later all the same, the plug-in is started again.
const linger = 5 * time.Second

// begin and finish count the questions under way.
func (p *Plugin) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
}

func (p *Plugin) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	p.idle = time.Now()
}

// drain ends the plug-in when nobody has used it for a while.
func (p *Plugin) drain() {
	for range time.Tick(linger / 5) {
		p.mu.Lock()
		used, idle := p.leases > 0, p.waiting == 0 && time.Since(p.idle) > linger
		p.mu.Unlock()
		if used {
			return
		}
		if idle {
			p.supervisor.end()
			return
		}
	}
}
