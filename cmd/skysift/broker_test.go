package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// testPatience is how long a script waits for what must happen.
const testPatience = 60 * time.Second

// startBroker gives a script a broker with the topic night of two partitions.
func startBroker(env *testscript.Env) error {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "night"))
	if err != nil {
		return err
	}
	env.Defer(broker.Close)
	env.Values["broker"] = broker
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Setenv("LISTEN", listener.Addr().String())
	env.Setenv("KAFKA", broker.ListenAddrs()[0])
	return listener.Close()
}

// freeze is the script's command "freeze": the broker answers no more produce
// requests.
func freeze(ts *testscript.TestScript, _ bool, _ []string) {
	broker := ts.Value("broker").(*kfake.Cluster)
	forever := make(chan struct{})
	ts.Defer(func() { close(forever) })
	broker.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		broker.KeepControl()
		broker.SleepControl(func() { <-forever })
		return nil, nil, false
	})
}

// client connects to the script's broker.
func client(ts *testscript.TestScript, options ...kgo.Opt) *kgo.Client {
	c, err := kgo.NewClient(append(options, kgo.SeedBrokers(ts.Getenv("KAFKA")))...)
	ts.Check(err)
	return c
}

// produce is the script's command "produce TOPIC FILE...": a record per file,
// the file's name its key.
func produce(ts *testscript.TestScript, _ bool, args []string) {
	c := client(ts)
	defer c.Close()
	for _, name := range args[1:] {
		record := &kgo.Record{Topic: args[0], Key: []byte(name), Value: []byte(ts.ReadFile(name))}
		ts.Check(c.ProduceSync(context.Background(), record).FirstErr())
	}
}

// compareTopic is the script's command "topic TOPIC FILE...": the topic has
// exactly the files' bytes, in any order over its partitions, with the header
// that says where they came from.
func compareTopic(ts *testscript.TestScript, _ bool, args []string) {
	want := map[string]int{}
	for _, name := range args[1:] {
		want[ts.ReadFile(name)]++
	}
	c := client(ts, kgo.ConsumeTopics(args[0]), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	for got := 0; got < len(args)-1; got++ {
		fetched := c.PollRecords(ctx, 1)
		if fetched.NumRecords() == 0 {
			ts.Fatalf("topic %s has %d records of %d: %v", args[0], got, len(args)-1, fetched.Err())
		}
		record := fetched.Records()[0]
		if want[string(record.Value)]--; want[string(record.Value)] < 0 {
			ts.Fatalf("topic %s has a record that is none of %v", args[0], args[1:])
		}
		if !strings.Contains(fmt.Sprint(record.Headers), "skysift-source") {
			ts.Fatalf("topic %s has a record without a source", args[0])
		}
	}
	ctx, cancel = context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if more := c.PollRecords(ctx, 1); more.NumRecords() > 0 {
		ts.Fatalf("topic %s has more than %d records", args[0], len(args)-1)
	}
}

// until is the script's command "until PATH PATTERN": it waits until telemetry
// answers PATH with what matches PATTERN.
func until(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile("(?m)" + args[1])
	last := "nothing"
	for end := time.Now().Add(testPatience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get("http://" + ts.Getenv("LISTEN") + args[0])
		if err != nil {
			last = err.Error()
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if last = string(body); pattern.MatchString(last) {
			return
		}
	}
	ts.Fatalf("%s does not come to match %s; it answers\n%s", args[0], args[1], last)
}
