package media

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
)

// Wanted is a file that a customer sent and that is to be fetched.
type Wanted struct {
	TenantID  string        `json:"tenant_id"`
	AccountID string        `json:"account_id"`
	MessageID string        `json:"message_id"`
	Media     message.Media `json:"media"`
	// SinceMS is when it was asked for; the pauses between attempts grow with
	// its age.
	SinceMS int64 `json:"since_ms"`
}

// Kind implements job.Args.
func (Wanted) Kind() string { return "media.fetch" }

// Source opens a file at its platform; the caller closes it. Errors: Refused
// and NotFound when it will never come, all others when it may on another try.
type Source interface {
	Fetch(ctx context.Context, tenantID, accountID string, media message.Media) (io.ReadCloser, message.Media, error)
}

// Book writes what became of a file into the message that names it. A message
// that is gone is fault.NotFound.
type Book interface {
	SetMedia(ctx context.Context, tx *database.Tx, tenantID, messageID string, media message.Media) error
}

// Deps is what the service is made of.
type Deps struct {
	DB     *database.DB
	Blobs  blob.Store
	Clock  clock.Clock
	Logger *slog.Logger
	// Locale gives the language of a company: "pt-BR" or "en".
	Locale func(tenantID string) string
}

// Service fetches files.
type Service struct {
	cfg    Config
	deps   Deps
	look   *Looker
	source Source
	book   Book
}

// New makes the service; Bind joins it to the others before a job runs.
func New(cfg Config, deps Deps) *Service {
	return &Service{cfg: cfg, deps: deps, look: NewLooker(cfg)}
}

// Bind joins the modules that know platforms and messages.
func (s *Service) Bind(source Source, book Book) { s.source, s.book = source, book }

// Looker gives the one that also looks at what attendants send.
func (s *Service) Looker() *Looker { return s.look }

// Register says what runs the jobs.
func (s *Service) Register(registry *job.Registry) error { return job.Register(registry, s.fetch) }

// Want asks for files, in the transaction that stores their messages.
func (s *Service) Want(ctx context.Context, tx *database.Tx, wanted ...Wanted) error {
	for _, w := range wanted {
		w.SinceMS = tx.Now()
		if err := job.EnqueueWith(ctx, tx, w, job.Options{MaxAttempts: attempts}); err != nil {
			return err
		}
	}
	return nil
}

// Retry fetches a file again that was given up on: somebody asks. Error: Refused
// "nothing_to_fetch" when it is here, on its way, or nowhere to be fetched from.
func (s *Service) Retry(ctx context.Context, w Wanted) error {
	if w.Media.State != "failed" || w.Media.Remote == "" {
		return fault.Refuse("nothing_to_fetch", "there is nothing to fetch again")
	}
	w.Media.State, w.Media.Problem = "pending", ""
	return s.deps.DB.Write(ctx, database.Company(w.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.book.SetMedia(ctx, tx, w.TenantID, w.MessageID, w.Media); err != nil {
			return err
		}
		return s.Want(ctx, tx, w)
	})
}

const (
	// giveUpAfter is when nobody tries any more; ids in WhatsApp's webhooks live
	// for seven days.
	giveUpAfter = 6 * 24 * time.Hour
	// attempts bounds crashes; tries that fail are counted by age.
	attempts = 25
	// doubted is how long bytes that are not what the platform announced are
	// asked for again.
	doubted = time.Hour
)

// pause gives the wait before the next attempt, by the age of the wish: 1, 5, 30
// and then 120 minutes.
func pause(age time.Duration) time.Duration {
	switch {
	case age < time.Minute:
		return time.Minute
	case age < 6*time.Minute:
		return 5 * time.Minute
	case age < 36*time.Minute:
		return 30 * time.Minute
	default:
		return 2 * time.Hour
	}
}

// errWrongBytes is what differs from what the platform announced.
var errWrongBytes = errors.New("what came is not what was sent")

// fetch is one attempt.
func (s *Service) fetch(ctx context.Context, j job.Job[Wanted]) error {
	w := j.Args
	got, err := s.bring(ctx, w)
	age := s.deps.Clock.Now().Sub(clock.FromMS(w.SinceMS))
	switch {
	case err == nil:
		return s.settle(ctx, w, got)
	case ctx.Err() != nil && !j.Last:
		return err // the process stops, or the time is up: another attempt
	case fault.Is(err, fault.Refused), fault.Is(err, fault.NotFound):
		return s.fail(ctx, w, gone)
	case fault.Is(err, fault.TooLarge):
		return s.fail(ctx, w, tooLarge)
	case errors.Is(err, errWrongBytes) && age >= doubted:
		return s.fail(ctx, w, wrongBytes)
	case age >= giveUpAfter, j.Last:
		return s.fail(context.WithoutCancel(ctx), w, gaveUp)
	}
	wait := pause(age)
	s.deps.Logger.WarnContext(ctx, "a customer's file could not be fetched; it is tried again", "company", w.TenantID, "message", w.MessageID, "wait", wait.String(), "error", err)
	return job.Later(wait)
}

// bring fetches the bytes, keeps them and looks at them.
func (s *Service) bring(ctx context.Context, w Wanted) (message.Media, error) {
	body, got, err := s.source.Fetch(ctx, w.TenantID, w.AccountID, w.Media)
	if err != nil {
		return got, err
	}
	defer func() { _ = body.Close() }() // it was only read
	ref, err := s.deps.Blobs.Put(ctx, w.TenantID, body, s.most(got.MIME))
	if err != nil {
		return got, err
	}
	return s.inspect(ctx, w.TenantID, got, ref)
}

// imageMost is the largest picture that is fetched, in bytes: no app sends one
// as large, save as a document.
const imageMost = 40 << 20

func (s *Service) most(mime string) int64 {
	if strings.HasPrefix(mime, "image/") {
		return min(imageMost, s.cfg.Max)
	}
	return s.cfg.Max
}

// inspect looks at a file that was kept and gives the medium with all that is
// known of it.
func (s *Service) inspect(ctx context.Context, tenantID string, m message.Media, ref blob.Ref) (message.Media, error) {
	if m.SHA256 != "" && !sameSum(m.SHA256, ref.Hash) {
		return m, errWrongBytes
	}
	file, size, err := s.deps.Blobs.Open(ctx, tenantID, ref.Hash)
	if err != nil {
		return m, err
	}
	defer func() { _ = file.Close() }() // it was only read
	if declared := plain(m.MIME); m.SHA256 == "" && !dangerous(declared) && !strings.HasPrefix(declared, "text/") {
		if page, err := startsAsPage(file, size); err != nil || page {
			return m, errors.Join(err, errWrongBytes) // a page for somebody to sign in, in place of the file
		}
	}
	facts, err := s.look.Look(ctx, file, size, m.Name, m.MIME)
	if err != nil {
		return m, err
	}
	voice := m.Voice
	facts.Apply(&m)
	m.Voice = voice // the platform's word: what it shows as a note is one
	m.Blob, m.Size, m.SHA256, m.State, m.Problem = ref.Hash, ref.Size, ref.Hash, "ready", ""
	if facts.Thumb != nil {
		thumb, err := s.deps.Blobs.Put(ctx, tenantID, strings.NewReader(string(facts.Thumb)), int64(len(facts.Thumb)))
		if err != nil {
			return m, err
		}
		m.Thumb = thumb.Hash
	}
	return m, nil
}

// startsAsPage reports a page of HTML or XML at the beginning of a file that was
// declared as something else. Nothing is a page if nothing was declared.
func startsAsPage(file io.ReadSeeker, size int64) (bool, error) {
	head, err := newHeader(file, size).upTo(0, 512)
	return err == nil && IsPage(head), err
}

// sameSum compares a platform's SHA-256, in hexadecimal or base64, with ours.
func sameSum(theirs, ours string) bool {
	if strings.EqualFold(theirs, ours) {
		return true
	}
	for _, coding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := coding.DecodeString(theirs); err == nil && hex.EncodeToString(raw) == ours {
			return true
		}
	}
	return false
}

// fail says in the message why its file will not come.
func (s *Service) fail(ctx context.Context, w Wanted, why problem) error {
	m := w.Media
	m.State, m.Problem = "failed", why.in(s.deps.Locale(w.TenantID))
	s.deps.Logger.WarnContext(ctx, "a customer's file will not come", "company", w.TenantID, "message", w.MessageID, "problem", why.in("en"))
	return s.settle(ctx, w, m)
}

func (s *Service) settle(ctx context.Context, w Wanted, m message.Media) error {
	err := s.deps.DB.Write(ctx, database.Company(w.TenantID), func(ctx context.Context, tx *database.Tx) error {
		return s.book.SetMedia(ctx, tx, w.TenantID, w.MessageID, m)
	})
	if fault.Is(err, fault.NotFound) {
		return nil // the message is gone, and its file with it
	}
	return err
}

// problem is a sentence for attendants, in the languages of companies.
type problem struct{ pt, en string }

func (p problem) in(locale string) string {
	if locale == "en" {
		return p.en
	}
	return p.pt
}

var (
	gone       = problem{"O aplicativo de mensagens não entrega mais este arquivo. Peça ao cliente para enviar de novo.", "The messaging app no longer gives this file. Ask the customer to send it again."}
	tooLarge   = problem{"O arquivo é maior do que o limite desta instalação. Peça ao cliente um arquivo menor ou um link.", "The file is larger than this installation takes. Ask the customer for a smaller one or a link."}
	wrongBytes = problem{"O que chegou não é o arquivo que o cliente enviou. Tente de novo ou peça o arquivo outra vez.", "What came is not the file that the customer sent. Try again or ask for it once more."}
	gaveUp     = problem{"O arquivo não pôde ser buscado por vários dias. Tente de novo ou peça ao cliente para enviar outra vez.", "The file could not be fetched for several days. Try again or ask the customer to send it once more."}
)
