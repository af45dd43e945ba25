package plugin_test

import (
	"context"
	"errors"
	"math"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// dial serves a filter in this process.
func dial(t testing.TB, f plugin.Filter) pluginpb.FilterClient {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	if err := plugin.Register(server, f); err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient("passthrough:///filter", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return pluginpb.NewFilterClient(connection)
}

// ask sends one batch.
func ask(t testing.TB, c pluginpb.FilterClient, b *pluginpb.Batch) (*pluginpb.Reply, error) {
	t.Helper()
	stream, err := c.Judge(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(b); err != nil {
		t.Fatal(err)
	}
	return stream.Recv()
}

func column(values ...filter.Value) *pluginpb.Column {
	var b pluginpb.Builder
	for _, v := range values {
		b.Add(v)
	}
	return b.Column()
}

func bright(a *plugin.Alert) (plugin.Verdict, error) {
	switch mag := a.Float("mag"); {
	case math.IsNaN(mag):
		return plugin.Verdict{}, errors.New("no magnitude")
	case mag < 0:
		panic("negative")
	default:
		v := plugin.PassIf(mag < 18).With("mag", mag).With("id", a.Int("id"))
		v.Class = a.Text("class")
		return v, nil
	}
}

var filterOfThree = plugin.Filter{Name: "bright", Version: "1", Fields: []string{"mag", "id", "class"}, Judge: bright}

func TestVerdictsClassesAnnotationsAndErrorsComeBackInOrder(t *testing.T) {
	reply, err := ask(t, dial(t, filterOfThree), &pluginpb.Batch{Id: 7, Alerts: 5, Columns: []*pluginpb.Column{
		column(filter.FloatOf(17), filter.FloatOf(19), filter.Value{}, filter.FloatOf(-1), filter.FloatOf(16)),
		column(filter.IntOf(math.MaxInt64), filter.IntOf(1), filter.IntOf(2), filter.IntOf(3), filter.Value{}),
		column(filter.Value{}, filter.StringOf("x"), filter.Value{}, filter.Value{}, filter.StringOf("rare")),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if reply.Id != 7 || reply.Alerts != 5 || reply.Passed[0] != 0b10001 {
		t.Errorf("reply %d of %d alerts, passed %b", reply.Id, reply.Alerts, reply.Passed)
	}
	d := reply.Details
	if len(d) != 4 || d[0].Alert != 0 || d[1].Alert != 2 || d[2].Alert != 3 || d[3].Alert != 4 {
		t.Fatalf("details %v", d)
	}
	if id := d[0].Annotations[1].Value.GetInt(); id != math.MaxInt64 {
		t.Errorf("the integer of 64 bits came back as %d", id)
	}
	if d[1].Error != "no magnitude" || !strings.Contains(d[2].Error, "panicked: negative") || d[3].Class != "rare" {
		t.Errorf("details %v", d)
	}
}

func TestABatchThatIsNotAsAskedIsRefused(t *testing.T) {
	one := column(filter.FloatOf(1))
	for name, b := range map[string]*pluginpb.Batch{
		"a column too few":  {Alerts: 1, Columns: []*pluginpb.Column{one, one}},
		"an alert too many": {Alerts: 2, Columns: []*pluginpb.Column{one, one, one}},
		"lists without items": {Alerts: 1, Columns: []*pluginpb.Column{one, one,
			{Values: &pluginpb.Column_Lists{Lists: &pluginpb.Lists{Lengths: []uint32{4}, Items: one}}}}},
	} {
		if reply, err := ask(t, dial(t, filterOfThree), b); err == nil {
			t.Errorf("%s: %v", name, reply)
		}
	}
	raw := filterOfThree
	raw.Raw = true
	if _, err := ask(t, dial(t, raw), &pluginpb.Batch{Alerts: 1, Columns: []*pluginpb.Column{one, one, one}}); err == nil {
		t.Error("a batch without the bytes asked for is judged")
	}
}

func TestAFieldNotAskedForIsTheAlertsError(t *testing.T) {
	f := plugin.Filter{Name: "a", Fields: []string{"mag"}, Judge: func(a *plugin.Alert) (plugin.Verdict, error) {
		return plugin.PassIf(a.Float("magpsf") < 18), nil
	}}
	reply, err := ask(t, dial(t, f), &pluginpb.Batch{Alerts: 1, Columns: []*pluginpb.Column{column(filter.FloatOf(1))}})
	if err != nil || len(reply.Details) != 1 || !strings.Contains(reply.Details[0].Error, "magpsf, which is not among its Fields") {
		t.Errorf("%v, %v", reply, err)
	}
}

func TestAnAlertReadsAsItsFieldsAre(t *testing.T) {
	a := plugin.NewAlert(map[string]any{
		"f": 1.5, "i": int64(1<<62 + 1), "whole": 3.0, "s": "x", "b": []byte{1}, "t": true, "none": nil,
		"fs": []any{1.0, nil, 2.0}, "mixed": []any{1, 2.5, nil}, "is": []any{1, nil}, "ss": []any{"a", nil},
	})
	for path, ok := range map[string]bool{
		"f": a.Float("f") == 1.5 && a.Int("f") == 0, "i": a.Int("i") == 1<<62+1, "whole": a.Int("whole") == 3,
		"s": a.Text("s") == "x" && math.IsNaN(a.Float("s")), "b": string(a.Bytes("b")) == "\x01", "t": a.Bool("t"),
		"none": !a.Has("none") && math.IsNaN(a.Float("none")) && a.Int("none") == 0 && a.Text("none") == "" && a.Floats("none") == nil,
		"fs":   len(a.Floats("fs")) == 3 && a.Floats("fs")[0] == 1 && math.IsNaN(a.Floats("fs")[1]) && a.Floats("fs")[2] == 2,
		"mixed": len(a.Floats("mixed")) == 3 && a.Floats("mixed")[0] == 1 && a.Floats("mixed")[1] == 2.5 &&
			math.IsNaN(a.Floats("mixed")[2]),
		"is": a.Ints("is")[0] == 1 && a.Ints("is")[1] == 0, "ss": a.Texts("ss")[0] == "a" && a.Texts("ss")[1] == "",
	} {
		if !ok {
			t.Errorf("%s reads wrong", path)
		}
	}
}

func TestAFilterWithoutNameOrFunctionIsRefused(t *testing.T) {
	for _, f := range []plugin.Filter{{}, {Name: "a"}, {Name: "a", Judge: bright, Fields: []string{""}}} {
		if plugin.Register(grpc.NewServer(), f) == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}
