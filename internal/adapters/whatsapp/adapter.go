package whatsapp

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/httpclient"
)

// WABAID is the setting of an account that names its WhatsApp Business Account.
const WABAID = "waba_id"

// maxMedia bounds a download, in bytes: a document has at most 100 MB.
const maxMedia = 128 << 20

// Adapter implements channel.Adapter.
type Adapter struct {
	config Config
	http   *http.Client
	media  *http.Client // for Meta's media hosts, which have many names
	graph  *meta.Client
	blobs  Blobs
	clock  clock.Clock
	logger *slog.Logger
	record channel.Recorder

	standIns standIns
}

var _ channel.Adapter = (*Adapter)(nil)

// Deps is what an Adapter is made of.
type Deps struct {
	HTTP     *http.Client
	Recorder channel.Recorder
	Clock    clock.Clock
	Logger   *slog.Logger
	Blobs    Blobs
}

// Blobs opens the bytes of a file of ours, with their count.
type Blobs interface {
	Open(ctx context.Context, tenantID, key string) (io.ReadCloser, int64, error)
}

// New makes an adapter.
func New(config Config, deps Deps) *Adapter {
	return &Adapter{
		config: config,
		http:   deps.HTTP,
		media:  httpclient.Guarded(httpclient.Policy{Limits: httpclient.Limits{Timeout: config.UploadTimeout, Body: maxMedia}}),
		graph:  meta.NewClient(config.graph(), deps.HTTP, deps.Recorder, deps.Clock),
		blobs:  deps.Blobs,
		clock:  deps.Clock,
		logger: deps.Logger,
		record: deps.Recorder,
	}
}

// Channel implements channel.Adapter.
func (a *Adapter) Channel() message.Channel { return message.WhatsApp }

// Challenge implements channel.Adapter.
func (a *Adapter) Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	return meta.Challenge(query, accounts)
}

// Verify implements channel.Adapter.
func (a *Adapter) Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error) {
	return meta.Verify(header, body, accounts)
}
