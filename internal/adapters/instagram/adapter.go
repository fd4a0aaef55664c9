package instagram

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"prosa/internal/adapters/meta"
	"prosa/internal/adapters/meta/thread"
	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/httpclient"
)

// Settings of an account.
const (
	Flavour = "flavour"
	PageID  = "page_id"
)

// ByLogin is the flavour of accounts that were connected by Instagram Login.
const ByLogin = "login"

// Adapter implements channel.Adapter.
type Adapter struct {
	hosts thread.Hosts
	clock clock.Clock
	page  *thread.Line
	login *thread.Line
}

var (
	_ channel.Adapter      = (*Adapter)(nil)
	_ channel.Profiler     = (*Adapter)(nil)
	_ channel.Checker      = (*Adapter)(nil)
	_ channel.Disconnecter = (*Adapter)(nil)
	_ channel.Renewer      = (*Adapter)(nil)
)

// Deps is what an Adapter is made of.
type Deps struct {
	HTTP     *http.Client
	Recorder channel.Recorder
	Clock    clock.Clock
	Logger   *slog.Logger
	Blobs    thread.Blobs
}

// New makes an adapter.
func New(config Config, deps Deps) *Adapter {
	hosts := thread.Hosts{Bases: config.Bases(), Names: config.MediaHosts}
	media := httpclient.Guarded(httpclient.Policy{Limits: httpclient.Limits{Timeout: config.UploadTimeout, Body: thread.MaxMedia}})
	line := func(base, platform string) *thread.Line {
		return &thread.Line{
			Dialect: thread.InstagramDialect, Graph: meta.NewClient(config.graph(base), deps.HTTP, deps.Recorder, deps.Clock),
			HTTP: deps.HTTP, Media: media, Hosts: hosts, Platform: platform,
			Blobs: deps.Blobs, Clock: deps.Clock, Logger: deps.Logger, Record: deps.Recorder,
		}
	}
	return &Adapter{hosts: hosts, clock: deps.Clock, page: line(config.BaseURL, "instagram"), login: line(config.LoginBaseURL, "")}
}

// way gives the line of the account's flavour, and who speaks there: the linked
// page, or the account itself.
func (a *Adapter) way(account channel.Account) (*thread.Line, string) {
	if account.Settings[Flavour] == ByLogin {
		return a.login, account.ExternalID
	}
	if page := account.Settings[PageID]; page != "" {
		return a.page, page
	}
	return a.page, "me" // the page of the token
}

// Channel implements channel.Adapter.
func (a *Adapter) Channel() message.Channel { return message.Instagram }

// Challenge implements channel.Adapter.
func (a *Adapter) Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	return meta.Challenge(query, accounts)
}

// Verify implements channel.Adapter. Each account has the secret of the app that
// it was connected by: Instagram Login's is another one than the Meta app's.
func (a *Adapter) Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error) {
	return meta.Verify(header, body, accounts)
}

// Split implements channel.Adapter.
func (a *Adapter) Split(body []byte) ([]channel.Piece, error) {
	return thread.InstagramDialect.Split(body)
}

// Parse implements channel.Adapter.
func (a *Adapter) Parse(piece []byte) (channel.Inbound, error) {
	return thread.InstagramDialect.Parse(piece, a.hosts)
}

// Render implements channel.Adapter.
func (a *Adapter) Render(out channel.Outbound) ([]channel.Part, error) {
	return thread.InstagramDialect.Render(out)
}

// Send implements channel.Adapter.
func (a *Adapter) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	line, node := a.way(account)
	return line.Send(ctx, account, node, part)
}

// Signal implements channel.Adapter.
func (a *Adapter) Signal(ctx context.Context, account channel.Account, to []message.Address, signal channel.Signal) error {
	line, node := a.way(account)
	return line.Signal(ctx, account, node, to, signal)
}

// Fetch implements channel.Adapter.
func (a *Adapter) Fetch(ctx context.Context, account channel.Account, media message.Media) (channel.Download, error) {
	line, _ := a.way(account)
	return line.Fetch(ctx, account, media)
}
