package plugincheck

import (
	"context"
	"syscall"
	"time"
)

// leaves is how long a program that is told to stop may take: the host kills
// it then.
const leaves = 2 * time.Second

func checkShutdown(ctx context.Context, s *session) (string, error) {
	r, err := s.serving()
	if err != nil {
		return "", err
	}
	const mend = "Serve plugin.GRPCController: on Shutdown finish what is in hand, remove the socket and exit with 0. Skysift kills what still runs after 2 seconds."
	calling, cancel := context.WithTimeout(ctx, leaves)
	defer cancel()
	told := r.shutdown(calling) // a program that is gone before it answers has done as told
	began := time.Now()
	switch {
	case !r.endsWithin(leaves):
		return "", wrong(mend, "told to shut down (%s), it still runs after %s", saidTo(told), leaves)
	case r.command.ProcessState.ExitCode() != 0:
		return "", wrong(mend, "told to shut down, %s", r.end())
	}
	if left := leftBehind(r); left > 0 {
		return "", wrong("End the processes that it starts before it exits.", "%d of its processes run on after its end", left)
	}
	return "after " + time.Since(began).Round(time.Millisecond).String(), nil
}

func saidTo(err error) string {
	if err != nil {
		return err.Error()
	}
	return "it said yes"
}

// leftBehind is how many processes of a program that has ended run on.
func leftBehind(r *running) int {
	left := 1
	for deadline := time.Now().Add(time.Second); left > 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		left, _, _ = groupOf(r.command.Process.Pid)
	}
	return left
}

func checkSigterm(_ context.Context, s *session) (string, error) {
	s.close()
	r, err := s.serving()
	if err != nil {
		return "", err
	}
	const mend = "End on SIGTERM: that is how Skysift ends what does not answer Shutdown."
	if err := r.command.Process.Signal(syscall.SIGTERM); err != nil {
		return "", err
	}
	if !r.endsWithin(leaves) {
		return "", wrong(mend, "it still runs %s after SIGTERM", leaves)
	}
	if left := leftBehind(r); left > 0 {
		return "", wrong("End the processes that it starts before it exits.", "%d of its processes run on after its end", left)
	}
	return "", nil
}
