package plugincheck

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// client speaks to a program's socket.
type client struct {
	conn    *grpc.ClientConn
	version int
}

func dial(a address) (*client, error) {
	conn, err := grpc.NewClient("unix:"+a.socket, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(plugin.MaxMessage), grpc.MaxCallSendMsgSize(plugin.MaxMessage)))
	if err != nil {
		return nil, err
	}
	return &client{conn, a.version}, nil
}

func (c *client) describe(ctx context.Context) (*pluginpb.Description, error) {
	request := &pluginpb.DescribeRequest{Filter: "check", Host: "skysift plugin check"}
	if c.version == plugin.PreviousVersion {
		return pluginpb.NewFilterV1Client(c.conn).Describe(ctx, request)
	}
	return pluginpb.NewFilterClient(c.conn).Describe(ctx, request)
}

func (c *client) health(ctx context.Context) (grpc_health_v1.HealthCheckResponse_ServingStatus, error) {
	answer, err := grpc_health_v1.NewHealthClient(c.conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: "plugin"})
	return answer.GetStatus(), err
}

func (c *client) shutdown(ctx context.Context) error {
	return c.conn.Invoke(ctx, "/plugin.GRPCController/Shutdown", &emptypb.Empty{}, &emptypb.Empty{})
}

// stream is where batches go and replies come from, in order.
type stream interface {
	Send(*pluginpb.Batch) error
	Recv() (*pluginpb.Reply, error)
	CloseSend() error
}

func (c *client) open(ctx context.Context) (stream, error) {
	if c.version == plugin.PreviousVersion {
		return &calls{ctx: ctx, client: pluginpb.NewFilterV1Client(c.conn)}, nil
	}
	return pluginpb.NewFilterClient(c.conn).Judge(ctx)
}

// calls is version 1, which has no streams, as one.
type calls struct {
	ctx     context.Context
	client  pluginpb.FilterV1Client
	batches []*pluginpb.Batch
}

func (c *calls) Send(batch *pluginpb.Batch) error {
	c.batches = append(c.batches, batch)
	return nil
}

func (c *calls) Recv() (*pluginpb.Reply, error) {
	if len(c.batches) == 0 {
		return nil, io.EOF
	}
	batch := c.batches[0]
	c.batches = c.batches[1:]
	return c.client.Judge(c.ctx, batch)
}

func (c *calls) CloseSend() error { return nil }

// judge sends batches over one stream, at most credits of them in hand at a
// time, and returns their replies.
func (c *client) judge(ctx context.Context, credits int, batches ...*pluginpb.Batch) ([]*pluginpb.Reply, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	replies := make([]*pluginpb.Reply, 0, len(batches))
	for sent := 0; len(replies) < len(batches); {
		for ; sent < len(batches) && sent-len(replies) < credits; sent++ {
			if err := stream.Send(batches[sent]); err != nil {
				_, err = stream.Recv() // says why
				return replies, endedEarly(err)
			}
		}
		reply, err := stream.Recv()
		if err != nil {
			return replies, endedEarly(err)
		}
		if err := checkReply(batches[len(replies)], reply); err != nil {
			return replies, err
		}
		replies = append(replies, reply)
	}
	return replies, finish(stream)
}

func endedEarly(err error) error {
	if errors.Is(err, io.EOF) {
		return wrong("Read batches until the host closes its side of the stream.", "it ended the stream with batches unanswered")
	}
	return err
}

// finish closes our side and wants nothing more to come.
func finish(s stream) error {
	if err := s.CloseSend(); err != nil {
		return err
	}
	reply, err := s.Recv()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("the stream did not end well: %w", err)
	}
	return wrong("Answer each batch once.", "it sent a reply more than there were batches, for batch %d", reply.GetId())
}
