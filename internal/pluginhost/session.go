package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	goplugin "github.com/hashicorp/go-plugin"

	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// describeTimeout is how long a plug-in may take to describe itself.
const describeTimeout = 10 * time.Second

// session is one process of a plug-in, or one connection to a remote one, from
// its start to its failure.
type session struct {
	program     *program // nil: remote
	connection  *grpc.ClientConn
	version     int
	description *pluginpb.Description
	streams     chan *stream  // that wait for a batch
	ended       chan struct{} // closed when the program has ended; never for a remote one
	refused     refusals      // why no connection to a remote one comes about; nil: it is no remote one
	out         *stderr
}

// open starts a session and has the plug-in describe itself.
func (h *Host) open(ctx context.Context, c Config, out *stderr) (*session, error) {
	s := &session{version: plugin.Version, streams: make(chan *stream, maxIdle), ended: make(chan struct{}), out: out}
	if c.Address != "" {
		s.refused = make(refusals, 1)
		connection, err := dialRemote(c, s.refused)
		if err != nil {
			return nil, err
		}
		s.connection = connection
	} else {
		program, err := h.startProgram(ctx, c, out)
		if err != nil {
			return nil, err
		}
		s.program, s.connection, s.version = program, program.connection, program.version
		go func() {
			_ = program.process.Load().Wait(context.Background())
			close(s.ended)
		}()
	}
	if err := s.describe(ctx, c, h.version); err != nil {
		s.close(false)
		return nil, err
	}
	return s, nil
}

func (s *session) describe(ctx context.Context, c Config, host string) error {
	ctx, cancel := context.WithTimeout(ctx, describeTimeout)
	defer cancel()
	ctx, end := s.refused.within(ctx)
	defer end()
	request := &pluginpb.DescribeRequest{Filter: c.Filter, Host: host}
	var err error
	if s.version == plugin.PreviousVersion {
		s.description, err = pluginpb.NewFilterV1Client(s.connection).Describe(ctx, request)
	} else {
		s.description, err = pluginpb.NewFilterClient(s.connection).Describe(ctx, request, grpc.WaitForReady(c.Address != ""))
	}
	if refused := (*refusal)(nil); err != nil && errors.As(context.Cause(ctx), &refused) {
		return refused
	}
	if err != nil && s.program == nil && status.Code(err) == codes.DeadlineExceeded {
		return fmt.Errorf("it gave no answer for %v: %w", describeTimeout, s.reason(err))
	}
	if err != nil {
		return fmt.Errorf("it does not describe itself: %w", s.reason(err))
	}
	return checkDescription(s.description)
}

// The bounds of a description.
const (
	maxFields    = 256
	maxFieldPath = 512
)

func checkDescription(d *pluginpb.Description) error {
	if len(d.Fields) > maxFields {
		return fmt.Errorf("it asks for %d fields, and %d are the most", len(d.Fields), maxFields)
	}
	for _, path := range d.Fields {
		if path == "" || len(path) > maxFieldPath {
			return fmt.Errorf("it asks for the field %.60q, which is no path", path)
		}
	}
	return nil
}

// healthy reports whether the plug-in says that it serves.
func (s *session) healthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, describeTimeout)
	defer cancel()
	answer, err := grpc_health_v1.NewHealthClient(s.connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: goplugin.GRPCServiceName})
	switch {
	case s.program == nil && (status.Code(err) == codes.Unimplemented || status.Code(err) == codes.NotFound):
		return nil // a remote one need not serve it
	case err != nil:
		return fmt.Errorf("its health cannot be checked: %w", s.reason(err))
	case answer.Status != grpc_health_v1.HealthCheckResponse_SERVING:
		return fmt.Errorf("its health is %v", answer.Status)
	}
	return nil
}

// judge has the plug-in judge a batch. The reply is as it came.
func (s *session) judge(ctx context.Context, batch *pluginpb.Batch) (*pluginpb.Reply, error) {
	if s.version == plugin.PreviousVersion {
		return pluginpb.NewFilterV1Client(s.connection).Judge(ctx, batch)
	}
	stream, err := s.stream()
	if err != nil {
		return nil, err
	}
	reply, err := stream.judge(ctx, batch)
	if err != nil {
		return nil, err
	}
	s.keep(stream)
	return reply, nil
}

// close ends the session; gently asks a program to end before it is killed.
func (s *session) close(gently bool) {
	s.closeStreams()
	if s.program == nil {
		_ = s.connection.Close()
		return
	}
	if !gently {
		s.program.kill()
	}
	s.program.stop()
}

// reason says why a call failed: where the program has ended, with what it
// said last.
func (s *session) reason(err error) error {
	if s.program != nil {
		patience := 50 * time.Millisecond
		if status.Code(err) == codes.Unavailable {
			patience = 500 * time.Millisecond // the connection is gone, and its end on its way
		}
		select {
		case <-s.ended:
		case <-time.After(patience):
		}
	}
	select {
	case <-s.ended:
		how := "it ended"
		if state := s.program.process.Load().command.ProcessState; state != nil {
			how += " with " + endOf(state.ExitCode())
		}
		if said := s.out.tail(); said != "" {
			how += "; it said: " + said
		}
		return errors.New(how)
	default:
	}
	if told, ok := status.FromError(err); ok {
		if s.program == nil {
			return errors.New(unwrapped(told.Message()) + remoteAdvice(told.Message()))
		}
		return fmt.Errorf("%s (%s)", told.Message(), told.Code())
	}
	return err
}

// unwrapped is what happened to a connection, without gRPC's words around it.
func unwrapped(message string) string {
	for _, wrapping := range [...]string{"latest balancer error: ", "connection error: desc = ", "\"", "transport: ", "Error while dialing: "} {
		message = strings.TrimPrefix(message, wrapping)
	}
	return strings.TrimSuffix(message, "\"")
}

// endOf describes a keeper's exit code, which is the plug-in's own as a shell
// would tell it.
func endOf(code int) string {
	if code > 128 {
		return fmt.Sprintf("signal %d", code-128)
	}
	return fmt.Sprintf("exit code %d", code)
}
