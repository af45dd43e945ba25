package main

import (
	"context"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/skysift/skysift/internal/simulate"
)

// destination is where a simulated night goes.
type destination interface {
	// write takes one alert; it may keep it until flush.
	write(ctx context.Context, alert simulate.Alert) error
	// flush returns when what was written is there.
	flush(ctx context.Context) error
	// close ends it; what was flushed stays.
	close() error
}

// longEnough is a pause worth flushing for.
const longEnough = 2 * time.Millisecond

// tell writes the night at a rate [alerts/s], 0 for as fast as it goes, and
// counts it in done.
func tell(ctx context.Context, io streams, night *simulate.Night, to destination, rate float64, done *simulated) error {
	progress := startAlertBar(io, night.Len())
	defer progress.stop()
	began := time.Now()
	for ctx.Err() == nil {
		if rate > 0 {
			due := began.Add(time.Duration(float64(done.Alerts) / rate * float64(time.Second)))
			if err := pause(ctx, time.Until(due), to); err != nil {
				return err
			}
		}
		alert, more := night.Next()
		if !more {
			break
		}
		if err := to.write(ctx, alert); err != nil {
			return err
		}
		done.Alerts++
		done.Bytes += int64(len(alert.Value))
		done.Kinds[alert.Kind()]++
		progress.add()
	}
	// What was written counts as done, so it is flushed also after an
	// interrupt; the cluster's own time limits bound that.
	return to.flush(context.WithoutCancel(ctx))
}

// pause waits until the next alert is due.
func pause(ctx context.Context, wait time.Duration, to destination) error {
	if wait <= 0 {
		return nil
	}
	if wait > longEnough {
		began := time.Now()
		if err := to.flush(ctx); err != nil {
			return err
		}
		wait -= time.Since(began)
	}
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
	return nil
}

// alertBar shows how many alerts are done, on a terminal.
type alertBar struct{ drawn *progressbar.ProgressBar }

func startAlertBar(io streams, alerts int) alertBar {
	if !io.terminal(io.err) {
		return alertBar{}
	}
	return alertBar{progressbar.NewOptions(alerts,
		progressbar.OptionSetWriter(io.err), progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("alerts"),
		progressbar.OptionFullWidth(), progressbar.OptionSetDescription("simulating"), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionEnableColorCodes(false))}
}

// A screen that is gone shows nothing, and the night goes on.
func (b alertBar) add() {
	if b.drawn != nil {
		_ = b.drawn.Add(1)
	}
}

func (b alertBar) stop() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
}
