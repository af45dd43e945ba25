package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/pluginhost"
	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

// filePatience is how long a plug-in may judge nothing until the reading of
// files, which somebody waits for, ends in an error.
const filePatience = 30 * time.Second

// ownEnvironment is what every plug-in sees of ours: where programs and
// libraries are, and how to write numbers and times.
var ownEnvironment = []string{"PATH", "LANG", "LC_ALL", "LC_NUMERIC", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// newPluginHost returns a host whose keepers are this program.
func newPluginHost(io streams) *pluginhost.Host {
	self := "/proc/self/exe" // this very file, also when another is put in its place
	if goruntime.GOOS != "linux" {
		self = os.Args[0]
		if path, err := os.Executable(); err == nil {
			self = path
		}
	}
	host := pluginhost.NewHost([]string{self}, readBuild().Version)
	host.Log(newLogger(io.err, logText, slog.LevelInfo))
	return host
}

// pluginOpener opens the plug-ins of filters for a lease.
type pluginOpener struct {
	lease *pluginhost.Lease
	env   func(string) (string, bool)
}

// Open implements compile.Plugins.
func (o pluginOpener) Open(f spec.Filter) (compile.Plugin, error) {
	p := f.Plugin
	config := pluginhost.Config{
		Filter: f.Name, SHA256: p.SHA256, Args: p.Arguments(), Written: p.Args, Env: o.environment(p.Env),
		Memory: cmp.Or(p.Memory, pluginhost.DefaultMemory), Processes: cmp.Or(p.Processes, pluginhost.DefaultProcesses),
		Address: p.Address, Deadline: cmp.Or(p.Deadline, pluginhost.DefaultDeadline),
		Held:    p.OnFailure == filter.Hold,
		Classes: append([]filter.Class{f.Class}, p.Classes...),
	}
	if p.Path != "" {
		path, err := filepath.Abs(p.Path)
		if err != nil {
			return nil, err
		}
		config.Path, config.Files = path, absolute(p.Files)
	}
	if p.Sandbox != nil {
		config.Sandbox = &keeper.Sandbox{Read: append(absolute(p.Sandbox.Read), config.Files...), Write: absolute(p.Sandbox.Write), Network: p.Sandbox.Network}
	}
	config.TLS.Off = p.TLS == nil
	if t := p.TLS; t != nil {
		config.TLS = pluginhost.TLS{CA: t.CAFile, Certificate: t.CertFile, Key: t.KeyFile, ServerName: t.ServerName}
	}
	opened, err := o.lease.Open(context.Background(), config)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// environment is what a plug-in sees: ownEnvironment, and what its filter
// names.
func (o pluginOpener) environment(named []string) []string {
	var all []string
	for _, word := range append(ownEnvironment[:len(ownEnvironment):len(ownEnvironment)], named...) {
		if strings.Contains(word, "=") {
			all = append(all, word)
		} else if value, set := o.env(word); set {
			all = append(all, word+"="+value)
		}
	}
	return all
}

// absolute gives paths that a process elsewhere understands.
func absolute(paths []string) []string {
	all := make([]string, 0, len(paths))
	for _, path := range paths {
		if whole, err := filepath.Abs(path); err == nil {
			path = whole
		}
		all = append(all, path)
	}
	return all
}
