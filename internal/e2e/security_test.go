//go:build kafka

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/skysift/skysift/internal/chaos"
	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

// The users of the secured cluster, besides PlainUser and ClientID.
const (
	user     = "skysift-user"
	password = "scram-pass-55e1"
)

// secured is one cluster with every kind of listener, for all tests here.
type secured struct {
	cluster   *kafkatest.Cluster
	authority *kafkatest.Authority
	tokens    *kafkatest.TokenServer
}

// newSecured starts it and lets the users do what a run does.
func newSecured(t *testing.T) *secured {
	t.Helper()
	s := &secured{authority: kafkatest.NewAuthority(t, "observatory")}
	s.cluster = kafkatest.Start(t, kafkatest.Secured(t, s.authority))
	s.tokens = kafkatest.StartTokenServer(t, 0)
	s.cluster.SetScram(t, user, password)
	for _, name := range []string{user, kafkatest.PlainUser, kafkatest.ClientID, "CN=telescope"} {
		s.cluster.AllowTopics(t, name, "Test", kmsg.ACLOperationRead, kmsg.ACLOperationWrite, kmsg.ACLOperationDescribe, kmsg.ACLOperationCreate)
		s.cluster.AllowGroups(t, name, "Test")
	}
	t.Setenv("NIGHT_PASSWORD", password)
	t.Setenv("NIGHT_PLAIN", kafkatest.PlainPassword)
	t.Setenv("NIGHT_CLIENT", kafkatest.ClientSecret)
	t.Setenv("NIGHT_WRONG", "wrong-secret-2c90")
	return s
}

// stage is an input topic with ten alerts and a file that reads it at a
// listener, secured as the YAML says.
func (s *secured) stage(t *testing.T, listener, security string) *stage {
	t.Helper()
	st := newStageOn(t, s.cluster, 2, "")
	st.produceAlerts(0, 0, 6)
	st.produceAlerts(1, 0, 4)
	st.writeFilters(fmt.Sprintf(`version: 1
stream:
  brokers: [%s]
  topics: [%s]
  group: %s
%soutput:
  topic: %s{class}
  reject_topic: %srejected
filters:
  - {name: everything, class: everything, where: candid >= 0}
`, s.cluster.Listener(listener)[0], st.topic, st.group, s.fill(security), st.prefix, st.prefix))
	return st
}

func (s *secured) fill(yaml string) string {
	return strings.NewReplacer("$CA", s.authority.File, "$TOKENS", s.tokens.URL).Replace(yaml)
}

// yamlRun are the arguments of a run that leaves all to the file.
func yamlRun(s *stage, more ...string) []string {
	return append([]string{"run", "--filters", s.filters, "--listen", "127.0.0.1:0", "--output", "json"}, more...)
}

// noSecret fails the test where a process has shown a secret.
func noSecret(t *testing.T, p *skysifttest.Process) {
	t.Helper()
	for _, secret := range []string{password, kafkatest.PlainPassword, kafkatest.ClientSecret, "wrong-secret-2c90", "eyJ"} {
		if strings.Contains(p.Log()+p.Stdout(), secret) {
			t.Errorf("the secret %s is in what it says", secret)
		}
	}
}

const (
	trusted = "  tls: {ca_file: $CA}\n"
	scram   = "  sasl: {mechanism: %s, username: skysift-user, password: \"${%s}\"}\n"
	plainly = "  sasl: {mechanism: plain, username: mallory, password: \"${%s}\"}\n"
	bearer  = "  sasl: {mechanism: OAUTHBEARER, token_url: $TOKENS, client_id: skysift-client, client_secret: \"${%s}\", scope: kafka}\n"
)

func TestSecuredCluster(t *testing.T) {
	s := newSecured(t)
	client := s.authority.Sign(t, "telescope", time.Hour)
	passwordFile := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(passwordFile, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	goods := []struct{ name, listener, security string }{
		{"PLAIN", kafkatest.SASLTLS, trusted + fmt.Sprintf(plainly, "NIGHT_PLAIN")},
		{"SCRAM-SHA-256", kafkatest.SASLTLS, trusted + fmt.Sprintf(scram, "SCRAM-SHA-256", "NIGHT_PASSWORD")},
		{"SCRAM-SHA-512", kafkatest.SASLTLS, trusted + fmt.Sprintf(scram, "SCRAM-SHA-512", "NIGHT_PASSWORD")},
		{"OAUTHBEARER", kafkatest.SASLTLS, trusted + fmt.Sprintf(bearer, "NIGHT_CLIENT")},
		{"a password in a file", kafkatest.SASLTLS, trusted + "  sasl: {mechanism: scram-sha-512, username: skysift-user, password_file: " + passwordFile + "}\n"},
		{"a client certificate", kafkatest.Mutual, fmt.Sprintf("  tls: {ca_file: $CA, cert_file: %s, key_file: %s}\n", client.CertFile, client.KeyFile)},
		{"a login without TLS", kafkatest.PlainOnly, fmt.Sprintf(plainly, "NIGHT_PLAIN")},
	}
	for _, test := range goods {
		t.Run("good/"+test.name, func(t *testing.T) {
			st := s.stage(t, test.listener, test.security)
			p := skysift.Binary(t).Run(t, enough, yamlRun(st, "--until-end")...)
			if got := p.Summary(t); got.Delivered != 10 || len(st.output("everything")) != 10 {
				t.Errorf("%+v, and %d outputs", got, len(st.output("everything")))
			}
			noSecret(t, p)
		})
	}
	t.Run("good/all by flags and variables", func(t *testing.T) {
		st := s.stage(t, kafkatest.SASLTLS, "")
		p := skysift.Binary(t).Run(t, enough, yamlRun(st, "--until-end", "--tls-ca-file", s.authority.File,
			"--sasl-mechanism", "scram-sha-256", "--sasl-username", user, "--sasl-password-file", passwordFile)...)
		if got := p.Summary(t); got.Delivered != 10 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("bad", func(t *testing.T) { s.testBad(t) })
	t.Run("80 a password that is renewed", func(t *testing.T) { s.testRenewed(t) })
	t.Run("sessions that end", func(t *testing.T) { s.testSessions(t) })
	t.Run("a denied output topic", func(t *testing.T) { s.testDeniedOutput(t) })
}

// testBad checks that a run which cannot begin says why, and what to do.
func (s *secured) testBad(t *testing.T) {
	other := kafkatest.NewAuthority(t, "elsewhere")
	expired := s.authority.Sign(t, "late-telescope", -time.Minute)
	spent := kafkatest.StartTokenServer(t, -time.Minute)
	tests := []struct {
		name, listener, security string
		says                     []string
	}{
		{"wrong password by PLAIN", kafkatest.SASLTLS, trusted + fmt.Sprintf(plainly, "NIGHT_WRONG"), []string{"refuses user mallory by PLAIN", "check the username and the password"}},
		{"wrong password by SCRAM-SHA-256", kafkatest.SASLTLS, trusted + fmt.Sprintf(scram, "SCRAM-SHA-256", "NIGHT_WRONG"), []string{"refuses user skysift-user by SCRAM-SHA-256"}},
		{"wrong password by SCRAM-SHA-512", kafkatest.SASLTLS, trusted + fmt.Sprintf(scram, "SCRAM-SHA-512", "NIGHT_WRONG"), []string{"refuses user skysift-user by SCRAM-SHA-512"}},
		{"wrong client secret", kafkatest.SASLTLS, trusted + fmt.Sprintf(bearer, "NIGHT_WRONG"), []string{"token endpoint", "refuses client skysift-client", "invalid_client"}},
		{"a token that has expired", kafkatest.SASLTLS, trusted + strings.ReplaceAll(fmt.Sprintf(bearer, "NIGHT_CLIENT"), "$TOKENS", spent.URL), []string{"refuses the token of client skysift-client"}},
		{"an expired certificate", kafkatest.Expired, trusted + fmt.Sprintf(plainly, "NIGHT_PLAIN"), []string{"its certificate expired on 20", "renew it"}},
		{"an authority that is not trusted", kafkatest.SASLTLS, "  tls: {ca_file: " + other.File + "}\n" + fmt.Sprintf(plainly, "NIGHT_PLAIN"), []string{"authority that is not trusted here", "ca_file"}},
		{"another server's name", kafkatest.SASLTLS, "  tls: {ca_file: $CA, server_name: kafka.example.org}\n" + fmt.Sprintf(plainly, "NIGHT_PLAIN"), []string{"not for the name kafka.example.org", "server_name"}},
		{"no TLS where there is some", kafkatest.SASLTLS, fmt.Sprintf(plainly, "NIGHT_PLAIN"), []string{"speaks TLS on this port", "give tls"}},
		{"nothing at all where there is TLS", kafkatest.SASLTLS, "", []string{"speaks TLS on this port"}},
		{"TLS where there is none", "PLAIN", trusted, []string{"speaks plain text on this port"}},
		{"no login where one is wanted", kafkatest.PlainOnly, "", []string{"wants a login", "PLAIN"}},
		{"TLS but no login", kafkatest.SASLTLS, trusted, []string{"wants a login", "OAUTHBEARER", "SCRAM-SHA-512"}},
		{"a login where there is none", "PLAIN", fmt.Sprintf(plainly, "NIGHT_PLAIN"), []string{"nobody logs in on this port"}},
		{"a mechanism that is not there", kafkatest.PlainOnly, fmt.Sprintf(scram, "SCRAM-SHA-256", "NIGHT_PASSWORD"), []string{"does not take SASL SCRAM-SHA-256", "it takes PLAIN"}},
		{"no client certificate", kafkatest.Mutual, trusted, []string{"refuses TLS with us", "cert_file"}},
		{"an expired client certificate", kafkatest.Mutual, fmt.Sprintf("  tls: {ca_file: $CA, cert_file: %s, key_file: %s}\n", expired.CertFile, expired.KeyFile), []string{"refuses TLS with us", "expired"}},
		{"a secret that is not there", kafkatest.SASLTLS, trusted + fmt.Sprintf(plainly, "NIGHT_MISSING"), []string{"filters.yaml:7:", "no variable NIGHT_MISSING"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			st := s.stage(t, test.listener, test.security)
			p := skysift.Binary(t).Start(t, yamlRun(st, "--until-end")...)
			if code := p.ExitCode(t, enough); code == 0 {
				t.Error("it ends well")
			}
			for _, words := range test.says {
				if !strings.Contains(p.Log(), words) {
					t.Errorf("it does not say %q:\n%s", words, p.Log())
				}
			}
			noSecret(t, p)
		})
	}
	for name, test := range map[string]struct{ user, says string }{
		"a denied topic": {"nobody-topic", "no permission to read topic"},
		"a denied group": {"nobody-group", "no permission to use group"},
	} {
		t.Run(name, func(t *testing.T) {
			s.cluster.SetScram(t, test.user, password)
			if test.user == "nobody-group" {
				s.cluster.AllowTopics(t, test.user, "Test", kmsg.ACLOperationRead)
			} else {
				s.cluster.AllowGroups(t, test.user, "Test")
			}
			st := s.stage(t, kafkatest.SASLTLS, trusted+"  sasl: {mechanism: scram-sha-256, username: "+test.user+", password: \"${NIGHT_PASSWORD}\"}\n")
			p := skysift.Binary(t).Start(t, yamlRun(st)...)
			if code := p.ExitCode(t, enough); code != 1 || !strings.Contains(p.Log(), test.says) || !strings.Contains(p.Log(), "grant this user") {
				t.Errorf("exit code %d:\n%s", code, p.Log())
			}
		})
	}
}

// testRenewed changes a user's password under a run, and then its file: new
// connections are refused in between, and nothing is lost.
func (s *secured) testRenewed(t *testing.T) {
	s.cluster.SetScram(t, "renewed", "first-password")
	s.cluster.AllowTopics(t, "renewed", "Test", kmsg.ACLOperationAll)
	s.cluster.AllowGroups(t, "renewed", "Test")
	file := filepath.Join(t.TempDir(), "password")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first-password")
	st := s.stage(t, kafkatest.Brief, "  sasl: {mechanism: SCRAM-SHA-512, username: renewed, password_file: "+file+"}\n")
	p := skysift.Binary(t).Start(t, yamlRun(st)...)
	st.awaitOutput("everything", 10)
	s.cluster.SetScram(t, "renewed", "second-password")
	p.AwaitLog(t, "refuses user renewed", enough)
	st.produceAlerts(0, 6, 9)
	write("second-password\n")
	st.awaitOutput("everything", 13)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	st.mustHaveAll(t, 9, 4)
}

// testSessions runs for several of the broker's sessions: whoever did not log
// in anew would be cut off, and the group put together again.
func (s *secured) testSessions(t *testing.T) {
	tokens := kafkatest.StartTokenServer(t, 10*time.Second)
	for name, security := range map[string]string{
		"SCRAM":       fmt.Sprintf(scram, "SCRAM-SHA-256", "NIGHT_PASSWORD"),
		"OAUTHBEARER": strings.ReplaceAll(fmt.Sprintf(bearer, "NIGHT_CLIENT"), "$TOKENS", tokens.URL),
	} {
		t.Run(name, func(t *testing.T) {
			st := s.stage(t, kafkatest.Brief, security)
			p := skysift.Binary(t).Start(t, yamlRun(st)...)
			st.awaitOutput("everything", 10)
			for i := range 13 {
				st.produceAlerts(0, 6+i, 7+i)
				time.Sleep(kafkatest.BriefSession / 3)
			}
			st.awaitOutput("everything", 23)
			if err := p.Stop(syscall.SIGTERM, enough); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(p.Log(), "msg=joined"); n != 1 {
				t.Errorf("it has joined the group %d times", n)
			}
			st.mustHaveAll(t, 19, 4)
		})
	}
	if n := tokens.Given(); n < 2 {
		t.Errorf("%d tokens were given over several of their lives", n)
	}
}

// testDeniedOutput checks row 76 with a user's own permissions: one class
// waits, with an alarm, until the permission is given; nothing is lost.
func (s *secured) testDeniedOutput(t *testing.T) {
	s.cluster.SetScram(t, "halfway", password)
	st := s.stage(t, kafkatest.SASLTLS, trusted+"  sasl: {mechanism: scram-sha-256, username: halfway, password: \"${NIGHT_PASSWORD}\"}\n")
	s.cluster.AllowTopics(t, "halfway", st.topic, kmsg.ACLOperationRead)
	s.cluster.AllowGroups(t, "halfway", "Test")
	p := skysift.Binary(t).Start(t, yamlRun(st)...)
	p.AwaitLog(t, "no permission to write to topic "+st.prefix+"everything", enough)
	p.AwaitLog(t, "grant this user Write and Describe", enough)
	for _, offset := range s.cluster.Committed(t, st.group, st.topic) {
		if offset > 0 {
			t.Errorf("committed %d, past what could not be written", offset)
		}
	}
	s.cluster.AllowTopics(t, "halfway", st.prefix, kmsg.ACLOperationWrite, kmsg.ACLOperationCreate)
	st.awaitOutput("everything", 10)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	st.mustHaveAll(t, 6, 4)
}

// mustHaveAll checks that each alert of the partitions came through.
func (s *stage) mustHaveAll(t *testing.T, counts ...int) {
	t.Helper()
	total := 0
	for _, n := range counts {
		total += n
	}
	seen := map[string]bool{}
	for _, r := range s.awaitOutput("everything", total) {
		seen[string(r.Value)] = true
	}
	for partition, n := range counts {
		for i := range n {
			if !seen[string(chaos.Value(partition, i))] {
				t.Errorf("alert %d of partition %d is lost", i, partition)
			}
		}
	}
}
