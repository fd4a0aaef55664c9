package channel

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/outbox"
)

// Service is what the rest of the house asks of channel. Every method that
// takes a transaction works inside the caller's; the others open their own.
type Service struct {
	db       *database.DB
	cfg      Config
	sealer   Sealer
	adapters map[message.Channel]Adapter
	clock    clock.Clock
	logger   *slog.Logger
	shards   int

	directory *Directory
	ledger    Ledger
	wake      func(shard int)
	allow     Admit
	senders   senders
	// parked counts early reports of this process's shards, so that the common
	// case, none, costs no query.
	parked atomic.Int64
	serial sync.Map // shard -> *sync.Mutex, see serialize
	rides  sync.Map // *database.Tx -> *Ride
	traces traces
	pauses pauses
	gate   *hold.Gate
}

// Deps is what a Service is made of.
type Deps struct {
	DB       *database.DB
	Sealer   Sealer
	Adapters []Adapter
	Clock    clock.Clock
	Logger   *slog.Logger
	// Shards is how many shards the house has.
	Shards int
	// Admit may be nil: any number of accounts may be connected.
	Admit Admit
	// Gate knows the companies that stand still; nil: none ever does.
	Gate *hold.Gate
	// Wake tells whichever process owns the shard that its queue has news.
	Wake func(shard int)
}

// New makes the service. Bind gives it the ledger before anything is sent.
func New(cfg Config, deps Deps) *Service {
	s := &Service{
		db: deps.DB, cfg: cfg, sealer: deps.Sealer, clock: deps.Clock, logger: deps.Logger,
		shards: deps.Shards, wake: deps.Wake, allow: deps.Admit, gate: deps.Gate, adapters: make(map[message.Channel]Adapter, len(deps.Adapters)),
	}
	for _, adapter := range deps.Adapters {
		s.adapters[adapter.Channel()] = adapter
	}
	s.directory = newDirectory(s)
	s.gate.OnRelease(s.released)
	return s
}

// Bind names the owner of messages. app calls it once, before the start.
func (s *Service) Bind(ledger Ledger) { s.ledger = ledger }

// Directory gives the snapshot of accounts that the gateway and the workers
// read.
func (s *Service) Directory() *Directory { return s.directory }

// Adapter gives the adapter of a platform.
func (s *Service) Adapter(ch message.Channel) (Adapter, bool) {
	adapter, ok := s.adapters[ch]
	return adapter, ok
}

// NewAccount is the input of Create.
type NewAccount struct {
	TenantID    string
	Channel     message.Channel
	Name        string
	ExternalID  string
	Display     string
	Settings    map[string]string
	Credentials map[string]secret.Text
	BotID       string
	Actor       event.Actor
}

// limits of what a person types into the set-up page, in characters.
const (
	maxName       = 80
	maxExternalID = 64
	maxCredential = 4096
)

// required credentials by platform; the set-up page asks for exactly these.
// Those that the platform must echo to us are made by us when left empty.
func required(ch message.Channel) []string {
	if ch == message.Telegram {
		return []string{"token"}
	}
	return []string{"token", "app_secret"}
}

func (in *NewAccount) checkName() error {
	in.Name, in.ExternalID = strings.TrimSpace(in.Name), strings.TrimSpace(in.ExternalID)
	switch in.Channel {
	case message.WhatsApp, message.Telegram, message.Messenger, message.Instagram:
	default:
		return fault.OnField("channel", "must be whatsapp, telegram, messenger or instagram")
	}
	if in.Name == "" || utf8.RuneCountInString(in.Name) > maxName {
		return fault.OnField("name", "must have 1 to %d characters", maxName)
	}
	return nil
}

func (in *NewAccount) validate() error {
	if err := in.checkName(); err != nil {
		return err
	}
	if in.ExternalID == "" || len(in.ExternalID) > maxExternalID {
		return fault.OnField("external_id", "must have 1 to %d characters", maxExternalID)
	}
	for _, name := range required(in.Channel) {
		if in.Credentials[name].IsZero() {
			return fault.OnField("credentials."+name, "is required")
		}
	}
	return checkTexts(in.Name, in.ExternalID, in.Display, in.Settings, in.Credentials)
}

func checkTexts(name, externalID, display string, settings map[string]string, credentials map[string]secret.Text) error {
	for field, text := range map[string]string{"name": name, "external_id": externalID, "display": display} {
		if err := database.Text(text); err != nil {
			return fault.OnField(field, "must be plain text")
		}
	}
	for key, text := range settings {
		if len(key)+len(text) > maxCredential || database.Text(key+text) != nil {
			return fault.OnField("settings."+key, "must be plain text of at most %d bytes", maxCredential)
		}
	}
	for key, text := range credentials {
		if len(text.Reveal()) > maxCredential || database.Text(key+text.Reveal()) != nil {
			return fault.OnField("credentials."+key, "must be plain text of at most %d bytes", maxCredential)
		}
	}
	return nil
}

// Create connects an account that the caller has proven, or knows by how it was
// made; what a person typed goes by Connect. It makes the webhook path and the secrets that
// we choose ("verify_token", "hook_secret") when they are not given. Errors:
// Invalid with the field, Conflict "external_taken".
func (s *Service) Create(ctx context.Context, in NewAccount) (Account, error) {
	if err := in.validate(); err != nil {
		return Account{}, err
	}
	var account Account
	err := s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		account = in.account(tx.Now())
		if err := s.admit(ctx, tx, in.TenantID); err != nil {
			return err
		}
		if err := s.insertAccount(ctx, tx, account); err != nil {
			return err
		}
		return s.tell(ctx, tx, account, in.Actor)
	})
	if err != nil {
		return Account{}, err
	}
	return account, nil
}

// token makes n random bytes as lowercase hex.
func token(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return hex.EncodeToString(raw)
}

// AccountChange is the input of Update; nil fields stay as they are.
type AccountChange struct {
	TenantID    string
	ID          string
	Version     int64 // 0 accepts any
	Name        *string
	Display     *string
	BotID       *string
	State       *State
	Settings    map[string]string      // merged
	Credentials map[string]secret.Text // merged; a zero value is left as it is
	// ExternalID is taken of a draft only. DiscardBeforeMS gives up what was queued
	// before it, by Prove.
	ExternalID      *string
	DiscardBeforeMS int64
	Actor           event.Actor
}

// Update changes an account. Setting State to Active also clears why it was
// stopped, and the queue that was kept goes on. Errors: NotFound, Invalid,
// Conflict when Version is no longer the row's.
func (s *Service) Update(ctx context.Context, in AccountChange) (Account, error) {
	var account Account
	err := s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if account, err = s.loadAccount(ctx, tx, in.TenantID, in.ID); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != account.Version {
			return fault.New(fault.Conflict, "the channel was changed by somebody else; load it again")
		}
		if err := in.apply(&account); err != nil {
			return err
		}
		if err := s.updateAccount(ctx, tx, account); err != nil {
			return err
		}
		account.Version++
		return s.tell(ctx, tx, account, in.Actor)
	})
	return account, err
}

func (in AccountChange) apply(account *Account) error {
	if in.Name != nil {
		name := strings.TrimSpace(*in.Name)
		if name == "" || utf8.RuneCountInString(name) > maxName {
			return fault.OnField("name", "must have 1 to %d characters", maxName)
		}
		account.Name = name
	}
	if in.Display != nil {
		account.Display = *in.Display
	}
	if in.BotID != nil {
		account.BotID = *in.BotID
	}
	if account.State == Drafted && in.ExternalID != nil {
		account.ExternalID = strings.TrimSpace(*in.ExternalID)
	}
	if in.State != nil {
		switch *in.State {
		case Active:
			if account.State == Drafted {
				return fault.OnField("state", "a draft becomes active by its proof")
			}
			account.StoppedWhy = ""
		case Disabled:
		default:
			return fault.OnField("state", "must be active or disabled")
		}
		account.State = *in.State
	}
	if account.Settings = maps.Clone(account.Settings); account.Settings == nil {
		account.Settings = map[string]string{}
	}
	for key, value := range in.Settings {
		account.Settings[key] = value
	}
	account.Credentials = maps.Clone(account.Credentials)
	for key, value := range in.Credentials {
		if !value.IsZero() {
			account.Credentials[key] = value
		}
	}
	return checkTexts(account.Name, account.ExternalID, account.Display, account.Settings, account.Credentials)
}

// Account reads one account inside the caller's transaction. Error: NotFound.
func (s *Service) Account(ctx context.Context, tx *database.Tx, tenantID, accountID string) (Account, error) {
	return s.loadAccount(ctx, tx, tenantID, accountID)
}

// Get reads one account. Error: NotFound.
func (s *Service) Get(ctx context.Context, tenantID, accountID string) (account Account, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		account, err = s.loadAccount(ctx, tx, tenantID, accountID)
		return err
	})
	return account, err
}

// List reads the accounts of a company, oldest first.
func (s *Service) List(ctx context.Context, tenantID string) (accounts []Account, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		accounts, err = s.listAccounts(ctx, tx, `WHERE tenant_id = $1 ORDER BY id`, tenantID)
		return err
	})
	return accounts, err
}

// Probe tests the connection with the platform, without changing anything of
// ours. Error: Refused with the platform's words.
func (s *Service) Probe(ctx context.Context, tenantID, accountID string) (Probe, error) {
	account, adapter, err := s.connected(ctx, tenantID, accountID)
	if err != nil {
		return Probe{}, err
	}
	found, err := adapter.Probe(ctx, account)
	return found, refusedBy(err)
}

// Subscribe registers the account's webhook URL with the platform. Error:
// Refused with the platform's words.
func (s *Service) Subscribe(ctx context.Context, tenantID, accountID, hookURL string) error {
	account, adapter, err := s.connected(ctx, tenantID, accountID)
	if err != nil {
		return err
	}
	return refusedBy(adapter.Subscribe(ctx, account, hookURL))
}

// Signal shows typing, reads or answers a tap in the customer's app. It is
// best effort: the error is for the log.
func (s *Service) Signal(ctx context.Context, accountID string, to []message.Address, signal Signal) error {
	account, ok := s.directory.Account(accountID)
	if !ok || account.State != Active {
		return nil
	}
	adapter, ok := s.adapters[account.Channel]
	if !ok {
		return nil
	}
	return adapter.Signal(ctx, account, to, signal)
}

func (s *Service) connected(ctx context.Context, tenantID, accountID string) (Account, Adapter, error) {
	account, err := s.Get(ctx, tenantID, accountID)
	if err != nil {
		return Account{}, nil, err
	}
	adapter, ok := s.adapters[account.Channel]
	if !ok {
		return Account{}, nil, fault.Refuse("channel_absent", "this installation does not speak %s", account.Channel)
	}
	return account, adapter, nil
}

// refusedBy turns a platform's refusal into a fault that a person may read; a
// fault of the adapter's stays as it is.
func refusedBy(err error) error {
	if err == nil {
		return nil
	}
	var refusal *SendError
	if asSendError(err, &refusal) {
		return &fault.Error{Code: fault.Refused, Reason: "platform_refused", Message: refusal.Message}
	}
	// An adapter's own words say more than ours; a defect is not for people.
	var known *fault.Error
	if errors.As(err, &known) && known.Code != fault.Internal {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "the platform could not be asked")
}

// stop marks an account that the platform no longer accepts; its queue is kept.
// tried is the account as the call used it: when somebody has changed it since,
// the refusal was of the old one.
func (s *Service) stop(ctx context.Context, tx *database.Tx, tried Account, why string) error {
	rows, err := tx.Exec(ctx, `UPDATE channel_account SET state = $3, stopped_why = $4, version = version + 1
		WHERE tenant_id = $1 AND id = $2 AND state = $5 AND version = $6`,
		tried.TenantID, tried.ID, string(Stopped), why, string(Active), tried.Version)
	if err != nil || rows == 0 {
		return err
	}
	account, err := s.loadAccount(ctx, tx, tried.TenantID, tried.ID)
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, account, event.Actor{Kind: "system"})
}

// View is an account as people may see it: no secrets, and which are set.
type View struct {
	ID            string            `json:"id"`
	Channel       message.Channel   `json:"channel"`
	Name          string            `json:"name"`
	ExternalID    string            `json:"external_id"`
	Display       string            `json:"display"`
	Settings      map[string]string `json:"settings"`
	Credentials   []string          `json:"credentials" doc:"Names of the secrets that are set; never their values."`
	BotID         string            `json:"bot_id,omitempty"`
	State         State             `json:"state" enum:"draft,active,stopped,disabled"`
	StoppedWhy    string            `json:"stopped_why,omitempty"`
	LastWebhookMS int64             `json:"last_webhook_ms"`
	LastSentMS    int64             `json:"last_sent_ms"`
	CreatedMS     int64             `json:"created_ms"`
	Version       int64             `json:"version"`
}

// View shows the account without its secrets.
func (a Account) View() View {
	names := make([]string, 0, len(a.Credentials))
	for name, value := range a.Credentials {
		if !value.IsZero() && name != oldUntil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	settings := a.Settings
	if settings == nil {
		settings = map[string]string{}
	}
	return View{a.ID, a.Channel, a.Name, a.ExternalID, a.Display, settings, names, a.BotID, a.State, a.StoppedWhy,
		a.LastWebhookMS, a.LastSentMS, a.CreatedMS, a.Version}
}

// tell writes the event of a changed account and refreshes this process's
// snapshot once it is true.
func (s *Service) tell(ctx context.Context, tx *database.Tx, account Account, actor event.Actor) error {
	data, err := json.Marshal(map[string]any{"channel": account.View()})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the event could not be encoded")
	}
	tx.AfterCommit(s.directory.Expire)
	cause := event.Manual
	if actor.Kind == "system" {
		cause = event.ByProvider
	}
	return outbox.Write(ctx, tx, Shard(account.TenantID, "", s.shards), event.Envelope{
		TenantID: account.TenantID, Type: event.ChannelUpdated, Actor: actor, Cause: cause, Data: data,
	})
}

// Assign makes a bot the one that answers first on an account, in the caller's
// transaction; an empty botID takes it off. Error: NotFound.
func (s *Service) Assign(ctx context.Context, tx *database.Tx, tenantID, accountID, botID string) error {
	account, err := s.loadAccount(ctx, tx, tenantID, accountID)
	if err != nil {
		return err
	}
	account.BotID = botID
	if err := s.updateAccount(ctx, tx, account); err != nil {
		return err
	}
	account.Version++
	return s.tell(ctx, tx, account, event.Actor{Kind: "system"})
}

// Adapters gives every platform that this installation speaks.
func (s *Service) Adapters() map[message.Channel]Adapter { return s.adapters }
