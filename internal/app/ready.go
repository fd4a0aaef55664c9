package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/config"
	"prosa/internal/platform/httpclient"
)

// readyWait is how long a process may take to say that it is ready.
const readyWait = 4 * time.Second

// readyCommand asks the process beside it, with the same settings, whether it is
// ready: what a runtime calls that has no client of its own in the image.
type readyCommand struct{}

// Run implements the command.
func (c *readyCommand) Run(around *surroundings) error {
	var cfg Config
	if err := config.Load(&cfg, around.lookup); err != nil {
		return err
	}
	address := cfg.Server.Operations
	if address == "off" {
		return needs("the operations address", "PROSA_OPERATIONS_LISTEN is off")
	}
	ctx, cancel := context.WithTimeout(around.ctx, readyWait)
	defer cancel()
	if err := askReady(ctx, "http://"+nearby(address)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(around.out, "ready")
	return err
}

// nearby is where a process that listens on all addresses is reached from its own
// machine.
func nearby(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// askReady gives fault.Unavailable with what is missing, in the process's words.
func askReady(ctx context.Context, base string) error {
	client, err := httpclient.Provider(httpclient.Limits{Timeout: readyWait}, base)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the operations address "+base+" can't be asked")
	}
	answer, err := client.Do(request)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "nothing answers at "+base)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	var state health
	if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&state); err != nil {
		return fault.New(fault.Unavailable, "%s answers %d", base, answer.StatusCode)
	}
	return fault.New(fault.Unavailable, "not ready: %s", strings.Join(state.Problems, "; "))
}
