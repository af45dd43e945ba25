//go:build kafka

package kafka_test

import (
	"testing"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime/kafka"
)

var shared kafkatest.Shared

func TestMain(m *testing.M) { shared.Main(m) }

// onCluster is sourceConfig on a real cluster.
func onCluster(t testing.TB, c *kafkatest.Cluster, group string, topics ...string) kafka.SourceConfig {
	return sourceConfig(t, c.Brokers(), group, topics...)
}
