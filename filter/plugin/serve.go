package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// credits is how many batches a stream may have in hand: while one is judged
// the next is on its way.
const credits = 4

// Serve serves the filter to the Skysift that started this program, and
// returns when it is told to stop. Called by a person it says what the program
// is and exits with status 2.
func Serve(f Filter) {
	if err := f.check(); err != nil {
		fmt.Fprintln(os.Stderr, "this plug-in cannot be served:", err)
		os.Exit(2)
	}
	handshake := Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		fmt.Fprintf(os.Stderr, "%s is a plug-in filter for Skysift, which starts it itself. Name this program in filters.yaml:\n\n    plugin: {path: %s}\n", f.Name, os.Args[0])
		os.Exit(2)
	}
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: map[int]goplugin.PluginSet{Version: {Service: &served{filter: &f}}},
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage))...)
		},
		Logger: hclog.NewNullLogger(),
	})
}

// Register registers the filter with a gRPC server of the caller's own, for a
// remote plug-in.
func Register(to grpc.ServiceRegistrar, f Filter) error {
	if err := f.check(); err != nil {
		return err
	}
	pluginpb.RegisterFilterServer(to, &server{filter: &f})
	return nil
}

// served is the filter as go-plugin wants it.
type served struct {
	goplugin.NetRPCUnsupportedPlugin
	filter *Filter
}

// GRPCServer implements goplugin.GRPCPlugin.
func (s *served) GRPCServer(_ *goplugin.GRPCBroker, to *grpc.Server) error {
	return Register(to, *s.filter)
}

// GRPCClient implements goplugin.GRPCPlugin; hosts have one of their own.
func (s *served) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a plug-in has no client")
}

type server struct {
	pluginpb.UnimplementedFilterServer
	filter *Filter
}

// Describe implements pluginpb.FilterServer.
func (s *server) Describe(context.Context, *pluginpb.DescribeRequest) (*pluginpb.Description, error) {
	f := s.filter
	return &pluginpb.Description{
		Name: f.Name, Version: f.Version, Fields: f.Fields, Raw: f.Raw, Sources: f.Source,
		BatchSize: uint32(f.BatchSize), Credits: credits,
	}, nil
}

// Judge implements pluginpb.FilterServer.
func (s *server) Judge(stream grpc.BidiStreamingServer[pluginpb.Batch, pluginpb.Reply]) error {
	for {
		batch, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		reply, err := s.filter.judge(batch)
		if err != nil {
			return status.Error(codes.InvalidArgument, err.Error())
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}
