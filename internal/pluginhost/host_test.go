package pluginhost_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/pluginhost"
	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

type netDialer struct{}

func (*netDialer) dial(address string) (net.Conn, error) {
	return net.DialTimeout("tcp", address, time.Second)
}

// record is a log that can be read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// newHost returns a host whose keeper is the test binary.
func newHost(t testing.TB) (*pluginhost.Host, *record) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := &record{}
	h := pluginhost.NewHost([]string{self}, "test")
	h.Log(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the host's log:\n%s", log)
		}
	})
	return h, log
}

// config is that of a plug-in that behaves as mode says.
func config(mode string, args ...string) pluginhost.Config {
	self, _ := os.Executable()
	return pluginhost.Config{
		Filter: mode, Path: self, Args: append([]string{"plugin", mode}, args...),
		Memory: 1 << 30, Processes: 64, Deadline: 2 * time.Second, Env: []string{"PATH=" + os.Getenv("PATH")},
	}
}

func open(t testing.TB, h *pluginhost.Host, c pluginhost.Config) *pluginhost.Plugin {
	t.Helper()
	p, err := h.NewLease().Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asked is a page with alerts of these magnitudes.
func asked(p *pluginhost.Plugin, mags ...float64) filter.Page {
	page := p.NewPage([]filter.Field{{Path: "id"}, {Path: "mag"}})
	for i, mag := range mags {
		alert := &filter.Alert{}
		alert.Reset(2)
		alert.Values[0], alert.Values[1] = filter.IntOf(int64(i)), filter.FloatOf(mag)
		page.Add(alert, nil, "")
	}
	return page
}

// wantVerdicts asks and expects that alerts brighter than 18 pass.
func wantVerdicts(t testing.TB, p *pluginhost.Plugin, mags ...float64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	answers, err := p.Ask(ctx, asked(p, mags...), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(mags) {
		t.Fatalf("%d answers for %d alerts", len(answers), len(mags))
	}
	for i, mag := range mags {
		if answers[i].Passed != (mag < 18) || answers[i].Err != nil {
			t.Errorf("alert %d of magnitude %v: %+v", i, mag, answers[i])
		}
	}
}

func TestAPluginIsAskedInBatches(t *testing.T) {
	h, _ := newHost(t)
	p := open(t, h, config("good"))
	wantVerdicts(t, p, 17, 19, 16)
	wantVerdicts(t, p)
	answers, _ := p.Ask(t.Context(), asked(p, 17), false)
	if len(answers) != 1 || len(answers[0].Annotations) != 1 || answers[0].Annotations[0].Value.Float() != 17 {
		t.Errorf("answers %+v", answers)
	}
	if f := h.Figures(); len(f) != 1 || f[0].Calls != 2 || f[0].Alerts != 4 || f[0].Restarts != 0 || f[0].Trouble != "" {
		t.Errorf("figures %+v", f)
	}
}

func TestAPluginOfThePreviousVersionIsAskedToo(t *testing.T) {
	h, _ := newHost(t)
	p := open(t, h, config("v1"))
	wantVerdicts(t, p, 17, 19)
	killAll(t, "plugin v1")
	wantVerdicts(t, p, 19, 17) // by its next process
}

// Rows 55 to 58 of the bad input: what cannot be started says why.
func TestAPluginThatCannotBeStartedIsToldWhy(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("#!/nowhere/python\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, []byte("text"), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	confined := config("quits")
	confined.Sandbox = &keeper.Sandbox{}
	wrong := config("good")
	wrong.SHA256 = strings.Repeat("0", 64)
	for _, c := range []struct {
		name   string
		config pluginhost.Config
		want   string
	}{
		{"wrong checksum", wrong, "the file's sha256 is "},
		{"missing", pluginhost.Config{Path: filepath.Join(dir, "nothing")}, "no such file"},
		{"a folder", pluginhost.Config{Path: dir}, "it is a folder"},
		{"not executable", pluginhost.Config{Path: plain}, "it is not executable: chmod +x"},
		{"no interpreter", pluginhost.Config{Path: script}, "could not be started: the interpreter that its first line names"},
		{"no plug-in", pluginhost.Config{Path: "/bin/true"}, "it ended with exit code 0 before it said on stdout where it listens, as plug-ins do"},
		{"no program", pluginhost.Config{Path: empty}, "it could not be started: it is no program"},
		{"no memory to begin", pluginhost.Config{Path: self, Args: []string{"plugin", "good"}, Memory: 16 << 20}, "it may have 16 MiB (plugin.memory), which may be too little"},
		{"a sandbox without what it needs", confined, "with exit code 4 before it said on stdout where it listens, as plug-ins do; plugin.sandbox may keep it from what it needs"},
		{"a sandbox of what is not there", pluginhost.Config{Path: self, Sandbox: &keeper.Sandbox{Read: []string{dir + "/gone"}}}, "it could not be started: the sandbox (leave plugin.sandbox out to run without one)"},
		{"wrong version", config("version"), "another version of the protocol"},
		{"another handshake", config("core"), "its first line on stdout is not"},
		{"another RPC", config("netrpc"), "it does not speak gRPC"},
		{"a wrong certificate", config("certificate"), "certificate"},
		{"chatty", config("chatty"), `is "starting up" and not 1|VERSION|unix|SOCKET|grpc`},
		{"quits", config("quits"), "it ended with exit code 4 before it said on stdout where it listens, as plug-ins do; it said: no model found"},
		{"another address", config("address"), "must listen on a Unix socket in the folder"},
		{"greedy", config("greedy"), "asks for 1001 fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := newHost(t)
			_, err := h.NewLease().Open(t.Context(), c.config)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAPluginWithoutALineIsNotWaitedForWithoutEnd(t *testing.T) {
	h, _ := newHost(t)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := h.NewLease().Open(ctx, config("silent")); err == nil {
		t.Error("a plug-in that says nothing is up")
	}
}

// Rows 59 to 63, 65, 67 and 68: whatever it does, the batch is judged again
// and has its verdicts, and the plug-in is told to be in trouble until then.
func TestAPluginThatFailsNowAndThenCostsNoVerdict(t *testing.T) {
	for _, mode := range []string{"hangs", "panics", "exits", "huge", "hogs", "other", "few", "short", "detail"} {
		t.Run(mode, func(t *testing.T) {
			h, _ := newHost(t)
			c := config(mode)
			c.Deadline, c.Memory = time.Second, 512<<20
			p := open(t, h, c)
			for i := range 4 {
				wantVerdicts(t, p, 14+2*float64(i))
			}
			if f := h.Figures()[0]; f.Restarts < 1 || f.Failures < 1 {
				t.Errorf("figures %+v", f)
			}
		})
	}
}

func TestAFloodOfStderrIsCutShort(t *testing.T) {
	h, log := newHost(t)
	p := open(t, h, config("floods"))
	for tries := 0; tries < 20 || log.String() == "" && tries < 400; tries++ { // a line of it takes its time on a busy machine
		wantVerdicts(t, p, 17, 19)
		time.Sleep(50 * time.Millisecond)
	}
	if n := len(log.String()); n == 0 || n > 2<<20 {
		t.Errorf("the log has %d bytes", n)
	}
}

func TestWhatAPluginPrintsIsNoProtocol(t *testing.T) { wantSaid(t, "prints", "a print") }

func TestWhatAPluginWritesToStderrWhileItServesIsLogged(t *testing.T) {
	wantSaid(t, "complains", "a complaint")
}

// wantSaid wants a line in the log of what a plug-in says while it judges.
func wantSaid(t *testing.T, mode, line string) {
	t.Helper()
	h, log := newHost(t)
	p := open(t, h, config(mode))
	wantVerdicts(t, p, 17, 19)
	for range 250 {
		if strings.Contains(log.String(), line) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%q is not in the log", line)
}

// Row 64.
func TestAForkBombIsKilledWhole(t *testing.T) {
	h, log := newHost(t)
	c := config("forks")
	c.Processes, c.Deadline = 20, 5*time.Second
	p := open(t, h, c)
	wantVerdicts(t, p, 17)
	wantVerdicts(t, p, 19)
	if !strings.Contains(log.String(), "processes and may have 20") {
		t.Error("nobody was killed for its processes")
	}
	h.Close()
	wantNone(t, "sleep 10.64")
}

// Row 66, and what has left the process group.
func TestNothingOutlivesTheHostsEnd(t *testing.T) {
	for _, mode := range []string{"stubborn", "orphans"} {
		t.Run(mode, func(t *testing.T) {
			h, _ := newHost(t)
			wantVerdicts(t, open(t, h, config(mode)), 17)
			h.Close()
			wantNone(t, "plugin "+mode)
			wantNone(t, "sleep 600.25")
		})
	}
}

// wantNone expects that within 2 s no process has these words in its command
// line, but for those that only have begun to end.
func wantNone(t *testing.T, words string) {
	t.Helper()
	var left []string
	for range 40 {
		if left = processes(words); len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("left: %v", left)
}

func processes(words string) (found []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range all {
		text, err := os.ReadFile(path)
		line := strings.ReplaceAll(string(text), "\x00", " ")
		if err == nil && strings.Contains(line, words) && !strings.Contains(line, keeper.Verb) {
			found = append(found, filepath.Dir(path)+" "+line)
		}
	}
	return found
}

func TestAfterSIGKILLItServesAgain(t *testing.T) {
	h, _ := newHost(t)
	p := open(t, h, config("good"))
	for range 5 {
		wantVerdicts(t, p, 17, 19)
		killAll(t, "plugin good")
		began := time.Now()
		wantVerdicts(t, p, 17, 19)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("served again after %v", took)
		}
	}
}

func killAll(t *testing.T, words string) {
	t.Helper()
	for _, found := range processes(words) {
		var pid int
		fmt.Sscanf(found, "/proc/%d ", &pid)
		if pid > 1 {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func TestAnAlertThatBringsItDownEachTimeIsFound(t *testing.T) {
	h, _ := newHost(t)
	p := open(t, h, config("poison"))
	mags := make([]float64, 60)
	for i := range mags {
		mags[i] = 17 + float64(i%3)
	}
	mags[41] = 13
	answers, err := p.Ask(t.Context(), asked(p, mags...), true)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if (a.Err != nil) != (i == 41) || i != 41 && a.Passed != (mags[i] < 18) {
			t.Errorf("alert %d: %+v", i, a)
		}
	}
}

// A plug-in that never works again is not waited for by those that cannot.
func TestTheBreakerOpensAndClosesAgain(t *testing.T) {
	h, _ := newHost(t)
	file := filepath.Join(t.TempDir(), "plugin")
	self, _ := os.Executable()
	copyFile(t, self, file)
	c := config("good")
	c.Path = file
	p := open(t, h, c)
	wantVerdicts(t, p, 17)
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	killAll(t, file)
	deadline := time.Now().Add(20 * time.Second)
	for !h.Figures()[0].Open {
		if time.Now().After(deadline) {
			t.Fatalf("the breaker stays closed: %+v", h.Figures())
		}
		time.Sleep(20 * time.Millisecond)
	}
	began := time.Now()
	if _, err := p.Ask(t.Context(), asked(p, 17), false); !errors.Is(err, filter.ErrUnavailable) {
		t.Errorf("an open breaker answers %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("refused after %v", took)
	}
	if trouble := h.Figures()[0].Trouble; !strings.Contains(trouble, "no such file") {
		t.Errorf("its trouble is %q", trouble)
	}
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	wantVerdicts(t, p, 17, 19)
	if f := h.Figures()[0]; f.Open || f.Trouble != "" {
		t.Errorf("figures %+v", f)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestAPluginSeesNoSecret(t *testing.T) {
	t.Setenv("KAFKA_PASSWORD", "sesame")
	h, _ := newHost(t)
	c := config("env")
	c.Env = append(c.Env, "MODEL=v3")
	p := open(t, h, c)
	answers, err := p.Ask(t.Context(), asked(p, 17), true)
	if err != nil {
		t.Fatal(err)
	}
	env := answers[0].Annotations[0].Value.Text()
	if strings.Contains(env, "sesame") || strings.Contains(env, "KAFKA") || !strings.Contains(env, "MODEL=v3") {
		t.Errorf("it sees\n%s", env)
	}
}

func TestAFileThatWasChangedIsNotStartedAgain(t *testing.T) {
	h, _ := newHost(t)
	file := filepath.Join(t.TempDir(), "plugin")
	self, _ := os.Executable()
	copyFile(t, self, file)
	c := config("good")
	c.Path = file
	p := open(t, h, c)
	if err := os.Rename(file, file+".old"); err != nil {
		t.Fatal(err)
	}
	copyFile(t, "/bin/true", file)
	killAll(t, file)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := p.Ask(ctx, asked(p, 17), true); !errors.Is(err, filter.ErrUnavailable) || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("asked: %v", err)
	}
}

// The digest of a program with files is one that anybody can make by hand.
func TestTheDigestOfSeveralFilesIsThatOfSha256sumsLines(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"plugin": "#!/bin/sh\n", "filter.py": "pass\n", "lib/more.py": ""} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("sh", "-c", "sha256sum plugin filter.py lib/more.py | sha256sum")
	command.Dir = dir
	want, err := command.Output()
	if err != nil {
		t.Skip("no sha256sum here: ", err)
	}
	got, err := pluginhost.Digest(dir+"/plugin", dir+"/filter.py", dir+"/lib/more.py")
	if err != nil || !strings.HasPrefix(string(want), got+" ") {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
	for file, want := range map[string]string{"lib": "files: " + dir + "/lib: it is a folder: name the files in it", "gone.py": "files: " + dir + "/gone.py: no such file or directory"} {
		if _, err := pluginhost.Digest(dir+"/plugin", dir+"/"+file); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// What a script runs is pinned with it.
func TestAPluginOfWhichAFileWasChangedIsNotStartedAgain(t *testing.T) {
	h, _ := newHost(t)
	file := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(file, []byte("one"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := config("good", "of-files")
	c.Files = []string{file}
	p := open(t, h, c)
	if err := os.WriteFile(file, []byte("two"), 0o644); err != nil {
		t.Fatal(err)
	}
	killAll(t, "good of-files")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := p.Ask(ctx, asked(p, 17), true); !errors.Is(err, filter.ErrUnavailable) || !strings.Contains(err.Error(), "the sha256 of it and its files is") {
		t.Errorf("asked: %v", err)
	}
	if again := open(t, h, c); again == p || again.Digest() == p.Digest() {
		t.Error("with another file it is taken for the same plug-in")
	}
}

// Where an argument's folder lies is nothing to how the plug-in judges.
func TestTheDigestHasTheArgumentsAsWritten(t *testing.T) {
	h, _ := newHost(t)
	c := config("good", "/one/folder/file")
	c.Written = []string{"plugin", "good", "./file"}
	other := config("good", "/another/folder/file")
	other.Written = c.Written
	if open(t, h, c).Digest() != open(t, h, other).Digest() {
		t.Error("one filter has two versions in two folders")
	}
}

func TestClassesMustBeAllowed(t *testing.T) {
	h, _ := newHost(t)
	c := config("class")
	c.Classes = []filter.Class{"rare"}
	p := open(t, h, c)
	page := p.NewPage([]filter.Field{{Path: "mag"}, {Path: "class"}})
	for _, class := range []string{"", "rare", "other"} {
		alert := &filter.Alert{}
		alert.Reset(2)
		alert.Values[0], alert.Values[1] = filter.FloatOf(17), filter.StringOf(class)
		page.Add(alert, nil, "")
	}
	answers, err := p.Ask(t.Context(), page, true)
	if err != nil {
		t.Fatal(err)
	}
	if answers[0].Class != "" || answers[1].Class != "rare" || answers[2].Err == nil || answers[2].Passed {
		t.Errorf("answers %+v", answers)
	}
	if err := answers[2].Err; !strings.Contains(fmt.Sprint(err), `"other"`) || !strings.Contains(fmt.Sprint(err), "add it to plugin.classes") {
		t.Errorf("the error is %v, and says not which class to add where", err)
	}
}

func TestTheDigestCoversTheClassesInAnyOrder(t *testing.T) {
	h, _ := newHost(t)
	digest := func(classes ...filter.Class) string {
		c := config("class")
		c.Classes = classes
		return open(t, h, c).Digest()
	}
	if digest() == digest("rare") {
		t.Error("a class that is allowed changes what passes, and not the digest")
	}
	if digest("rare", "other") != digest("other", "rare") {
		t.Error("the order of the classes changes the digest")
	}
}

func TestASandboxKeepsFilesAndNetworkAway(t *testing.T) {
	h, _ := newHost(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("sesame"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := config("read", secret, listener.Addr().String(), fmt.Sprint(os.Getpid()))
	said := func(c pluginhost.Config) (all []string) {
		answers, err := open(t, h, c).Ask(t.Context(), asked2(t, h, c), true)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers[0].Annotations {
			all = append(all, a.Value.Text())
		}
		return all
	}
	for i, free := range said(c) {
		if free != "<nil>" {
			t.Errorf("without a sandbox, %d: %s", i, free)
		}
	}
	c.Sandbox = &keeper.Sandbox{}
	for i, confined := range said(c) {
		if !strings.Contains(confined, "permission denied") {
			t.Errorf("in the sandbox, %d: %s", i, confined)
		}
	}
}

func asked2(t *testing.T, h *pluginhost.Host, c pluginhost.Config) filter.Page {
	return asked(open(t, h, c), 17)
}

func TestAPluginIsSharedAndDrained(t *testing.T) {
	h, _ := newHost(t)
	first, second := h.NewLease(), h.NewLease()
	a, err := first.Open(t.Context(), config("good"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := second.Open(t.Context(), config("good"))
	if err != nil || a != b {
		t.Fatalf("two plug-ins for one configuration: %v", err)
	}
	first.End()
	wantVerdicts(t, b, 17)
	second.End()
	wantVerdicts(t, b, 19) // a worker still had a batch in hand
	for range 200 {
		if len(processes("plugin good")) == 0 {
			wantVerdicts(t, b, 17) // and one that is later still has its verdict
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("nobody uses it and it is still up: %q", processes("plugin good"))
}

// What is opened and ended at once leaves no process.
func TestAPluginThatIsEndedBeforeItServesIsEnded(t *testing.T) {
	for range 10 {
		h, _ := newHost(t)
		open(t, h, config("good", "ended-at-once"))
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if left := processes("plugin good ended-at-once"); len(left) > 0 {
		t.Errorf("%d run on: %q", len(left), left)
	}
}

// The file says on_failure: skip where it said hold, which must not take a start that
// may fail.
func TestWhetherAlertsAreHeldChangesWithoutAStart(t *testing.T) {
	h, log := newHost(t)
	c := config("good")
	c.Held = true
	held := open(t, h, c)
	c.Held = false
	if open(t, h, c) != held {
		t.Errorf("another plug-in was started:\n%s", log)
	}
}

// hostMain is a host of its own process, with a plug-in whose child has left
// its group; it says when it is up, and waits to be killed.
func hostMain() {
	self, _ := os.Executable()
	h := pluginhost.NewHost([]string{self}, "test")
	for _, mode := range []string{"stubborn", "orphans"} {
		c := config(mode)
		c.Args = append(c.Args, "of-a-killed-host")
		if _, err := h.NewLease().Open(context.Background(), c); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("up")
	select {}
}

func TestAKilledHostLeavesNoProcess(t *testing.T) {
	self, _ := os.Executable()
	host := exec.Command(self, "host", "of-a-killed-host")
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != "up\n" {
		t.Errorf("the host says %q", line)
	}
	var before []string
	for range 40 { // until the orphan is there
		if before = processes("sleep 600.25"); len(before) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(before) == 0 || len(processes("of-a-killed-host")) < 3 {
		t.Errorf("running: %v, %v", before, processes("of-a-killed-host"))
	}
	host.Process.Kill()
	host.Wait()
	wantNone(t, "of-a-killed-host")
	wantNone(t, "sleep 600.25")
}
