package plugincheck

import (
	"context"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The fields of plugin.StdioData, which go-plugin keeps to itself, and its
// channel of stderr.
const (
	stdioChannel = 1
	stdioData    = 2
	stdioStderr  = 2
)

// follow writes to out what the program says on stderr by way of go-plugin,
// until the connection closes. Programs that use go-plugin write into a pipe
// which nobody else reads: without this they stand still once it is full. Ones
// that do not have no such call, which is fine.
func (c *client) follow(out io.Writer) {
	description := &grpc.StreamDesc{StreamName: "StreamStdio", ServerStreams: true}
	stream, err := c.conn.NewStream(context.Background(), description, "/plugin.GRPCStdio/StreamStdio")
	if err != nil || stream.SendMsg(&emptypb.Empty{}) != nil || stream.CloseSend() != nil {
		return
	}
	for {
		var said emptypb.Empty // all that it has is unknown to it, and kept
		if stream.RecvMsg(&said) != nil {
			return
		}
		_, _ = out.Write(stderrOf(said.ProtoReflect().GetUnknown()))
	}
}

// stderrOf is the text in a message of StdioData; none for what came on stdout
// and for what is no such message.
func stderrOf(message []byte) (text []byte) {
	channel := uint64(0)
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil
		}
		message = message[n:]
		switch {
		case number == stdioChannel && kind == protowire.VarintType:
			channel, n = protowire.ConsumeVarint(message)
		case number == stdioData && kind == protowire.BytesType:
			text, n = protowire.ConsumeBytes(message)
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return nil
		}
		message = message[n:]
	}
	if channel != stdioStderr {
		return nil
	}
	return text
}
