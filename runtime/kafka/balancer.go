package kafka

import (
	"cmp"
	"log/slog"
	"slices"
	"sync"

	kafkago "github.com/segmentio/kafka-go"
)

// balancer gives the partitions of a group's topics to its members, evenly
// over all topics together, so that many topics of one partition each are
// spread too. kafka-go calls it on the member that leads the group.
//
// The partitions come from count, not from kafka-go, which reports none at all
// when one of the topics is missing.
type balancer struct {
	count func(topics []string) (map[string]int, error)
	log   *slog.Logger

	mu     sync.Mutex
	counts map[string]int // as last given out by this member, nil before
}

// ProtocolName is what members must have in common.
func (b *balancer) ProtocolName() string { return "skysift-even" }

// UserData is none.
func (b *balancer) UserData() ([]byte, error) { return nil, nil }

// AssignGroups gives each partition to a member that subscribes to its topic
// and has the fewest so far.
func (b *balancer) AssignGroups(members []kafkago.GroupMember, known []kafkago.Partition) kafkago.GroupMemberAssignments {
	members = slices.Clone(members)
	slices.SortFunc(members, func(x, y kafkago.GroupMember) int { return cmp.Compare(x.ID, y.ID) })
	counts := b.countPartitions(members, known)
	b.remember(counts)

	assigned := kafkago.GroupMemberAssignments{}
	load := make(map[string]int, len(members))
	for _, m := range members {
		assigned[m.ID] = map[string][]int{}
	}
	total := 0
	for _, at := range spread(counts) {
		total++
		if m, ok := leastLoaded(members, at.topic, load); ok {
			load[m]++
			assigned[m][at.topic] = append(assigned[m][at.topic], at.partition)
		}
	}
	if len(members) > total {
		b.log.Warn("the group has more members than there are partitions: some have nothing to do",
			"members", len(members), "partitions", total)
	}
	return assigned
}

func (b *balancer) countPartitions(members []kafkago.GroupMember, known []kafkago.Partition) map[string]int {
	var topics []string
	for _, m := range members {
		topics = append(topics, m.Topics...)
	}
	slices.Sort(topics)
	counts, err := b.count(slices.Compact(topics))
	if err == nil {
		return counts
	}
	b.log.Warn("partitions cannot be counted anew: giving out those that are known", "reason", err)
	counts = map[string]int{}
	for _, p := range known {
		counts[p.Topic] = max(counts[p.Topic], p.ID+1)
	}
	return counts
}

// spread lists partitions so that neighbours differ in topic last.
func spread(counts map[string]int) []place {
	var places []place
	for topic, n := range counts {
		for i := range n {
			places = append(places, place{topic, i})
		}
	}
	slices.SortFunc(places, comparePlaces)
	return places
}

func leastLoaded(members []kafkago.GroupMember, topic string, load map[string]int) (string, bool) {
	best := -1
	for i, m := range members {
		if slices.Contains(m.Topics, topic) && (best < 0 || load[m.ID] < load[members[best].ID]) {
			best = i
		}
	}
	if best < 0 {
		return "", false
	}
	return members[best].ID, true
}

func (b *balancer) remember(counts map[string]int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts = counts
}

// takeCounts returns what this member gave out as the leader of the generation
// that begins; nil where another leads.
func (b *balancer) takeCounts() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	counts := b.counts
	b.counts = nil
	return counts
}
