package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// modes in which every journey runs.
var modes = modesOf(unitsFolder())

// modesRun is what ran in which mode.
var modesRun = &ran{modes: map[string]map[string]bool{}}

type ran struct {
	mu    sync.Mutex
	modes map[string]map[string]bool
}

func (r *ran) note(test, mode string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name, _, _ := strings.Cut(test, "/")
	if r.modes[name] == nil {
		r.modes[name] = map[string]bool{}
	}
	r.modes[name][mode] = true
}

func (r *ran) table() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var both, one []string
	for _, name := range slices.Sorted(maps.Keys(r.modes)) {
		if len(r.modes[name]) == len(modes) {
			both = append(both, name)
		} else {
			one = append(one, name+" ("+strings.Join(slices.Collect(maps.Keys(r.modes[name])), ", ")+")")
		}
	}
	what := "both modes (all on SQLite; split on PostgreSQL and a NATS server)"
	if len(modes) == 1 {
		what = "the split mode, from the units"
	}
	text := "Ran in " + what + ": " + strings.Join(both, ", ") + "\n"
	if len(one) > 0 {
		text += "Ran in one mode: " + strings.Join(one, ", ") + "\n"
	}
	return text
}

// house is a running Prosa with its simulators.
type house struct {
	t        *testing.T
	mode     string
	dir      string
	binary   string
	env      []string
	sandbox  *process
	parts    map[string]*process // of Prosa: "all", or "stream", "gateway", "api", "worker"
	postgres *wire               // what stands between Prosa and PostgreSQL; nil on SQLite
	order    []string

	SandboxURL string
	GatewayURL string
	APIURL     string
}

// newHouse builds, migrates, seeds and starts a house in a mode. more are
// further settings, NAME=value.
func newHouse(t *testing.T, mode string, more ...string) *house {
	t.Helper()
	modesRun.note(t.Name(), mode)
	h := &house{t: t, mode: mode, dir: t.TempDir(), binary: binary(t), parts: map[string]*process{}}
	sandbox := freePort(t)
	h.SandboxURL = "http://" + sandbox
	h.sandbox = h.process("sandbox", []string{"sandbox"}, "PROSA_SANDBOX_LISTEN="+sandbox, "PROSA_SANDBOX_UNLIMITED=true", "PROSA_DATA_DIR="+filepath.Join(h.dir, "sandbox"))
	h.sandbox.start()
	awaitHTTP(t, h.SandboxURL+"/sandbox/phone/api/phones", h.sandbox)
	h.furnish(mode, more)
	seed := []string{"seed", "--sandbox", h.SandboxURL, "--no-history"}
	if flow := h.setting("PROSA_SEED_FLOW"); flow != "" {
		seed = append(seed, "--flow", flow)
	}
	h.run(seed...)
	if template := h.setting("PROSA_SEED_TEMPLATE"); template != "" {
		h.run("bot", "--company", "casa-aurora", "--name", "Primeiro", "--template", template, "--channel", "WhatsApp da loja", "--channel", "Telegram da loja")
	}
	for _, name := range h.order {
		h.startPart(name)
	}
	for _, name := range h.order {
		h.ready(name)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, name := range h.order {
				t.Logf("--- last lines of %s:\n%s", name, h.parts[name].tail(40))
			}
			t.Logf("--- last lines of sandbox:\n%s", h.sandbox.tail(20))
		}
	})
	return h
}

// furnish gives the house its settings and its parts beside the simulators, and
// a database that is up to date.
func (h *house) furnish(mode string, more []string) {
	t := h.t
	t.Helper()
	listen := freePort(t)
	h.APIURL, h.GatewayURL = "http://"+listen, "http://"+listen
	h.env = append([]string{
		"PROSA_DATA_DIR=" + filepath.Join(h.dir, "data"), "PROSA_PUBLIC_URL=http://" + listen, "PROSA_DEMO=true",
		"PROSA_WHATSAPP_BASE_URL=" + h.SandboxURL + "/meta", "PROSA_MESSENGER_BASE_URL=" + h.SandboxURL + "/meta",
		"PROSA_INSTAGRAM_BASE_URL=" + h.SandboxURL + "/meta", "PROSA_INSTAGRAM_LOGIN_BASE_URL=" + h.SandboxURL + "/instagram", "PROSA_TELEGRAM_BASE_URL=" + h.SandboxURL + "/telegram",
		"PROSA_MERCADOPAGO_BASE_URL=" + h.SandboxURL + "/mercadopago", "PROSA_METACATALOG_BASE_URL=" + h.SandboxURL + "/meta",
		"PROSA_SANDBOX_URL=" + h.SandboxURL, "PROSA_LOG_LEVEL=INFO", "PROSA_HASH_MEMORY_KIB=1024", "PROSA_HASH_TIME=1",
	}, more...)
	switch mode {
	case "all":
		h.add("all", []string{"serve", "--target", "all"}, "PROSA_LISTEN="+listen)
	case "split":
		cfg := databasetest.Config(t, database.Postgres)
		h.postgres = newWire(t, hostOf(t, cfg.URL.Reveal()))
		app, owner := h.postgres.instead(t, cfg.URL.Reveal()), cfg.OwnerURL.Reveal()
		nats := freePort(t)
		gateway := freePort(t)
		h.GatewayURL = "http://" + gateway
		h.env = append(h.env, "PROSA_DATABASE_URL="+app, "PROSA_DATABASE_OWNER_URL="+owner, "PROSA_STREAM_URL=nats://"+nats,
			"PROSA_SECRET_KEYS=test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "PROSA_GATEWAY_URL=http://"+gateway)
		if unitsFolder() != "" {
			h.env = append(h.env, "PROSA_STREAM_TOKEN=of-the-journeys")
		}
		h.migrate()
		h.add("stream", []string{"stream", "--listen", nats})
		h.add("worker", []string{"serve", "--target", "worker"})
		h.add("api", []string{"serve", "--target", "api"}, "PROSA_LISTEN="+listen)
		h.add("gateway", []string{"serve", "--target", "gateway"}, "PROSA_LISTEN="+gateway)
	default:
		t.Fatalf("no mode %q", mode)
	}
}

// setting gives the value of a setting of the house; the last one counts, as for
// a process.
func (h *house) setting(name string) (value string) {
	for _, pair := range h.env {
		if given, ok := strings.CutPrefix(pair, name+"="); ok {
			value = given
		}
	}
	return value
}

// add makes a part with its own address for operators.
func (h *house) add(name string, args []string, more ...string) {
	operations := freePort(h.t)
	settings := append(append([]string{}, h.env...), append(more, "PROSA_OPERATIONS_LISTEN="+operations)...)
	if unitsFolder() != "" && unitOf[name] != "" {
		h.parts[name] = h.fromUnit(name, settings)
	} else {
		h.parts[name] = h.process(name, args, settings...)
	}
	h.parts[name].operations = "http://" + operations
	h.order = append(h.order, name)
}

// startPart starts a part of Prosa; the stream is waited for, since the others
// need it to start.
func (h *house) startPart(name string) {
	h.t.Helper()
	h.parts[name].start()
	if name == "stream" {
		awaitPort(h.t, strings.TrimPrefix(h.setting("PROSA_STREAM_URL"), "nats://"))
	}
}

// ready waits until a part says that it can work.
func (h *house) ready(name string) {
	h.t.Helper()
	if name != "stream" {
		awaitHTTP(h.t, h.parts[name].operations+"/readyz", h.parts[name])
	}
}

// run runs a command of the binary to its end.
func (h *house) run(args ...string) {
	h.t.Helper()
	command := exec.Command(h.binary, args...)
	command.Env = append(os.Environ(), h.env...)
	output, err := command.CombinedOutput()
	if err != nil {
		h.t.Fatalf("prosa %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}

// process is a process under test that can be killed and started again.
type process struct {
	t          *testing.T
	name       string
	binary     string
	args       []string
	env        []string
	clean      bool // env alone, without what the test itself was started with
	operations string

	mu      sync.Mutex
	command *exec.Cmd
	exited  chan struct{}
	lines   []string
}

func (h *house) process(name string, args []string, env ...string) *process {
	p := &process{t: h.t, name: name, binary: h.binary, args: args, env: env}
	h.t.Cleanup(p.kill)
	return p
}

func (p *process) start() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.command = exec.Command(p.binary, p.args...)
	p.command.Env = p.env
	if !p.clean {
		p.command.Env = append(os.Environ(), p.env...)
	}
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	reader, writer, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.command.Stdout, p.command.Stderr = writer, writer
	if err := p.command.Start(); err != nil {
		p.t.Fatalf("%s does not start: %v", p.name, err)
	}
	_ = writer.Close()
	exited := make(chan struct{})
	p.exited = exited
	go p.read(reader)
	go func(command *exec.Cmd) {
		_ = command.Wait()
		close(exited)
	}(p.command)
}

func (p *process) read(from io.ReadCloser) {
	defer from.Close()
	scanner := bufio.NewScanner(from)
	scanner.Buffer(make([]byte, 1<<16), 1<<20)
	for scanner.Scan() {
		p.mu.Lock()
		p.lines = append(p.lines, scanner.Text())
		if len(p.lines) > 400 {
			p.lines = p.lines[len(p.lines)-400:]
		}
		p.mu.Unlock()
	}
}

// kill ends the process as a power cut would, and waits until it is gone.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

// stop asks the process to end and waits until it has.
func (p *process) stop() { p.signal(syscall.SIGTERM) }

func (p *process) signal(signal syscall.Signal) {
	p.mu.Lock()
	command, exited := p.command, p.exited
	p.mu.Unlock()
	if command == nil || command.Process == nil {
		return
	}
	_ = command.Process.Signal(signal)
	<-exited
}

// gone reports whether the process has ended.
func (p *process) gone() bool {
	p.mu.Lock()
	exited := p.exited
	p.mu.Unlock()
	select {
	case <-exited:
		return true
	default:
		return false
	}
}

func (p *process) tail(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines[max(len(p.lines)-n, 0):], "\n")
}

// binary gives the binary under test: PROSA_BINARY, or one built for this run.
func binary(t *testing.T) string {
	t.Helper()
	path, err := builtBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var builtBinary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("PROSA_BINARY"); path != "" {
		return filepath.Abs(path)
	}
	folder, err := os.MkdirTemp("", "prosa-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "prosa")
	if layout := os.Getenv("PROSA_E2E_IMAGE"); layout != "" {
		return path, fromImage(layout, path)
	}
	output, err := exec.Command("go", "build", "-o", path, "../cmd/prosa").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("the binary does not build: %w\n%s", err, output)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Print(modesRun.table() + units.table())
	if path, err := builtBinary(); err == nil && os.Getenv("PROSA_BINARY") == "" {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// freePort gives an address of this machine that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// patience bounds every wait for something that must happen.
const patience = 45 * time.Second

// until polls what another process will show, since it cannot signal us.
func until(t *testing.T, what string, ok func() (bool, string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		done, seen := ok()
		if done {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come within %s; last seen: %s", what, patience, seen)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

func awaitHTTP(t *testing.T, url string, p *process) {
	t.Helper()
	until(t, p.name+" at "+url, func() (bool, string) {
		if p.gone() {
			t.Fatalf("%s ended instead of serving:\n%s", p.name, p.tail(30))
		}
		response, err := http.Get(url)
		if err != nil {
			return false, err.Error()
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(response.Body, 300))
		return response.StatusCode == http.StatusOK, response.Status + " " + string(body)
	})
}

func awaitPort(t *testing.T, address string) {
	t.Helper()
	until(t, "a listener on "+address, func() (bool, string) {
		connection, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return false, err.Error()
		}
		_ = connection.Close()
		return true, ""
	})
}

// client is a browser without a page: it keeps the session's cookie.
type client struct {
	t    *testing.T
	base string
	http *http.Client
}

func newClient(t *testing.T, base string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, base: base, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// signIn gives a client signed in as the demo's person of a role.
func (h *house) signIn(role string) *client {
	h.t.Helper()
	c := newClient(h.t, h.APIURL+"/api/v1")
	c.do(http.MethodPost, "/demo/session", map[string]string{"role": role}, nil)
	return c
}

// phones gives a client of the simulated telephones.
func (h *house) phones() *client { return newClient(h.t, h.SandboxURL+"/sandbox/phone/api") }

// try makes a request and gives the status and the body.
func (c *client) try(method, path string, body any, header ...string) (int, []byte, error) {
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(context.Background(), method, c.base+path, reader)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return response.StatusCode, raw, err
}

// do makes a request that must succeed and decodes the answer into out.
func (c *client) do(method, path string, body, out any, header ...string) {
	c.t.Helper()
	status, raw, err := c.try(method, path, body, header...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if status < 200 || status > 299 {
		c.t.Fatalf("%s %s answered %d: %s", method, path, status, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
}

// get reads a JSON answer without failing the test; for polling.
func (c *client) get(path string, out any) error {
	status, raw, err := c.try(http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%d: %s", status, raw)
	}
	return json.Unmarshal(raw, out)
}
