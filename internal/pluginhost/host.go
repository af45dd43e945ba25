package pluginhost

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Host starts plug-ins and keeps those that are in use. Its methods may be
// called from any goroutine.
type Host struct {
	keeper  []string
	version string
	log     atomic.Pointer[slog.Logger]

	mu      sync.Mutex
	folder  string // private, of all sockets; "" until the first plug-in
	plugins map[string]*Plugin
	drained map[*Plugin]bool // that are about to end
}

// NewHost returns a host without plug-ins. command is what starts this program
// as a keeper (see package keeper), and version what plug-ins are told of us.
func NewHost(command []string, version string) *Host {
	h := &Host{keeper: command, version: version, plugins: map[string]*Plugin{}, drained: map[*Plugin]bool{}}
	h.log.Store(slog.New(slog.DiscardHandler))
	return h
}

// Log sets where the story of plug-ins goes that are opened from now on.
func (h *Host) Log(log *slog.Logger) { h.log.Store(log) }

func (h *Host) logger() *slog.Logger { return h.log.Load() }

// Lease is one user of plug-ins: a set of filters, as long as it is in use.
type Lease struct {
	host *Host

	mu    sync.Mutex
	users []*Plugin
}

// NewLease returns a lease without plug-ins.
func (h *Host) NewLease() *Lease { return &Lease{host: h} }

// Open returns a plug-in that is up and has described itself, for as long as
// the lease runs. A plug-in that another lease has alike is shared.
func (l *Lease) Open(ctx context.Context, c Config) (*Plugin, error) {
	p, err := l.host.use(ctx, c)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users = append(l.users, p)
	return p, nil
}

// End ends the lease. Its plug-ins finish what they have in hand.
func (l *Lease) End() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.users {
		l.host.leave(p)
	}
	l.users = nil
}

// use returns the plug-in of a configuration with one more user.
func (h *Host) use(ctx context.Context, c Config) (*Plugin, error) {
	digest := "remote " + c.Address
	if c.Address == "" {
		file, err := c.verify()
		if err != nil {
			return nil, err
		}
		// A file that was replaced is another plug-in, pinned or not.
		digest = file
		c.SHA256 = file
	}
	key := c.key()
	if p := h.known(key); p != nil {
		p.supervisor.held.Store(c.Held) // whoever comes last has the filters in force
		return p, nil
	}
	return h.add(ctx, c, key, digest)
}

func (h *Host) known(key string) *Plugin {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.plugins[key]
	if p != nil {
		p.mu.Lock()
		p.leases++
		p.mu.Unlock()
	}
	return p
}

// add starts a plug-in.
func (h *Host) add(ctx context.Context, c Config, key, digest string) (*Plugin, error) {
	if err := h.makeFolder(); err != nil {
		return nil, err
	}
	s := newSupervisor(h, c)
	first, err := h.open(ctx, c, s.out)
	if err != nil {
		return nil, err
	}
	p := &Plugin{config: c, key: key, description: first.description, supervisor: s, leases: 1, idle: time.Now()}
	p.digest = digestOf(digest, c, first.description.Name, first.description.Version)
	s.start(first)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.plugins[key] = p
	return p, nil
}

// digestOf has the classes too: with one more, alerts pass that were errors.
func digestOf(program string, c Config, name, version string) string {
	classes := slices.Sorted(slices.Values(c.Classes))
	args := c.Args
	if c.Written != nil {
		args = c.Written
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %q %q %q %q", program, args, name, version, classes)))
	return hex.EncodeToString(sum[:])
}

// leave takes one user from a plug-in; the last one's end it.
func (h *Host) leave(p *Plugin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leases--; p.leases > 0 {
		return
	}
	if h.plugins[p.key] == p {
		delete(h.plugins, p.key)
	}
	p.idle = time.Now()
	h.drained[p] = true
	go func() {
		p.drain()
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.drained, p)
	}()
}

// makeFolder makes the private folder of all sockets.
func (h *Host) makeFolder() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.folder != "" {
		return nil
	}
	folder, err := os.MkdirTemp("", "skysift-plugins") // 0700
	if err != nil {
		return fmt.Errorf("a private folder for the plug-ins' sockets: %w", err)
	}
	// A plug-in may name its socket by the folder's real path.
	if h.folder, err = filepath.EvalSymlinks(folder); err != nil {
		return errors.Join(err, os.Remove(folder))
	}
	return nil
}

// sockets returns the private folder, in which a plug-in is about to be started.
func (h *Host) sockets() (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.folder == "" {
		return "", errors.New("all plug-ins are being ended")
	}
	return h.folder, nil
}

// Close ends every plug-in in use.
func (h *Host) Close() error {
	h.mu.Lock()
	all, folder := slices.Collect(maps.Values(h.plugins)), h.folder
	all = slices.AppendSeq(all, maps.Keys(h.drained))
	h.plugins, h.folder = map[string]*Plugin{}, ""
	h.mu.Unlock()
	var ending sync.WaitGroup
	for _, p := range all {
		ending.Go(p.supervisor.end)
	}
	ending.Wait()
	if folder == "" {
		return nil
	}
	return os.RemoveAll(folder)
}

// name is the plug-in's, for logs.
func (c Config) name() string {
	if c.Address != "" {
		return c.Address
	}
	return filepath.Base(c.Path)
}
