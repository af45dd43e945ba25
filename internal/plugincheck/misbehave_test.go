package plugincheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// TestMain makes this binary the plug-ins that the tests check: with the
// argument "misbehave" it is one that does something wrong.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "misbehave" {
		if os.Args[2] == "panics" {
			plugin.Serve(panicking())
			return
		}
		misbehave(os.Args[2])
		return
	}
	os.Exit(m.Run())
}

// panicking is one made with the SDK, which writes the stack of each panic on
// stderr: together they are more than a pipe holds.
func panicking() plugin.Filter {
	return plugin.Filter{
		Name: "panicking", Version: "1", Fields: []string{"candidate.magpsf"},
		Judge: func(a *plugin.Alert) (plugin.Verdict, error) {
			if !a.Has("candidate.magpsf") {
				panic("no magnitude")
			}
			return plugin.PassIf(a.Float("candidate.magpsf") < 18), nil
		},
	}
}

// badPlugin is a plug-in with one fault; "none" has none.
type badPlugin struct {
	pluginpb.UnimplementedFilterServer
	fault string
	leak  [][]byte
}

func misbehave(fault string) {
	handshake := plugin.Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		if fault == "by-hand" {
			os.Exit(0)
		}
		fmt.Fprintln(os.Stderr, "I am a plug-in")
		os.Exit(1)
	}
	switch fault {
	case "dumb":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(4)
	case "handshake":
		fmt.Println("hello")
	case "sigterm":
		signal.Ignore(syscall.SIGTERM)
	}
	version := plugin.Version
	switch fault {
	case "version":
		version = 9
	case "previous", "previous-thousand":
		version = plugin.PreviousVersion
	}
	serveBadly(&badPlugin{fault: fault}, version)
}

func serveBadly(b *badPlugin, version int) {
	socket := filepath.Join(os.Getenv("PLUGIN_UNIX_SOCKET_DIR"), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		panic(err)
	}
	over := make(chan struct{})
	server := grpc.NewServer(grpc.MaxRecvMsgSize(plugin.MaxMessage), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		return b.shutdown(stream, over)
	}))
	if version == plugin.PreviousVersion {
		pluginpb.RegisterFilterV1Server(server, previous{b: b})
	} else {
		pluginpb.RegisterFilterServer(server, b)
	}
	if b.fault != "health" {
		healthy := health.NewServer()
		healthy.SetServingStatus("plugin", grpc_health_v1.HealthCheckResponse_SERVING)
		grpc_health_v1.RegisterHealthServer(server, healthy)
	}
	fmt.Printf("1|%d|unix|%s|grpc\n", version, socket)
	go func() { _ = server.Serve(listener) }()
	<-over
	server.GracefulStop()
}

// previous is one that speaks the previous version alone.
type previous struct {
	pluginpb.UnimplementedFilterV1Server
	b *badPlugin
}

func (p previous) Describe(ctx context.Context, asked *pluginpb.DescribeRequest) (*pluginpb.Description, error) {
	return p.b.Describe(ctx, asked)
}

func (p previous) Judge(_ context.Context, batch *pluginpb.Batch) (*pluginpb.Reply, error) {
	return p.b.judge(batch), nil
}

// shutdown serves GRPCController.Shutdown.
func (b *badPlugin) shutdown(stream grpc.ServerStream, over chan struct{}) error {
	if name, _ := grpc.MethodFromServerStream(stream); name != "/plugin.GRPCController/Shutdown" {
		return status.Error(codes.Unimplemented, name)
	}
	if err := stream.RecvMsg(&emptypb.Empty{}); err != nil {
		return err
	}
	switch b.fault {
	case "shutdown":
		return stream.SendMsg(&emptypb.Empty{})
	case "leftovers":
		if err := exec.Command("/bin/sleep", "60").Start(); err != nil {
			panic(err)
		}
	}
	defer close(over)
	return stream.SendMsg(&emptypb.Empty{})
}

func (b *badPlugin) Describe(context.Context, *pluginpb.DescribeRequest) (*pluginpb.Description, error) {
	d := &pluginpb.Description{
		Name: "misbehaving", Version: "1", Credits: 4,
		Fields: []string{"candid", "candidate.magpsf", "cutoutDifference.stampData"},
	}
	if b.fault == "describe" {
		d.Name = ""
	}
	return d, nil
}

func (b *badPlugin) Judge(stream grpc.BidiStreamingServer[pluginpb.Batch, pluginpb.Reply]) error {
	var held *pluginpb.Reply
	for {
		batch, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && b.fault == "cancel":
			os.Exit(5)
		case err != nil:
			return err
		}
		reply := b.judge(batch)
		if b.fault == "order" && batch.Alerts == 50 && batch.Columns[0].GetInts().GetValues()[0] < 1<<62 {
			if held == nil {
				held = reply
				continue
			}
			if err := stream.Send(reply); err != nil {
				return err
			}
			reply, held = held, nil
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}

// judge passes the alerts brighter than 18 with their identifier.
func (b *badPlugin) judge(batch *pluginpb.Batch) *pluginpb.Reply {
	b.stumble(batch)
	n := int(batch.Alerts)
	reply := &pluginpb.Reply{Id: batch.Id, Alerts: batch.Alerts, Passed: make([]byte, (n+7)/8)}
	ids, mags := pluginpb.NewView(batch.Columns[0]), pluginpb.NewView(batch.Columns[1])
	for i := range n {
		id, mag := ids.At(i), mags.At(i)
		switch b.fault {
		case "integers":
			if id.Kind() == filter.Int {
				id = filter.FloatOf(id.Float())
			}
		case "determinism":
			id = filter.IntOf(int64(os.Getpid()))
		case "verdicts": // of another version
			mag = filter.FloatOf(mag.Float() + 0.5)
		case "missing":
			if mag.IsMissing() {
				reply.Details = append(reply.Details, &pluginpb.Detail{Alert: uint32(i), Error: "no magnitude"})
				continue
			}
		}
		if mag.IsNumber() && mag.Float() < 18 {
			reply.Passed = pluginpb.SetBit(reply.Passed, i)
			reply.Details = append(reply.Details, &pluginpb.Detail{
				Alert: uint32(i), Annotations: []*pluginpb.Annotation{{Name: "id", Value: pluginpb.FromValue(id)}},
			})
		}
	}
	if (b.fault == "thousand" || b.fault == "previous-thousand") && n == thousand {
		reply.Alerts--
	}
	return reply
}

// stumble ends the process, hangs or leaks where the fault says so.
func (b *badPlugin) stumble(batch *pluginpb.Batch) {
	crash := false
	switch b.fault {
	case "empty":
		crash = batch.Alerts == 0
	case "one":
		crash = batch.Alerts == 1
	case "cutouts":
		for _, stamp := range batch.Columns[2].GetBlobs().GetValues() {
			crash = crash || len(stamp) == 1<<20
		}
	case "kinds":
		crash = batch.Columns[1].GetMixed() != nil
	case "hangs":
		if batch.Alerts == 1 {
			select {}
		}
	case "memory":
		if batch.Alerts == 256 {
			page := make([]byte, 8<<20)
			for i := range page {
				page[i] = byte(i)
			}
			b.leak = append(b.leak, page)
		}
	}
	if crash {
		fmt.Fprintln(os.Stderr, "segmentation fault, as it were")
		os.Exit(7)
	}
}
