package terraform

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"prosa/internal/base/fault"
)

// Result is what a run of Terraform left: what it printed and its exit code.
type Result struct {
	Code   int
	Output string // standard output
	Errors string // standard error
}

// turn lets one run of this process go at a time; the file lock does it between
// processes.
var turn sync.Mutex

// lockName is the file in the temporary folder whose lock is a machine's one
// permission to run Terraform.
const lockName = "prosa-terraform.lock"

// garbage lets the heap grow between collections: Terraform and its provider
// live for seconds and hold a schema of hundreds of megabytes, so that collecting
// it again and again was a quarter of the processor time of a run.
const garbage = "800"

// run starts Terraform in folder with nothing in its environment but variables
// and what every run needs. An exit code is no error: the caller knows which mean
// what.
func (t Tool) run(ctx context.Context, folder string, variables []string, args ...string) (Result, error) {
	turn.Lock()
	defer turn.Unlock()
	release, err := claim()
	if err != nil {
		return Result{}, err
	}
	defer release()
	command := exec.CommandContext(ctx, t.Binary, args...)
	command.Dir = folder
	command.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TMPDIR=" + os.TempDir(),
		"TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=-no-color",
		"GOGC=" + garbage,
	}, variables...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	// The provider is a child of the child: an interrupt lets Terraform end it.
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = 20 * time.Second
	err = command.Run()
	result := Result{Code: command.ProcessState.ExitCode(), Output: out.String(), Errors: problems.String()}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result, fault.Wrap(err, fault.Unavailable, "terraform could not be run")
	}
	return result, ctx.Err()
}

// claim waits for the machine's permission to run Terraform.
func claim() (release func(), err error) {
	file, err := os.OpenFile(filepath.Join(os.TempDir(), lockName), os.O_CREATE|os.O_RDWR, 0o666) //nolint:gosec // everyone of the machine shares it
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the lock of terraform cannot be opened")
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fault.Wrap(err, fault.Unavailable, "the lock of terraform cannot be taken")
	}
	return func() { _ = file.Close() }, nil // closing gives the lock back
}

// failed turns a result into an error with what Terraform said, its frame of
// bars taken off.
func failed(what string, result Result) error {
	said := result.Errors
	if strings.TrimSpace(said) == "" {
		said = result.Output
	}
	var lines []string
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(strings.TrimLeft(line, "│╷╵ ")); line != "" {
			lines = append(lines, line)
		}
	}
	return fault.New(fault.Refused, "terraform %s failed: %s", what, strings.Join(lines, " "))
}
