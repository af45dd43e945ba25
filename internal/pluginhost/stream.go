package pluginhost

import (
	"context"

	"google.golang.org/grpc"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// maxIdle is how many streams are kept open for the next batch.
const maxIdle = 64

// stream is one Judge stream. It has one batch in hand at a time, so it never
// wants more credits than there are; workers that ask at once have a stream each.
type stream struct {
	call   grpc.BidiStreamingClient[pluginpb.Batch, pluginpb.Reply]
	cancel context.CancelFunc
}

// stream returns a stream without a batch.
func (s *session) stream() (*stream, error) {
	select {
	case idle := <-s.streams:
		return idle, nil
	default:
	}
	ctx, cancel := context.WithCancel(context.Background())
	call, err := pluginpb.NewFilterClient(s.connection).Judge(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &stream{call, cancel}, nil
}

// keep keeps a stream for the next batch.
func (s *session) keep(idle *stream) {
	select {
	case s.streams <- idle:
	default:
		idle.cancel()
	}
}

func (s *session) closeStreams() {
	for {
		select {
		case idle := <-s.streams:
			idle.cancel()
		default:
			return
		}
	}
}

// judge sends a batch and waits for its reply. After an error the stream is of
// no more use.
func (s *stream) judge(ctx context.Context, batch *pluginpb.Batch) (reply *pluginpb.Reply, err error) {
	stop := context.AfterFunc(ctx, s.cancel)
	defer func() {
		if !stop() || err != nil {
			s.cancel()
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
		}
	}()
	if err := s.call.Send(batch); err != nil {
		// The reason comes with the reply that does not.
		if _, told := s.call.Recv(); told != nil {
			return nil, told
		}
		return nil, err
	}
	return s.call.Recv()
}
