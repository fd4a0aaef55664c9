package phone

import (
	"log/slog"
	"net/http"
	"sync"

	"prosa/internal/base/clock"
	"prosa/internal/sandbox/messenger"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/stage"
	"prosa/internal/sandbox/telegram"
)

// WhatsApp is what the phones need of the WhatsApp simulator; *meta.Server
// fills it.
type WhatsApp interface {
	Numbers() []meta.Number
	Customers() []meta.Customer
	PutCustomer(meta.Customer) (meta.Customer, error)
	Ready(number string) bool
	View(number, customer string) (meta.ChatView, error)
	Messages(number, customer, before string, limit int) ([]meta.Message, bool, error)
	Message(id string) (meta.Message, error)
	TemplateOf(meta.Message) (meta.Template, bool)
	Act(customer string, action meta.Action) (meta.Message, error)
	Read(number, customer string) (int, error)
	File(id string) (data []byte, mimeType string, err error)
	Exchanges(meta.Message) []stage.Exchange
	Watch() (<-chan meta.Change, func())
}

// Telegram is what the phones need of the Telegram simulator;
// *telegram.Server fills it.
type Telegram interface {
	Bots() []telegram.Bot
	Users() []telegram.User
	PutUser(telegram.User) (telegram.User, error)
	View(bot, user int64) (telegram.ChatView, error)
	Messages(bot, user int64, before string, limit int) ([]telegram.Message, bool, error)
	Message(key string) (telegram.Message, error)
	Act(user int64, action telegram.Action) (telegram.Message, error)
	File(id string) (data []byte, mimeType, address string, err error)
	Exchanges(telegram.Message) []stage.Exchange
	Watch() (<-chan telegram.Change, func())
}

// Pages is what the phones need of the simulator of Messenger and Instagram;
// *messenger.Server fills it.
type Pages interface {
	Pages() []messenger.Page
	Instagrams() []messenger.Instagram
	People() []messenger.Person
	PutPerson(messenger.Person) (messenger.Person, error)
	Ready(account string) bool
	View(account, person string) (messenger.ChatView, error)
	Messages(account, person, before string, limit int) ([]messenger.Message, bool, error)
	Message(id string) (messenger.Message, error)
	Act(person string, action messenger.Action) (messenger.Message, error)
	Read(account, person string) (int, error)
	File(id string) (data []byte, mimeType string, err error)
	Exchanges(messenger.Message) []stage.Exchange
	Watch() (<-chan messenger.Change, func())
}

// Config joins the phones to the simulators.
type Config struct {
	Meta     WhatsApp
	Telegram Telegram
	Pages    Pages // nil: no telephone has Messenger or Instagram
	// Catalog shows goods; nil: messages name them by their ids only.
	Catalog Catalog
	// Bank pays Pix codes; nil: payments are pretended.
	Bank Bank
	// Prefix is the path under which the handler is mounted, for addresses in
	// answers; default /sandbox/phone/api.
	Prefix string
	Clock  clock.Clock // nil: the machine's
	Logger *slog.Logger
}

// Handler answers the phone API. It keeps nothing.
type Handler struct {
	config Config
	mux    *http.ServeMux
	making sync.Mutex // held while a telephone gets its number
}

// New makes the handler. Mount it with http.StripPrefix, or as it is: paths
// with and without the prefix are answered.
func New(config Config) *Handler {
	if config.Prefix == "" {
		config.Prefix = "/sandbox/phone/api"
	}
	if config.Clock == nil {
		config.Clock = clock.System{}
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{config: config}
	h.mux = h.routes()
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if len(r.URL.Path) >= len(h.config.Prefix) && r.URL.Path[:len(h.config.Prefix)] == h.config.Prefix {
		http.StripPrefix(h.config.Prefix, h.mux).ServeHTTP(w, r)
		return
	}
	h.mux.ServeHTTP(w, r)
}
