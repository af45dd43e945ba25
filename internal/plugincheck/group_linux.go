package plugincheck

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// processGroup puts a process into a group of its own, which dies with us.
func processGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func killGroup(id int) error { return syscall.Kill(-id, syscall.SIGKILL) }

// groupOf returns how many processes of a group there are and how much memory
// they have resident, and false where that cannot be known.
func groupOf(id int) (processes int, resident int64, known bool) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, 0, false
	}
	for _, entry := range entries {
		if _, err := strconv.Atoi(entry.Name()); err != nil {
			continue
		}
		if group, pages, ok := stat(entry.Name()); ok && group == id {
			processes++
			resident += pages * int64(os.Getpagesize())
		}
	}
	return processes, resident, true
}

// stat reads the group of a process that is no zombie, and its resident pages
// (proc(5): fields 3, 5 and 24 of stat).
func stat(pid string) (group int, pages int64, ok bool) {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, 0, false
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 22 || fields[0][0] == 'Z' {
		return 0, 0, false
	}
	group, err = strconv.Atoi(string(fields[2]))
	if err != nil {
		return 0, 0, false
	}
	pages, err = strconv.ParseInt(string(fields[21]), 10, 64)
	return group, pages, err == nil
}
