package runtimetest_test

import (
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

func TestTheFakeSourceConforms(t *testing.T) {
	source := &runtimetest.Source{Topic: "night", Values: [][][]byte{{[]byte("a"), []byte("b")}, {[]byte("c")}}}
	runtimetest.TestSource(t, runtimetest.SourceCase{
		Open:    func(*testing.T) runtime.Source { return source },
		Want:    map[string][]string{"night/0": {"a", "b"}, "night/1": {"c"}},
		Durable: true,
	})
}

func TestTheFakeSinkConforms(t *testing.T) {
	sink := &runtimetest.Sink{}
	runtimetest.TestSink(t, runtimetest.SinkCase{Sink: sink, Read: func(*testing.T) []runtimetest.Written {
		var all []runtimetest.Written
		for _, o := range sink.Outputs() {
			all = append(all, runtimetest.Written{Class: o.Class, Origin: o.Origin, Value: string(o.Value)})
		}
		return all
	}})
}

func TestTheLineFormatConforms(t *testing.T) {
	runtimetest.TestDecoder(t, runtimetest.DecoderCase{
		Format: runtimetest.Format{}, Fields: []filter.Field{{Path: "id"}, {Path: "mag"}},
		One: []byte("id=1 mag=x"), Several: []byte("id=1 mag=17\nid=2 mag=18\n"), Count: 2, Damaged: []byte("broken"),
	})
}
