package pluginhost_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

// The test binary is also the keeper, and every plug-in: started as
// "plugin MODE" it is one that behaves as the mode says.
func TestMain(m *testing.M) {
	args := os.Args[1:]
	if keeper.Called(args) {
		os.Exit(keeper.Main(args))
	}
	if len(args) >= 2 && args[0] == "plugin" {
		behave(args[1], args[2:])
		return
	}
	if len(args) > 0 && args[0] == "host" {
		hostMain()
		return
	}
	os.Exit(m.Run())
}

// bright passes alerts brighter than magnitude 18.
func bright(a *plugin.Alert) (plugin.Verdict, error) {
	return plugin.PassIf(a.Float("mag") < 18).With("mag", a.Float("mag")), nil
}

// behave is the main function of a plug-in.
func behave(mode string, args []string) {
	f := plugin.Filter{Name: mode, Version: "1", Fields: []string{"mag"}, Judge: bright}
	switch mode {
	case "good":
	case "class":
		f.Judge = func(a *plugin.Alert) (plugin.Verdict, error) {
			v, err := bright(a)
			v.Class = a.Text("class")
			return v, err
		}
		f.Fields = []string{"mag", "class"}
	case "env":
		f.Judge = func(*plugin.Alert) (plugin.Verdict, error) {
			return plugin.PassIf(true).With("env", strings.Join(os.Environ(), "\n")), nil
		}
	case "read": // what the sandbox is about
		f.Judge = func(*plugin.Alert) (plugin.Verdict, error) {
			_, secret := os.ReadFile(args[0])
			_, network := (&netDialer{}).dial(args[1])
			_, host := os.ReadFile(fmt.Sprintf("/proc/%s/environ", args[2]))
			return plugin.PassIf(true).With("secret", fmt.Sprint(secret)).With("network", fmt.Sprint(network)).With("host", fmt.Sprint(host)), nil
		}
	case "slow":
		pause, _ := time.ParseDuration(args[0])
		f.Judge = func(a *plugin.Alert) (plugin.Verdict, error) { time.Sleep(pause); return bright(a) }
	case "hangs": // once it has answered one batch
		f.Judge = after(1, func() { select {} })
	case "panics":
		f.Judge = after(1, func() { go func() { panic("out of range") }(); time.Sleep(time.Second) })
	case "exits":
		f.Judge = after(1, func() { os.Exit(0) })
	case "poison": // one alert brings it down each time
		f.Judge = func(a *plugin.Alert) (plugin.Verdict, error) {
			if a.Float("mag") == 13 {
				os.Exit(3)
			}
			return bright(a)
		}
	case "floods":
		go flood()
	case "complains":
		f.Judge = func(a *plugin.Alert) (plugin.Verdict, error) {
			fmt.Fprintln(os.Stderr, "a complaint")
			return bright(a)
		}
	case "prints":
		f.Judge = func(a *plugin.Alert) (plugin.Verdict, error) { fmt.Println("a print"); return bright(a) }
	case "hogs":
		f.Judge = after(1, hog)
	case "forks":
		f.Judge = after(1, fork)
	case "orphans": // leaves a grandchild that has left its group
		detach()
	case "slowly-up-and-down":
		time.Sleep(500 * time.Millisecond)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	case "silent":
		select {}
	case "chatty":
		fmt.Println("starting up")
		select {}
	case "quits":
		fmt.Fprintln(os.Stderr, "no model found")
		os.Exit(4)
	case "version":
		fmt.Println("1|9|unix|/nowhere|grpc")
		select {}
	case "core":
		fmt.Println("9|2|unix|/nowhere|grpc")
		select {}
	case "netrpc":
		fmt.Println("1|2|unix|" + os.Getenv("PLUGIN_UNIX_SOCKET_DIR") + "/s|netrpc")
		select {}
	case "address":
		fmt.Println("1|2|tcp|127.0.0.1:1|grpc")
		select {}
	case "certificate":
		fmt.Println("1|2|unix|" + os.Getenv("PLUGIN_UNIX_SOCKET_DIR") + "/s|grpc|" + strings.Repeat("A", 100))
		select {}
	default:
		serveRaw(mode)
		return
	}
	plugin.Serve(f)
}

// after judges a number of batches' worth of alerts, then does something else
// once the file in the temporary folder says that it may.
func after(alerts int, then func()) func(*plugin.Alert) (plugin.Verdict, error) {
	seen := 0
	return func(a *plugin.Alert) (plugin.Verdict, error) {
		if seen++; seen > alerts {
			then()
		}
		return bright(a)
	}
}

func flood() {
	line := strings.Repeat("x", 100_000) + "\n"
	for {
		if _, err := io.WriteString(os.Stderr, line); err != nil {
			return
		}
	}
}

func hog() {
	var all [][]byte
	for {
		block := make([]byte, 16<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		all = append(all, block)
		_ = all
	}
}

// fork starts more processes than it may, each in a session of its own. They are
// bounded in number and in time all the same: where the host does not kill them, a
// test must not take the machine with it.
func fork() {
	for range 100 {
		command := exec.Command("sleep", "10.64")
		command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		_ = command.Start()
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(10 * time.Second)
}

func detach() {
	command := exec.Command("sleep", "600.25")
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err == nil {
		_ = command.Process.Release()
	}
}

// serveRaw serves what package plugin does not let anybody serve.
func serveRaw(mode string) {
	versions := map[int]goplugin.PluginSet{2: {plugin.Service: raw{mode: mode}}}
	if mode == "v1" {
		versions = map[int]goplugin.PluginSet{1: {plugin.Service: raw{mode: mode}}}
	}
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig: plugin.Handshake(), VersionedPlugins: versions, Logger: hclog.NewNullLogger(),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.MaxSendMsgSize(math.MaxInt32))...)
		},
	})
}

type raw struct {
	goplugin.NetRPCUnsupportedPlugin
	pluginpb.UnimplementedFilterServer
	mode string
}

func (r raw) GRPCServer(_ *goplugin.GRPCBroker, to *grpc.Server) error {
	pluginpb.RegisterFilterServer(to, r)
	pluginpb.RegisterFilterV1Server(to, unary{})
	return nil
}

func (r raw) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, nil
}

func (r raw) Describe(context.Context, *pluginpb.DescribeRequest) (*pluginpb.Description, error) {
	d := &pluginpb.Description{Name: r.mode, Version: "1", Fields: []string{"mag"}}
	if r.mode == "greedy" {
		for i := range 1000 {
			d.Fields = append(d.Fields, "f"+strconv.Itoa(i))
		}
	}
	return d, nil
}

func (r raw) Judge(stream grpc.BidiStreamingServer[pluginpb.Batch, pluginpb.Reply]) error {
	for first := true; ; first = false {
		batch, err := stream.Recv()
		if err != nil {
			return err
		}
		reply := verdicts(batch)
		if !first {
			r.spoil(reply)
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}

// spoil makes a good reply one that nobody may send.
func (r raw) spoil(reply *pluginpb.Reply) {
	switch r.mode {
	case "huge":
		reply.Details = append(reply.Details, &pluginpb.Detail{Error: strings.Repeat("x", 1<<30)})
	case "other":
		reply.Id += 7
	case "few":
		reply.Alerts--
	case "short":
		reply.Passed = nil
		reply.Alerts = 0
	case "detail":
		reply.Details = append(reply.Details, &pluginpb.Detail{Alert: 1 << 20})
	}
}

// unary serves version 1.
type unary struct {
	pluginpb.UnimplementedFilterV1Server
}

func (unary) Describe(context.Context, *pluginpb.DescribeRequest) (*pluginpb.Description, error) {
	return &pluginpb.Description{Name: "v1", Version: "1", Fields: []string{"mag"}}, nil
}

func (unary) Judge(_ context.Context, batch *pluginpb.Batch) (*pluginpb.Reply, error) {
	return verdicts(batch), nil
}

func verdicts(batch *pluginpb.Batch) *pluginpb.Reply {
	n := int(batch.Alerts)
	reply := &pluginpb.Reply{Id: batch.Id, Alerts: batch.Alerts, Passed: make([]byte, (n+7)/8)}
	view := pluginpb.NewView(batch.Columns[0])
	for i := range n {
		if view.At(i).Float() < 18 {
			reply.Passed = pluginpb.SetBit(reply.Passed, i)
		}
	}
	return reply
}
