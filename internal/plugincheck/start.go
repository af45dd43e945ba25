package plugincheck

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

const (
	// dying is how long a process whose connection broke may take to end.
	dying = 500 * time.Millisecond
	// mostCredits is how many batches in hand the host grants at most.
	mostCredits = 64
)

func checkStart(_ context.Context, s *session) (string, error) {
	r, err := s.begin()
	if err != nil {
		return "", err
	}
	s.live = r
	return "", nil
}

func checkHandshake(_ context.Context, s *session) (string, error) {
	var err error
	s.live.address, err = s.live.handshake(s.live.folder, s.config.Timeout)
	return "", err
}

func checkVersion(_ context.Context, s *session) (string, error) {
	if err := s.live.address.check(); err != nil {
		return "", err
	}
	return fmt.Sprint(s.live.address.version), s.live.connect()
}

func checkDescribe(ctx context.Context, s *session) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	d, err := s.live.describe(ctx)
	if err != nil {
		return "", s.explain(ctx, s.live, err)
	}
	again, err := s.live.describe(ctx)
	if err != nil {
		return "", s.explain(ctx, s.live, err)
	}
	if !proto.Equal(d, again) {
		return "", wrong("Give the same Description each time: Skysift asks once for each process.", "asked twice, it describes itself in two ways")
	}
	if err := checkDescription(d); err != nil {
		return "", err
	}
	s.description = d
	if s.page, err = newPage(d, s.config.Alerts); err != nil {
		return "", err
	}
	return described(d, s.page), nil
}

// path is how a field's path is written.
func path() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\[\])?(\.[A-Za-z_][A-Za-z0-9_]*(\[\])?)*$`)
}

func checkDescription(d *pluginpb.Description) error {
	if d.GetName() == "" {
		return wrong("Give the filter a name: logs call it by that.", "Description.name is empty")
	}
	if len(d.GetFields()) == 0 && !d.GetRaw() {
		return wrong("Name in fields what the filter reads of an alert.", "it asks for no fields and not for the raw bytes: it cannot know anything of an alert")
	}
	seen, valid := map[string]bool{}, path()
	for _, field := range d.GetFields() {
		if !valid.MatchString(field) {
			return wrong("Write paths as in filters.yaml: candidate.magpsf, or prv_candidates[].jd.", "it asks for the field %q, which is no path", field)
		}
		if seen[field] {
			return wrong("Name each field once.", "it asks for %s twice", field)
		}
		seen[field] = true
	}
	return nil
}

// described says what the program is and asks for.
func described(d *pluginpb.Description, p *page) string {
	asks := append([]string(nil), d.GetFields()...)
	if d.GetRaw() {
		asks = append(asks, "the alert's own bytes")
	}
	text := strings.TrimSpace(d.GetName()+" "+d.GetVersion()) + " reads " + strings.Join(asks, ", ")
	if unknown := p.unknown(); len(unknown) > 0 {
		text += fmt.Sprintf("\nThe alerts judged here do not have %s: give some that do with --alerts", strings.Join(unknown, ", "))
	}
	return text
}

func checkHealth(ctx context.Context, s *session) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	r, err := s.serving()
	if err != nil {
		return "", err
	}
	const mend = `Serve grpc.health.v1.Health: Check of the service "plugin" says SERVING.`
	switch status, err := r.health(ctx); {
	case err != nil:
		return "", wrong(mend, "asked for its health: %v", err)
	case status != grpc_health_v1.HealthCheckResponse_SERVING:
		return "", wrong(mend, "it says that its health is %s", status)
	}
	return "", nil
}

// byHand is how long a program may take to tell a person what it is.
const byHand = 5 * time.Second

// checkByHand starts the program as a person would.
func checkByHand(_ context.Context, s *session) (string, error) {
	const mend = "Without SKYSIFT_PLUGIN in its environment a person has started the program: say on stderr what it is, and exit with another code than 0."
	p, err := s.launch(s.folder, false)
	if err != nil {
		return "", err
	}
	defer p.kill()
	switch limit := max(byHand, s.config.Timeout); {
	case !p.endsWithin(limit):
		return "", wrong(mend, "started without a host, it still runs after %s", limit)
	case p.command.ProcessState.ExitCode() == 0:
		return "", wrong(mend, "started without a host, it exits with 0, as if all were well")
	case p.log.String() == "":
		return "", wrong(mend, "started without a host, it says nothing on stderr")
	}
	return "", nil
}
