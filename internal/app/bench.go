package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"prosa/bench"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/telemetry"
)

type benchCommand struct {
	Engine     string        `default:"sqlite" enum:"sqlite,postgres" help:"Database under load: ${enum}. postgres takes PROSA_DATABASE_URL and PROSA_DATABASE_OWNER_URL."`
	Target     string        `default:"all" enum:"all,gateway" help:"The whole way, or what the gateway alone accepts: ${enum}."`
	Rate       float64       `default:"2000" help:"Messages a second."`
	For        time.Duration `default:"60s" help:"How long to measure."`
	WarmUp     time.Duration `default:"10s" help:"At the same rate before, not counted."`
	Companies  int           `default:"100" help:"Companies with a number each."`
	Customers  int           `default:"20000" help:"Customers over all companies."`
	Senders    int           `default:"256" help:"Webhook POSTs under way at once at most."`
	Postmaster int           `name:"postgres-pid" help:"Process id of the PostgreSQL server: what its processes use is counted in."`
	JSON       string        `help:"Also write the result to this file, as JSON."`
	Dir        string        `help:"Folder for the state under load; a temporary one by default."`
}

// Run implements the command.
func (c *benchCommand) Run(around *surroundings) error {
	dir := c.Dir
	if dir == "" {
		temporary, err := os.MkdirTemp("", "prosa-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temporary) }()
		dir = temporary
	}
	plan := bench.Plan{Customers: c.Customers, Rate: c.Rate, For: c.For, WarmUp: c.WarmUp, Senders: c.Senders, StatusEvery: 20 * time.Millisecond,
		Drain: 10 * time.Second, AcceptOnly: c.Target == targetGateway}
	provider, err := bench.NewProvider(plan)
	if err != nil {
		return err
	}
	settings, address, err := c.settings(around.lookup, dir, provider.URL())
	if err != nil {
		return err
	}
	if plan.Numbers, err = c.prepare(around.ctx, settings); err != nil {
		return err
	}
	plan.Gateway = "http://" + address
	provider.Use(plan)

	server, err := c.start(around, settings)
	if err != nil {
		return err
	}
	defer server.stop()
	if err := server.await(around.ctx, settings["PROSA_OPERATIONS_LISTEN"]); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(around.ctx)
	defer cancel()
	go func() { _ = provider.Run(ctx) }()
	fmt.Fprintf(around.out, "%d companies, %d customers; %s warm-up and %s at %.0f messages/s\n", c.Companies, c.Customers, c.WarmUp, c.For, c.Rate)
	go c.analyze(ctx, settings)
	var before time.Duration
	used := func() time.Duration { return server.cpu() + familyCPU(c.Postmaster) }
	result := bench.Run(ctx, provider, func() { before = used() })
	if result.Messages > 0 {
		result.CPUPerMsgUS = float64((used() - before).Microseconds()) / float64(result.Messages)
	}
	result.ServerRSS = server.rss()
	result.Engine, result.Target = c.Engine, c.Target
	if c.Engine == string(database.Postgres) && c.Postmaster == 0 {
		result.Note = "CPU is of our process alone; the database server's comes on top"
	}
	if result.FsyncMS, err = bench.Fsync(dir); err != nil {
		return err
	}
	result.Print(around.out)
	if c.JSON != "" {
		raw, err := json.MarshalIndent(result, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.JSON, append(raw, '\n'), 0o600); err != nil {
			return err
		}
	}
	if !result.Sound() {
		return fault.New(fault.Internal, "something was lost, doubled or out of order")
	}
	return nil
}

// analyze has PostgreSQL look at its tables in the middle of the warm-up, as its
// autovacuum does by itself within a minute. Until then it works by plans that
// were made for empty tables, which no database in use has.
func (c *benchCommand) analyze(ctx context.Context, settings map[string]string) {
	if c.Engine != string(database.Postgres) {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-time.After(c.WarmUp / 2):
	}
	cfg, err := load(config.Map(settings))
	if err != nil {
		return
	}
	owner, err := database.OpenOwner(ctx, cfg.Database)
	if err != nil {
		return
	}
	defer func() { _ = owner.Close() }()
	_, _ = owner.ExecContext(ctx, "ANALYZE") // without it the figures are only worse
}

// settings of the process under load, and the address of its gateway.
func (c *benchCommand) settings(lookup config.Lookup, dir, provider string) (map[string]string, string, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	operations, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	settings := map[string]string{
		"PROSA_DATA_DIR": filepath.Join(dir, "data"), "PROSA_LISTEN": listen, "PROSA_PUBLIC_URL": "http://" + listen, "PROSA_OPERATIONS_LISTEN": operations,
		"PROSA_WHATSAPP_BASE_URL": provider, "PROSA_LOG_LEVEL": "WARN", "PROSA_SECRET_KEYS": "bench:" + strings.Repeat("QUFB", 10) + "QUE=",
	}
	if c.Engine == string(database.Postgres) {
		for _, name := range []string{"PROSA_DATABASE_URL", "PROSA_DATABASE_OWNER_URL"} {
			value, ok := lookup(name)
			if !ok {
				return nil, "", needs(name, "the URL of an empty PostgreSQL database (docs/postgresql.md)")
			}
			settings[name] = value
		}
	}
	for _, name := range []string{"PROSA_SHARDS", "PROSA_DATABASE_CACHE_KB", "PROSA_CONVERSATION_BATCH_EVERY", "PROSA_CONVERSATION_BATCH_EVENTS", "PROSA_CONVERSATION_BATCH_SHARE", "PROSA_CHANNEL_IN_FLIGHT", "GOGC", "GOMEMLIMIT", "PROSA_PPROF_LISTEN"} {
		if value, ok := lookup(name); ok {
			settings[name] = value
		}
	}
	return settings, listen, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it opens at once or fails
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}

// prepare makes the companies, each with a number and the bot that repeats.
func (c *benchCommand) prepare(ctx context.Context, settings map[string]string) ([]bench.Number, error) {
	cfg, err := load(config.Map(settings))
	if err != nil {
		return nil, err
	}
	if _, err := migrate(ctx, cfg); err != nil {
		return nil, err
	}
	h, err := open(ctx, cfg, "bench", telemetry.NewLogger(io.Discard, cfg.Telemetry))
	if err != nil {
		return nil, err
	}
	defer func() { _ = h.close() }()
	numbers := make([]bench.Number, c.Companies)
	for i := range numbers {
		if numbers[i], err = h.loadedCompany(ctx, i); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

func (h *house) loadedCompany(ctx context.Context, i int) (bench.Number, error) {
	company, err := h.tenancy.Create(ctx, tenancy.Draft{Name: fmt.Sprintf("Carga %d", i), Slug: fmt.Sprintf("carga-%d-%s", i, randomHex(3)), Locale: "pt-BR"}, tenancy.By{})
	if err != nil {
		return bench.Number{}, err
	}
	bot, err := h.bots.CreateBot(ctx, company.ID, "Eco")
	if err != nil {
		return bench.Number{}, err
	}
	if _, _, err := h.bots.PublishVersion(ctx, company.ID, bot.ID, botrun.Draft{Definition: bench.Echo, Channels: []message.Channel{message.WhatsApp}}); err != nil {
		return bench.Number{}, err
	}
	number := bench.Number{PhoneNumberID: strconv.Itoa(700_000_000_000_000 + i), AppSecret: randomHex(16), Token: "bench" + randomHex(16)}
	account, err := h.channel.Create(ctx, channel.NewAccount{TenantID: company.ID, Channel: message.WhatsApp, Name: "Carga", ExternalID: number.PhoneNumberID, BotID: bot.ID,
		Credentials: map[string]secret.Text{"token": secret.New(number.Token), "app_secret": secret.New(number.AppSecret)}})
	number.Hook = account.Hook
	return number, err
}

// underLoad is the process that is measured.
type underLoad struct {
	command *exec.Cmd
}

func (c *benchCommand) start(around *surroundings, settings map[string]string) (*underLoad, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	target := targetAll
	if c.Target == targetGateway {
		target = targetGateway
	}
	u := &underLoad{command: exec.Command(self, "serve", "--target", target)} //nolint:noctx // it is stopped by stop, gracefully
	u.command.Env = []string{"PATH=/usr/bin:/bin"}
	for name, value := range settings {
		u.command.Env = append(u.command.Env, name+"="+value)
	}
	u.command.Stderr, u.command.Stdout = around.err, around.err
	return u, u.command.Start()
}

func (u *underLoad) await(ctx context.Context, operations string) error {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+operations+"/readyz", nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fault.New(fault.Unavailable, "the process under load is not ready after 30 s")
}

func (u *underLoad) stop() {
	_ = u.command.Process.Signal(syscall.SIGTERM)
	_ = u.command.Wait()
}

// cpu is what the process has used so far, user and system.
func (u *underLoad) cpu() time.Duration { return statCPU(u.command.Process.Pid, false) }

// familyCPU is what a process, its children and its ended children have used so
// far; nothing for pid 0.
func familyCPU(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	total := statCPU(pid, true)
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return total
	}
	for _, field := range strings.Fields(string(raw)) {
		if child, err := strconv.Atoi(field); err == nil {
			total += statCPU(child, false)
		}
	}
	return total
}

// statCPU reads user and system time of a process, and with ended also of its
// children that ended: fields 14 to 17 of /proc/pid/stat, proc(5).
func statCPU(pid int, ended bool) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	last := 13
	if ended {
		last = 15
	}
	if len(fields) < last {
		return 0
	}
	ticks := int64(0)
	for _, field := range fields[11:last] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	const perSecond = 100 // USER_HZ
	return time.Duration(ticks) * time.Second / perSecond
}

// rss is the process's resident memory in bytes.
func (u *underLoad) rss() int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", u.command.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}
