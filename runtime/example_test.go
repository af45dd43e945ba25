package runtime_test

import (
	"context"
	"fmt"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// A pipeline takes what a source gives to a sink, as far as the set passes it.
// In memory here; runtime/kafka and runtime/archive have sources and sinks,
// runtime/decode the formats, filter/compile the sets.
func ExamplePipeline() {
	source := &runtimetest.Source{Topic: "night", Values: [][][]byte{{
		[]byte("id=1 mag=17.5"), []byte("id=2 mag=19.5"), []byte("not an alert"),
	}}}
	sink := &runtimetest.Sink{}
	pipeline := runtime.New(runtime.Config{
		Source: source, Format: runtimetest.Format{}, Sink: sink, IDPath: "id",
		Set: runtimetest.Set(runtimetest.Brighter{Name: "bright", Class: "transient", Limit: 18}),
	})
	if err := pipeline.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	for _, output := range sink.Outputs() {
		if output.Rejection != nil {
			fmt.Println("rejected:", output.Rejection)
			continue
		}
		fmt.Printf("alert %s of %s is a %s\n", output.ID, output.Origin, output.Class)
	}
	counts := pipeline.Ledger().Counts()
	fmt.Println(counts.Consumed, "consumed:", counts.Delivered, "delivered,", counts.Dropped, "dropped,", counts.Rejected, "rejected")
	// Output:
	// alert 1 of night/0/0 is a transient
	// rejected: night/0/2: decode: "not" is no field: write name=number
	// 3 consumed: 1 delivered, 1 dropped, 1 rejected
}
