package keeper

import (
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"syscall"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// become limits this process and turns it into the plug-in. It returns only
// where that fails.
func become(order Order) error {
	goruntime.LockOSThread() // what is set below goes with the thread that calls exec
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up privileges: %w", err)
	}
	if order.Sandbox != nil {
		if err := order.confine(); err != nil {
			return fmt.Errorf("the sandbox (leave plugin.sandbox out to run without one): %w", err)
		}
	}
	argv, env := append([]string{order.Path}, order.Args...), os.Environ()
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("limiting core dumps: %w", err)
	}
	if order.Memory > 0 {
		limit := unix.Rlimit{Cur: uint64(order.Memory), Max: uint64(order.Memory)}
		if err := unix.Setrlimit(unix.RLIMIT_DATA, &limit); err != nil {
			return fmt.Errorf("limiting its memory: %w", err)
		}
	}
	if uid := os.Getuid(); order.Processes > 0 && uid != 0 { // root has no such limit
		limit := uint64(tasksOf(uid) + threadsEach*order.Processes)
		if err := unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("limiting its processes: %w", err)
		}
	}
	return syscall.Exec(order.Path, argv, env)
}

// threadsEach is how many threads are allowed for each process: the kernel's
// limit is on both together, over all that the user runs. It holds where
// processes multiply faster than the keeper counts.
const threadsEach = 16

// confine leaves the plug-in the system's programs and libraries, its own
// folder, its temporary folder, and what the sandbox names.
func (o Order) confine() error {
	if abi := landlockABI(); abi < 4 {
		return fmt.Errorf("this kernel has no Landlock that governs files and the network (Linux 6.7 or later has)")
	}
	rules := []landlock.Rule{
		landlock.RODirs("/usr", "/bin", "/lib", "/lib64", "/etc/ssl", "/etc/alternatives", "/proc/self").IgnoreIfMissing(),
		landlock.ROFiles("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random", "/dev/zero", "/proc/cpuinfo",
			"/proc/meminfo", "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size").IgnoreIfMissing(),
		landlock.RWFiles("/dev/null").IgnoreIfMissing(),
		landlock.RODirs(filepath.Dir(o.Path)),
		landlock.ROFiles(o.Path),
	}
	for _, name := range []string{"TMPDIR", "PLUGIN_UNIX_SOCKET_DIR"} {
		if dir := os.Getenv(name); dir != "" {
			rules = append(rules, landlock.RWDirs(dir))
		}
	}
	for _, path := range o.Sandbox.Read {
		rules = append(rules, rule(path, landlock.RODirs, landlock.ROFiles))
	}
	for _, path := range o.Sandbox.Write {
		rules = append(rules, rule(path, landlock.RWDirs, landlock.RWFiles))
	}
	config := landlock.V7.BestEffort()
	if o.Sandbox.Network {
		if err := config.RestrictPaths(rules...); err != nil {
			return err
		}
		return config.RestrictScoped()
	}
	return config.Restrict(rules...)
}

func rule(path string, dirs, files func(...string) landlock.FSRule) landlock.Rule {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return files(path)
	}
	return dirs(path)
}

// landlockABI returns which version of Landlock the kernel has; 0 for none.
func landlockABI() int {
	const versionOnly = 1
	abi, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, versionOnly)
	if errno != 0 {
		return 0
	}
	return int(abi)
}
