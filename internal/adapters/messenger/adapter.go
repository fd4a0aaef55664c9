package messenger

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

// Adapter implements channel.Adapter.
type Adapter struct {
	hosts thread.Hosts
	graph *meta.Client
	line  *thread.Line
}

var (
	_ channel.Adapter      = (*Adapter)(nil)
	_ channel.Profiler     = (*Adapter)(nil)
	_ channel.Checker      = (*Adapter)(nil)
	_ channel.Disconnecter = (*Adapter)(nil)
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
	graph := meta.NewClient(config.graph(), deps.HTTP, deps.Recorder, deps.Clock)
	media := httpclient.Guarded(httpclient.Policy{Limits: httpclient.Limits{Timeout: config.UploadTimeout, Body: thread.MaxMedia}})
	return &Adapter{hosts: hosts, graph: graph, line: &thread.Line{
		Dialect: thread.MessengerDialect, Graph: graph, HTTP: deps.HTTP, Media: media, Hosts: hosts,
		Blobs: deps.Blobs, Clock: deps.Clock, Logger: deps.Logger, Record: deps.Recorder,
	}}
}

// Channel implements channel.Adapter.
func (a *Adapter) Channel() message.Channel { return message.Messenger }

// Challenge implements channel.Adapter.
func (a *Adapter) Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	return meta.Challenge(query, accounts)
}

// Verify implements channel.Adapter.
func (a *Adapter) Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error) {
	return meta.Verify(header, body, accounts)
}

// Split implements channel.Adapter.
func (a *Adapter) Split(body []byte) ([]channel.Piece, error) {
	return thread.MessengerDialect.Split(body)
}

// Parse implements channel.Adapter.
func (a *Adapter) Parse(piece []byte) (channel.Inbound, error) {
	return thread.MessengerDialect.Parse(piece, a.hosts)
}

// Render implements channel.Adapter.
func (a *Adapter) Render(out channel.Outbound) ([]channel.Part, error) {
	return thread.MessengerDialect.Render(out)
}

// Send implements channel.Adapter.
func (a *Adapter) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	return a.line.Send(ctx, account, account.ExternalID, part)
}

// Signal implements channel.Adapter.
func (a *Adapter) Signal(ctx context.Context, account channel.Account, to []message.Address, signal channel.Signal) error {
	return a.line.Signal(ctx, account, account.ExternalID, to, signal)
}

// Fetch implements channel.Adapter.
func (a *Adapter) Fetch(ctx context.Context, account channel.Account, media message.Media) (channel.Download, error) {
	return a.line.Fetch(ctx, account, media)
}
