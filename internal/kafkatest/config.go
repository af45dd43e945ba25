package kafkatest

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	plain      = "PLAIN"
	controller = "CONTROLLER"
	// clusterID is any 16 bytes in base64.
	clusterID = "c2t5c2lmdC1rYWZrYS10cw"
)

// properties returns the server.properties of brokers[i].
func (c *Cluster) properties(i int) map[string]string {
	n := len(c.brokers)
	replicas := strconv.Itoa(min(n, 3))
	inSync := strconv.Itoa(min(n, 2))
	var voters []string
	for j, b := range c.brokers {
		voters = append(voters, fmt.Sprintf("%d@%s", j, address(b.ports[controller])))
	}
	listeners, advertised, protocols := c.listeners(i)
	p := map[string]string{
		"node.id":                        strconv.Itoa(i),
		"process.roles":                  "broker,controller",
		"controller.quorum.voters":       strings.Join(voters, ","),
		"controller.listener.names":      controller,
		"inter.broker.listener.name":     plain,
		"listeners":                      listeners,
		"advertised.listeners":           advertised,
		"listener.security.protocol.map": protocols,
		"log.dirs":                       filepath.Join(c.brokers[i].dir, "data"),

		"default.replication.factor":               replicas,
		"min.insync.replicas":                      inSync,
		"offsets.topic.replication.factor":         replicas,
		"offsets.topic.num.partitions":             "4",
		"transaction.state.log.replication.factor": replicas,
		"transaction.state.log.min.isr":            inSync,
		"transaction.state.log.num.partitions":     "4",

		// Tests wait for these: a dead broker is noticed, and a group made, in
		// less than the usual time. A controller, though, may be slower than
		// usual before it loses its place: tests share their machine.
		"broker.heartbeat.interval.ms":       "500",
		"broker.session.timeout.ms":          "5000",
		"controller.quorum.fetch.timeout.ms": "5000",
		"group.initial.rebalance.delay.ms":   "0",
		"group.min.session.timeout.ms":       "1000",

		"auto.create.topics.enable": "false",
	}
	maps.Copy(p, c.options.Config)
	return p
}

func (c *Cluster) listeners(i int) (listeners, advertised, protocols string) {
	names := slices.Sorted(maps.Keys(c.brokers[i].ports))
	var all, public, secured []string
	for _, name := range names {
		entry := name + "://" + address(c.brokers[i].ports[name])
		all = append(all, entry)
		if name != controller {
			public = append(public, entry)
		}
		secured = append(secured, name+":"+c.protocol(name))
	}
	return strings.Join(all, ","), strings.Join(public, ","), strings.Join(secured, ",")
}

func (c *Cluster) protocol(listener string) string {
	if p, ok := c.options.Listeners[listener]; ok {
		return p
	}
	return "PLAINTEXT"
}

func writeProperties(path string, properties map[string]string) error {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(&text, "%s=%s\n", key, strings.ReplaceAll(properties[key], "\n", "\\\n"))
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}

// freePorts returns n ports of the loopback that were free a moment ago. They
// are all held until the last is found, so that they differ.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
