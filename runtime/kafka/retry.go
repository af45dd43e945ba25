package kafka

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/runtime/kafka/secure"
)

// Retryable says whether doing the same again may succeed without anyone
// changing the request. It is the one place that decides it.
func Retryable(err error) bool {
	if refused(err) {
		// Someone renews the certificate or the password while we wait.
		return true
	}
	var code kafkago.Error
	if errors.As(err, &code) {
		return retryableCode(code)
	}
	var network net.Error
	switch {
	case err == nil:
		return false
	case errors.Is(err, context.Canceled):
		// Whoever waited has gone.
		return false
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		// The broker is slow, stopped or unreachable; it may come back.
		return true
	case closed(err):
		// The broker closed the connection: it restarts, or the connection idled.
		return true
	case errors.Is(err, syscall.ECONNREFUSED):
		// The broker is down.
		return true
	case errors.As(err, &network):
		// Names that do not resolve, routes that are gone: networks recover.
		return true
	}
	// What the broker sent cannot be read, and would be the same again.
	return false
}

// closed says that the connection ended in the midst of what we asked.
func closed(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

func retryableCode(code kafkago.Error) bool {
	switch code {
	case kafkago.NotLeaderForPartition, kafkago.LeaderNotAvailable, kafkago.FencedLeaderEpoch,
		kafkago.UnknownLeaderEpoch, kafkago.ReplicaNotAvailable, kafkago.PreferredLeaderNotAvailable:
		// The leader moved, or is being elected.
		return true
	case kafkago.UnknownTopicOrPartition, kafkago.UnknownTopicID, kafkago.InconsistentTopicID:
		// A broker does not know a new topic yet. Whoever can tell that a topic
		// is gone for good says so by an error of its own.
		return true
	case kafkago.GroupLoadInProgress, kafkago.GroupCoordinatorNotAvailable, kafkago.NotCoordinatorForGroup,
		kafkago.UnstableOffsetCommit:
		// The group's coordinator moved, or reads its log.
		return true
	case kafkago.RebalanceInProgress:
		// The group is being put together; after that a commit is taken or fenced.
		return true
	case kafkago.NotEnoughReplicas, kafkago.NotEnoughReplicasAfterAppend:
		// Replicas are down; acknowledging waits for them.
		return true
	case kafkago.RequestTimedOut, kafkago.NetworkException, kafkago.BrokerNotAvailable, kafkago.NotController,
		kafkago.KafkaStorageError, kafkago.OffsetNotAvailable, kafkago.ThrottlingQuotaExceeded,
		kafkago.ConcurrentTransactions, kafkago.StaleBrokerEpoch, kafkago.StaleControllerEpoch:
		// A broker that is slow, starting, ailing, or asks for patience.
		return true
	case kafkago.InvalidMessage:
		// Damaged on its way to the broker: the bytes we hold are whole.
		return true
	case kafkago.FetchSessionIDNotFound, kafkago.InvalidFetchSessionEpoch:
		// We use no sessions; a broker that thinks so forgets it.
		return true
	case kafkago.TopicAuthorizationFailed, kafkago.GroupAuthorizationFailed, kafkago.ClusterAuthorizationFailed,
		kafkago.SASLAuthenticationFailed:
		// Someone grants the permission, or renews the credential, while we wait.
		return true
	}
	// Fenced members, records the broker refuses, requests it does not know:
	// the same again has the same end.
	return false
}

// unanswered says that no broker answered: there is no connection, or it ended.
func unanswered(err error) bool {
	return !errors.As(err, new(kafkago.Error)) && !refused(err) && Retryable(err)
}

// denied says that err waits for a person: a permission or credential.
func denied(err error) bool { return refused(err) || forbidden(err) }

// refused says that there is no connection until a person helps.
func refused(err error) bool {
	why := (*secure.Refused)(nil)
	return errors.As(err, &why)
}

// forbidden says that a broker denies a permission.
func forbidden(err error) bool {
	for _, code := range []kafkago.Error{
		kafkago.TopicAuthorizationFailed, kafkago.GroupAuthorizationFailed, kafkago.ClusterAuthorizationFailed,
		kafkago.SASLAuthenticationFailed,
	} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}

// backoff spaces the tries of one thing. Its zero value is ready.
type backoff struct {
	// slow allows for pauses as long as a person needs to help.
	slow bool
	next time.Duration
}

const (
	firstPause = 20 * time.Millisecond
	lastPause  = 2 * time.Second
	slowPause  = 30 * time.Second
)

// pause waits a little longer each time, up to a bound, and up to half of it
// more or less by chance, so that those who failed together come back apart.
// It returns ctx.Err().
func (b *backoff) pause(ctx context.Context) error {
	bound := lastPause
	if b.slow {
		bound = slowPause
	}
	b.next = min(max(2*b.next, firstPause), bound)
	t := time.NewTimer(b.next/2 + rand.N(b.next/2))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
	return ctx.Err()
}

func (b *backoff) reset() { *b = backoff{} }
