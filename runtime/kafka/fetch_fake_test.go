package kafka_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

// untilEnd reads "in" to its end.
func (f *fake) untilEnd(t testing.TB, change func(*kafka.SourceConfig)) []string {
	t.Helper()
	config := sourceConfig(t, f.ListenAddrs(), "g", "in")
	config.UntilEnd = true
	if change != nil {
		change(&config)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	var r reader
	if err := newSource(t, config).Run(ctx, r.work); err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("not at the end after 40 s; read %d records", r.count())
	}
	return r.seen
}

func wantNumbered(t testing.TB, seen []string, from, to int) {
	t.Helper()
	var want []string
	for i := from; i < to; i++ {
		want = append(want, fmt.Sprintf("in/0/%d=v%d", i, i))
	}
	if !slices.Equal(seen, want) {
		t.Errorf("read %v, want %v", seen, want)
	}
}

func TestFetchGoesOnAfterWhatPasses(t *testing.T) {
	lose := func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("closed") }
	for name, answer := range map[string]func(kmsg.Request) (kmsg.Response, error){
		"a leader that moved":        fetched(kerr.NotLeaderForPartition.Code, nil),
		"a leader not known yet":     fetched(kerr.UnknownTopicOrPartition.Code, nil),
		"a fenced epoch":             fetched(kerr.FencedLeaderEpoch.Code, nil),
		"a connection that is lost":  lose,
		"an ailing disk":             fetched(kerr.KafkaStorageError.Code, nil),
		"no records for a while":     fetched(0, nil),
		"permission that comes back": fetched(kerr.TopicAuthorizationFailed.Code, nil),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.produce(t, numbered("v", 0, 5)...)
			count := f.sometimes(kmsg.Fetch, 3, answer)
			wantNumbered(t, f.untilEnd(t, nil), 0, 5)
			if count.Load() <= 3 {
				t.Errorf("%d fetches: nothing was injected", count.Load())
			}
		})
	}
}

func TestEveryCompressionIsRead(t *testing.T) {
	for name, codec := range map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, kgo.ProducerBatchCompression(codec))
			var records []*kgo.Record
			for i := range 2000 {
				records = append(records, &kgo.Record{Topic: "in", Key: []byte("key"),
					Value: []byte(strings.Repeat("compressible ", i%100) + fmt.Sprint(i)), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}})
			}
			if err := f.client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
				t.Fatal(err)
			}
			seen := f.untilEnd(t, nil)
			if len(seen) != len(records) {
				t.Fatalf("read %d records, want %d", len(seen), len(records))
			}
			for i, r := range records {
				if want := fmt.Sprintf("in/0/%d=%s", i, r.Value); seen[i] != want {
					t.Fatalf("record %d is %.60q, want %.60q", i, seen[i], want)
				}
			}
		})
	}
}

// fakeBatch is a well-formed batch of one record "v0" at offset 0.
func fakeBatch(change func([]byte)) []byte {
	record := []byte{0, 0, 0, 1, 4, 'v', '0', 0} // no key, two bytes
	b := make([]byte, 61, 80)
	b = append(append(b, byte(len(record)*2)), record...)
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)-12))
	b[16] = 2
	binary.BigEndian.PutUint64(b[43:], ^uint64(0))
	binary.BigEndian.PutUint32(b[57:], 1)
	if change != nil {
		change(b)
	}
	binary.BigEndian.PutUint32(b[17:], crc32.Checksum(b[21:], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

func TestABatchDamagedOnItsWayIsFetchedAnew(t *testing.T) {
	f := newFake(t)
	f.produce(t, numbered("v", 0, 3)...)
	damaged := fakeBatch(nil)
	damaged[len(damaged)-2] ^= 0xff
	f.sometimes(kmsg.Fetch, 2, fetched(0, damaged))
	wantNumbered(t, f.untilEnd(t, nil), 0, 3)
}

func TestWhatCannotBeReadStopsThePartitionWithAnAlarm(t *testing.T) {
	damaged := fakeBatch(nil)
	damaged[len(damaged)-2] ^= 0xff
	for name, c := range map[string]struct {
		batch []byte
		want  string
	}{
		"a checksum that stays wrong": {damaged, "checksum"},
		"77 unknown compression":      {fakeBatch(func(b []byte) { b[22] = 6 }), "unknown compression 6"},
		"an old format":               {fakeBatch(func(b []byte) { b[16] = 1 }), "format 2"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.produce(t, numbered("v", 0, 2)...)
			f.sometimes(kmsg.Fetch, 1<<30, fetched(0, c.batch))
			var r reader
			s := newSource(t, sourceConfig(t, f.ListenAddrs(), "g", "in"))
			start(t, s, r.work)
			await(t, "the alarm tells "+c.want, func() bool {
				alarms := s.Alarms()
				return len(alarms) == 1 && alarms[0].About == "in/0" && strings.Contains(alarms[0].Reason, c.want)
			})
			if r.count() != 0 {
				t.Errorf("%d records were handed out", r.count())
			}
			f.sometimes(kmsg.Fetch, 0, nil) // takes the control's place: all is well again
		})
	}
}

func (f *fake) commitOffset(t testing.TB, offset int64) {
	t.Helper()
	client := &kafkago.Client{Addr: kafkago.TCP(f.ListenAddrs()...), Transport: &kafkago.Transport{}}
	response, err := client.OffsetCommit(t.Context(), &kafkago.OffsetCommitRequest{
		GroupID: "g", GenerationID: -1, Topics: map[string][]kafkago.OffsetCommit{"in": {{Offset: offset}}},
	})
	if err != nil || response.Topics["in"][0].Error != nil {
		t.Fatal(err, response)
	}
}

func TestOffsetsOutOfTheLogFollowThePolicy(t *testing.T) {
	for _, c := range []struct {
		policy kafka.Policy
		want   string // what is read after "late" was produced
	}{
		{kafka.PolicyEarliest, "in/0/0=v0 in/0/1=v1 in/0/2=late"},
		{kafka.PolicyLatest, "in/0/2=late"},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			f := newFake(t)
			f.produce(t, numbered("v", 0, 2)...)
			f.commitOffset(t, 100)
			config := sourceConfig(t, f.ListenAddrs(), "g", "in")
			config.OutOfRange = c.policy
			var r reader
			s := newSource(t, config)
			start(t, s, r.work)
			await(t, "the jump is counted", func() bool { return s.Counters().Jumps == 1 })
			f.produce(t, []byte("late"))
			await(t, "what the policy says is read", func() bool { return strings.Join(r.sorted(), " ") == c.want })
		})
	}
	t.Run("fail", func(t *testing.T) {
		f := newFake(t)
		f.produce(t, numbered("v", 0, 2)...)
		f.commitOffset(t, 100)
		s := newSource(t, sourceConfig(t, f.ListenAddrs(), "g", "in"))
		got := make(chan error, 10)
		start(t, s, func(ctx context.Context, p runtime.Partition) error {
			_, err := p.Fetch(ctx)
			if ctx.Err() == nil {
				select {
				case got <- err:
				default:
				}
			}
			return err
		})
		var offset *kafka.OffsetError
		if err := <-got; !errors.As(err, &offset) || offset.Offset != 100 || offset.End != 2 {
			t.Fatalf("Fetch returned %v", err)
		}
		await(t, "the alarm stands", func() bool { return len(s.Alarms()) == 1 && s.Counters().Stops > 0 })
	})
}

func TestTombstonesHeadersAndKeysArePassedOn(t *testing.T) {
	f := newFake(t)
	at := time.UnixMilli(1_700_000_000_001)
	err := f.client.ProduceSync(t.Context(),
		&kgo.Record{Topic: "in", Key: []byte("k"), Timestamp: at, Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("1")}, {Key: "b"}}}).FirstErr()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = newSource(t, sourceConfig(t, f.ListenAddrs(), "g", "in")).Run(ctx, func(ctx context.Context, p runtime.Partition) error {
		defer cancel()
		batch, err := p.Fetch(ctx)
		if err != nil {
			return err
		}
		defer batch.Release()
		r := batch.Records[0]
		if r.Value != nil || string(r.Key) != "k" || !r.Time.Equal(at) || batch.Next != 1 {
			t.Errorf("got %+v", r)
		}
		if len(r.Headers) != 2 || r.Headers[0].Key != "a" || string(r.Headers[0].Value) != "1" || r.Headers[1].Value != nil {
			t.Errorf("headers %v", r.Headers)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestABatchLargerThanAFetchIsRead(t *testing.T) {
	f := newFake(t, kgo.ProducerBatchMaxBytes(1_000_000))
	f.produce(t, make([]byte, 900_000), []byte("after"))
	seen := f.untilEnd(t, func(c *kafka.SourceConfig) { c.Budget = 512 << 10 * 4 })
	if len(seen) != 2 {
		t.Errorf("read %d records, want 2", len(seen))
	}
}

func TestLagIsTold(t *testing.T) {
	f := newFake(t)
	f.produce(t, numbered("v", 0, 7)...)
	s := newSource(t, sourceConfig(t, f.ListenAddrs(), "g", "in"))
	start(t, s, func(ctx context.Context, p runtime.Partition) error {
		batch, err := p.Fetch(ctx)
		if err != nil {
			return err
		}
		batch.Release()
		_ = p.Commit(3)
		<-ctx.Done()
		return nil
	})
	await(t, "four records are behind", func() bool {
		lag := s.Lag()
		return len(lag) == 1 && lag[0] == kafka.PartitionLag{Topic: "in", Settled: 3, End: 7, Lag: 4}
	})
}
