package pluginhost

import (
	goruntime "runtime"
	"strings"
	"testing"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// list is a value of so many empty ones.
func list(n int) *pluginpb.Value {
	empty := &pluginpb.Value{}
	items := make([]*pluginpb.Value, n)
	for i := range items {
		items[i] = empty
	}
	return &pluginpb.Value{Kind: &pluginpb.Value_List_{List: &pluginpb.Value_List{Items: items}}}
}

func annotated(value *pluginpb.Value) *pluginpb.Reply {
	return &pluginpb.Reply{Alerts: 1, Details: []*pluginpb.Detail{{Annotations: []*pluginpb.Annotation{{Name: "a", Value: value}}}}}
}

func packed(t testing.TB, m proto.Message) mem.BufferSlice {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return mem.BufferSlice{mem.SliceBuffer(data)}
}

func TestAMessageOfTinyValuesIsRefusedBeforeItIsUnpacked(t *testing.T) {
	reply := packed(t, annotated(list(maxReceived/2-1000)))
	if n := reply.Len(); n > maxReceived || n < maxReceived/2 {
		t.Fatalf("the message has %d bytes", n)
	}
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	err := newCodec().Unmarshal(reply, &pluginpb.Reply{})
	goruntime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "must say less of each alert") {
		t.Errorf("unpacked: %v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > maxUnpacked {
		t.Errorf("refusing it took %d MiB", took>>20)
	}
}

// What eachMessage says must not be less than what a value takes in truth.
func TestAMessageThatIsTakenTakesNoMoreThanItsBound(t *testing.T) {
	most := 0
	for n := 1000; checkUnpacked(packed(t, annotated(list(n))).Materialize(), &pluginpb.Reply{}) == nil; n += 10_000 {
		most = n
	}
	reply := packed(t, annotated(list(most)))
	var before, after goruntime.MemStats
	into := &pluginpb.Reply{}
	goruntime.GC()
	goruntime.ReadMemStats(&before)
	if err := newCodec().Unmarshal(reply, into); err != nil {
		t.Fatal(err)
	}
	goruntime.GC()
	goruntime.ReadMemStats(&after)
	goruntime.KeepAlive(into)
	took := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if took > maxUnpacked || took < maxUnpacked/4 {
		t.Errorf("%d values take %d MiB, and %d are said to be the most", most, took>>20, maxUnpacked>>20)
	}
}

func TestWhatPluginsSayIsTaken(t *testing.T) {
	curve := make([]*pluginpb.Value, 50)
	for i := range curve {
		curve[i] = &pluginpb.Value{Kind: &pluginpb.Value_Float{Float: float64(i)}}
	}
	reply := &pluginpb.Reply{Alerts: maxBatchSize}
	for i := range maxBatchSize {
		detail := &pluginpb.Detail{Alert: uint32(i)}
		for range 4 {
			detail.Annotations = append(detail.Annotations, &pluginpb.Annotation{
				Name: strings.Repeat("n", 20), Value: &pluginpb.Value{Kind: &pluginpb.Value_List_{List: &pluginpb.Value_List{Items: curve}}},
			})
		}
		reply.Details = append(reply.Details, detail)
	}
	data, into := packed(t, reply), &pluginpb.Reply{}
	if data.Len() < harmless {
		t.Fatalf("%d bytes are not looked at", data.Len())
	}
	if err := newCodec().Unmarshal(data, into); err != nil || !proto.Equal(into, reply) {
		t.Errorf("refused: %v", err)
	}
}

func TestAMessageNestedWithoutEndIsRefused(t *testing.T) {
	value := &pluginpb.Value{}
	for range 2 * maxNested {
		value = &pluginpb.Value{Kind: &pluginpb.Value_List_{List: &pluginpb.Value_List{Items: []*pluginpb.Value{value}}}}
	}
	if err := checkUnpacked(packed(t, annotated(value)).Materialize(), &pluginpb.Reply{}); err == nil || !strings.Contains(err.Error(), "deep") {
		t.Errorf("taken: %v", err)
	}
}

// FuzzCheckUnpacked: what cannot be gone through is an error, and never a panic; what protobuf
// unpacks and is not too large is gone through.
func FuzzCheckUnpacked(f *testing.F) {
	f.Add(packed(f, annotated(list(3))).Materialize())
	f.Add([]byte{0x22, 0x80})
	f.Add([]byte{0x13, 0x14})
	f.Fuzz(func(t *testing.T, data []byte) {
		err := checkUnpacked(data, &pluginpb.Reply{})
		if proto.Unmarshal(data, &pluginpb.Reply{}) == nil && err != nil && len(data) < maxNested {
			t.Errorf("refused: %v", err)
		}
	})
}
