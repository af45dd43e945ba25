//go:build kafka

package kafka_test

import (
	"fmt"
	"testing"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

func TestSourceKeepsTheContract(t *testing.T) {
	c := shared.Cluster(t)
	topic := c.Topic(t, 3)
	want := map[string][]string{}
	for p := range 3 {
		values := numbered(fmt.Sprintf("p%d-", p), 0, 40)
		for _, v := range values {
			key := fmt.Sprintf("%s/%d", topic, p)
			want[key] = append(want[key], string(v))
			c.ProduceValues(t, topic, p, v) // a batch each
		}
	}
	t.Run("without commits", func(t *testing.T) {
		runtimetest.TestSource(t, runtimetest.SourceCase{Want: want, Open: func(t *testing.T) runtime.Source {
			config := onCluster(t, c, kafkatest.UniqueName(t), topic)
			config.UntilEnd = true
			return newSource(t, config)
		}})
	})
	t.Run("with commits", func(t *testing.T) {
		group := kafkatest.UniqueName(t)
		runtimetest.TestSource(t, runtimetest.SourceCase{Want: want, Durable: true, Open: func(t *testing.T) runtime.Source {
			config := onCluster(t, c, group, topic)
			config.UntilEnd = true
			return newSource(t, config)
		}})
	})
}
