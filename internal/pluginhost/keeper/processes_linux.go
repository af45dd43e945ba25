package keeper

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// most bounds how many processes are listed: where there are so many there
// are too many.
const most = 1 << 14

// descendants returns the processes that descend from pid, zombies left out.
func descendants(pid int) []int {
	var all []int
	children := childrenOf
	if _, err := os.Stat(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)); err != nil {
		children = byParent() // the kernel was built without these lists
	}
	for next := []int{pid}; len(next) > 0 && len(all) < most; {
		children := children(next[0])
		next = next[1:]
		for _, child := range children {
			next = append(next, child)
			if !isZombie(child) {
				all = append(all, child)
			}
		}
	}
	return all
}

// childrenOf returns the children of all threads of a process.
func childrenOf(pid int) []int {
	folder := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(folder)
	if err != nil {
		return nil // it has ended
	}
	var all []int
	for _, thread := range threads {
		text, err := os.ReadFile(folder + "/" + thread.Name() + "/children")
		if err != nil {
			continue
		}
		for _, word := range bytes.Fields(text) {
			if child, err := strconv.Atoi(string(word)); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// byParent reads all processes there are, and returns what looks up a
// process's children among them.
func byParent() func(pid int) []int {
	children := map[int][]int{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if words := stat(pid); len(words) > 1 {
			parent, _ := strconv.Atoi(string(words[1]))
			children[parent] = append(children[parent], pid)
		}
	}
	return func(pid int) []int { return children[pid] }
}

func isZombie(pid int) bool {
	words := stat(pid)
	return len(words) == 0 || words[0][0] == 'Z' || words[0][0] == 'X'
}

// stat returns what the kernel tells of a process after its name, which is in
// brackets and may have any character in it: its state, its parent, and more.
func stat(pid int) [][]byte {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
}

// resident returns how many bytes the processes have in memory of their own.
func resident(pids []int) (total int64) {
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			continue
		}
		words := bytes.Fields(text)
		if len(words) < 3 {
			continue
		}
		pages, _ := strconv.ParseInt(string(words[1]), 10, 64)
		shared, _ := strconv.ParseInt(string(words[2]), 10, 64)
		total += max(pages-shared, 0) * int64(os.Getpagesize())
	}
	return total
}

// tasksOf returns how many threads a user's processes have.
func tasksOf(uid int) (n int) {
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		if _, err := strconv.Atoi(entry.Name()); err != nil {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			continue
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) == uid {
			threads, _ := os.ReadDir("/proc/" + entry.Name() + "/task")
			n += len(threads)
		}
	}
	return n
}
