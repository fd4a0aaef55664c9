//go:build unix

package meter

import (
	"syscall"
	"time"
)

// processTime is the CPU time that the process used so far, in its own code and
// in the kernel, as the operating system counts it (getrusage).
func processTime() (time.Duration, bool) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0, false
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), true
}
