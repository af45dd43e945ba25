package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

// startTimeout is how long a plug-in may take from its start to its line on
// stdout: an interpreter may load much first.
const startTimeout = 30 * time.Second

// program is one plug-in's process and the connection to it.
type program struct {
	client     *goplugin.Client
	process    atomic.Pointer[process] // nil until it was made
	connection *grpc.ClientConn
	version    int
}

// startProgram starts the plug-in's program.
func (h *Host) startProgram(ctx context.Context, c Config, out *stderr) (started *program, err error) {
	if _, err := c.verify(); err != nil {
		return nil, err
	}
	sockets, err := h.sockets()
	if err != nil {
		return nil, err
	}
	p := &program{}
	p.client = goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  plugin.Handshake(),
		VersionedPlugins: versions(),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		RunnerFunc: func(_ hclog.Logger, told *exec.Cmd, folder string) (runner.Runner, error) {
			made, err := h.newKeeper(c, told.Env, folder)
			p.process.Store(made)
			return made, err
		},
		SkipHostEnv:      true,
		AutoMTLS:         speaksTLS(c.Path),
		StartTimeout:     startTimeout,
		Stderr:           out.voice(),
		SyncStdout:       out.voice(), // what it prints after its line is no protocol, and somebody wants to read it
		SyncStderr:       out.voice(), // while a program in Go serves, its stderr comes by the connection
		Logger:           hclog.NewNullLogger(),
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: sockets},
		GRPCDialOptions:  limits(),
	})
	stop := context.AfterFunc(ctx, func() { p.kill() })
	defer stop()
	defer func() {
		// go-plugin does not expect that a certificate comes unasked.
		if cause := recover(); cause != nil {
			err = fmt.Errorf("its first line on stdout is not what the protocol says: %v", cause)
		}
		if err != nil {
			p.stop()
			err = p.explainStart(err, c, out)
		}
	}()
	return p, p.connect()
}

// newKeeper makes the process that starts the plug-in. told is what go-plugin
// has to tell the plug-in.
func (h *Host) newKeeper(c Config, told []string, folder string) (*process, error) {
	order := keeper.Order{Path: c.Path, Args: c.Args, Memory: c.Memory, Processes: c.Processes, Sandbox: c.Sandbox}
	command := exec.Command(h.keeper[0], append(h.keeper[1:len(h.keeper):len(h.keeper)], order.Arguments()...)...)
	scratch, err := os.MkdirTemp(folder, "tmp")
	if err != nil {
		return nil, err
	}
	command.Dir = folder
	command.Args[0] = os.Args[0] // some programs go by it
	command.Env = append([]string{"TMPDIR=" + scratch, "HOME=" + scratch}, c.Env...)
	command.Env = append(command.Env, told...)
	return newProcess(command, folder)
}

// connect waits for the plug-in's line and opens the connection.
func (p *program) connect() error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	p.version = p.client.NegotiatedVersion()
	raw, err := protocol.Dispense(plugin.Service)
	if err != nil {
		return err
	}
	p.connection = raw.(*grpc.ClientConn)
	return nil
}

// stop ends the plug-in: it is asked to, and killed if it does not obey.
func (p *program) stop() {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		p.client.Kill()
	}()
	select {
	case <-gone:
		return
	case <-time.After(3 * time.Second):
		p.kill()
	}
	select {
	case <-gone:
	case <-time.After(5 * time.Second): // something holds its stderr open that is not ours to kill
	}
}

// kill ends the plug-in at once.
func (p *program) kill() {
	if made := p.process.Load(); made != nil {
		_ = made.Kill(context.Background())
	}
}

// versions are the protocol's versions that we speak.
func versions() map[int]goplugin.PluginSet {
	return map[int]goplugin.PluginSet{
		plugin.Version:         {plugin.Service: dispensed{}},
		plugin.PreviousVersion: {plugin.Service: dispensed{}},
	}
}

// dispensed takes go-plugin's connection as it is.
type dispensed struct {
	goplugin.NetRPCUnsupportedPlugin
}

// GRPCServer implements goplugin.GRPCPlugin.
func (dispensed) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("a host serves no filter")
}

// GRPCClient implements goplugin.GRPCPlugin.
func (dispensed) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}
