package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// family are a process and all that came of it. mark is an argument by which those
// are known whose parent has ended.
func family(t testing.TB, root int, mark string) []int {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	parent, marked := map[int]int{}, []int{root}
	for _, dir := range entries {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if fields := statFields(pid); len(fields) > 1 {
			parent[pid], _ = strconv.Atoi(fields[1])
		}
		if line, err := os.ReadFile(dir + "/cmdline"); err == nil && mark != "" && bytes.Contains(line, []byte(mark)) && pid != os.Getpid() {
			marked = append(marked, pid)
		}
	}
	var all []int
	for pid := range parent {
		for up := pid; up > 1; up = parent[up] {
			if slices.Contains(marked, up) {
				all = append(all, pid)
				break
			}
		}
	}
	return all
}

// statFields are the fields of /proc/PID/stat after the name, nil when the process has
// ended.
func statFields(pid int) []string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, after, _ := bytes.Cut(b[bytes.LastIndexByte(b, ')'):], []byte(" "))
	return strings.Fields(string(after))
}

// pss is the memory of processes in MB, what they share with others in proportion.
func pss(t testing.TB, pids []int) (mb float64) {
	t.Helper()
	for _, pid := range pids {
		f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue // it has ended
		}
		for s := bufio.NewScanner(f); s.Scan(); {
			var kb float64
			if n, _ := fmt.Sscanf(s.Text(), "Pss: %f kB", &kb); n == 1 {
				mb += kb * 1024 / 1e6
			}
		}
		f.Close()
	}
	if mb == 0 {
		t.Fatal("the memory of the processes cannot be read")
	}
	return mb
}

// cpuTime is what processes have used of the processors.
func cpuTime(pids []int) (used time.Duration) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	for _, pid := range pids {
		if f := statFields(pid); len(f) > 12 {
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			used += time.Duration(user+system) * tick
		}
	}
	return used
}

// idleCPU is the share of one processor, in percent, that processes use while nobody
// does anything.
func idleCPU(pids []int, over time.Duration) float64 {
	before := cpuTime(pids)
	time.Sleep(over)
	return 100 * float64(cpuTime(pids)-before) / float64(over)
}

// diskReads is how many bytes the system has read from disks for processes.
func diskReads(pids []int) (bytes int64) {
	for _, pid := range pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
		if err != nil {
			continue // it has ended
		}
		for line := range strings.Lines(string(b)) {
			var n int64
			if found, _ := fmt.Sscanf(line, "read_bytes: %d", &n); found == 1 {
				bytes += n
			}
		}
	}
	return bytes
}

// mapped are the files that processes have in their memory: programs, libraries, fonts.
func mapped(pids []int) (files []string) {
	for _, pid := range pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) == 6 && strings.HasPrefix(f[5], "/") && !slices.Contains(files, f[5]) {
				files = append(files, f[5])
			}
		}
	}
	return files
}

// forget takes files out of the system's cache, those that no program uses now: they
// come from the disk again, as after a boot. Nothing else on the machine is disturbed.
func forget(files []string) {
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
		f.Close()
	}
}
