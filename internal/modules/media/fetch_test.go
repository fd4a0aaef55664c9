package media

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/job"
)

const tenant = "ten_a"

// bench is the service with a platform that gives what it is told to.
type bench struct {
	*Service
	t     *testing.T
	clock *clock.Manual
	blobs blob.Store
	give  func() (io.ReadCloser, error)
	mime  string
	book  []message.Media
	gone  bool
}

// Fetch implements Source.
func (b *bench) Fetch(_ context.Context, _, _ string, m message.Media) (io.ReadCloser, message.Media, error) {
	body, err := b.give()
	if m.MIME == "" {
		m.MIME = b.mime
	}
	return body, m, err
}

// SetMedia implements Book.
func (b *bench) SetMedia(_ context.Context, _ *database.Tx, _, _ string, m message.Media) error {
	if b.gone {
		return fault.New(fault.NotFound, "no such message")
	}
	b.book = append(b.book, m)
	return nil
}

func open(t *testing.T, db *database.DB) *bench {
	t.Helper()
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, clock: clock.NewManual(time.Now()), blobs: blobs}
	b.Service = New(Config{Max: 1 << 20, Drawing: 1}, Deps{
		DB: db, Blobs: blobs, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Locale: func(string) string { return "en" },
	})
	b.Bind(b, b)
	return b
}

func (b *bench) gives(content []byte, err error) {
	b.give = func() (io.ReadCloser, error) {
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(content)), nil
	}
}

func (b *bench) wants(m message.Media) Wanted {
	return Wanted{TenantID: tenant, AccountID: "acc_1", MessageID: "msg_1", Media: m, SinceMS: clock.MS(b.clock.Now())}
}

func (b *bench) try(w Wanted) error {
	b.t.Helper()
	return b.fetch(b.t.Context(), job.Job[Wanted]{Args: w, Attempt: 1})
}

func (b *bench) last() message.Media {
	b.t.Helper()
	if len(b.book) == 0 {
		b.t.Fatal("nothing was written into the message")
	}
	return b.book[len(b.book)-1]
}

func TestAFileComesWithAllThatIsKnownOfIt(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := open(t, db)
		picture := jpegFile(t, 960, 480, 6)
		b.gives(picture, nil)
		if err := b.try(b.wants(message.Media{Remote: "r1", MIME: "image/jpeg", Name: "bolo.jpg"})); err != nil {
			t.Fatal(err)
		}
		m := b.last()
		if m.State != "ready" || m.Width != 480 || m.Height != 960 || m.Size != int64(len(picture)) || m.Remote != "r1" || m.Name != "bolo.jpg" || m.SHA256 != m.Blob {
			t.Fatalf("%+v", m)
		}
		for _, hash := range []string{m.Blob, m.Thumb} {
			if file, _, err := b.blobs.Open(t.Context(), tenant, hash); err != nil || file.Close() != nil {
				t.Fatal(hash, err)
			}
		}
		b.gives(opusFile(1, 48_000*4), nil)
		if err := b.try(b.wants(message.Media{Remote: "r2", MIME: "audio/ogg; codecs=opus", Voice: true, Seconds: 99})); err != nil {
			t.Fatal(err)
		}
		if m := b.last(); !m.Voice || m.Seconds != 4 || m.MIME != "audio/ogg" {
			t.Fatalf("%+v", m)
		}
	})
}

// The pauses of rule 13.9: 1, 5, 30 and 120 minutes; six days.
func TestItIsTriedForSixDays(t *testing.T) {
	b := open(t, databasetest.Open(t))
	b.gives(nil, fault.New(fault.Unavailable, "away"))
	w := b.wants(message.Media{Remote: "r1", State: "pending"})
	tries := 0
	for ; len(b.book) == 0; tries++ {
		age := b.clock.Now().Sub(clock.FromMS(w.SinceMS))
		err := b.try(w)
		if len(b.book) == 0 && err == nil {
			t.Fatalf("after %v: neither tried again nor given up", age)
		}
		b.clock.Advance(pause(age))
		if tries > 200 {
			t.Fatal("it never ends")
		}
	}
	if age := b.clock.Now().Sub(clock.FromMS(w.SinceMS)); age < giveUpAfter || age > giveUpAfter+5*time.Hour || tries < 70 {
		t.Fatalf("given up after %v and %d tries", age, tries)
	}
	if m := b.last(); m.State != "failed" || !strings.Contains(m.Problem, "several days") || m.Remote != "r1" {
		t.Fatalf("%+v", m)
	}
	var pauses []time.Duration
	for age := time.Duration(0); len(pauses) < 5; age += pause(age) {
		pauses = append(pauses, pause(age))
	}
	if want := []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 2 * time.Hour}; !equal(pauses, want) {
		t.Fatalf("pauses %v, want %v", pauses, want)
	}
}

func equal(a, b []time.Duration) bool {
	for n := range a {
		if a[n] != b[n] {
			return false
		}
	}
	return len(a) == len(b)
}

func TestWhatWillNeverComeIsSaidAtOnce(t *testing.T) {
	b := open(t, databasetest.Open(t))
	page := []byte("<!DOCTYPE html><title>Log in</title>")
	picture := pngFile(t, 3, 3)
	for name, c := range map[string]struct {
		content []byte
		err     error
		media   message.Media
		after   time.Duration
		want    string // of the problem; empty: tried again
	}{
		"refused":             {nil, fault.Refuse("media_gone", "expired"), message.Media{}, 0, "no longer gives"},
		"unknown":             {nil, fault.New(fault.NotFound, "no account"), message.Media{}, 0, "no longer gives"},
		"too large":           {make([]byte, 1<<20+1), nil, message.Media{}, 0, "larger"},
		"another file":        {picture, nil, message.Media{SHA256: strings.Repeat("a", 64)}, 0, ""},
		"still another":       {picture, nil, message.Media{SHA256: strings.Repeat("a", 64)}, 2 * time.Hour, "not the file"},
		"a page":              {page, nil, message.Media{MIME: "image/jpeg"}, 0, ""},
		"still a page":        {page, nil, message.Media{MIME: "image/jpeg"}, 2 * time.Hour, "not the file"},
		"a page that was one": {page, nil, message.Media{MIME: "text/html"}, 0, "ready"},
	} {
		b.book = nil
		b.gives(c.content, c.err)
		w := b.wants(c.media)
		w.SinceMS -= c.after.Milliseconds()
		err := b.try(w)
		switch c.want {
		case "":
			if err == nil || len(b.book) > 0 {
				t.Errorf("%s: %v, %+v", name, err, b.book)
			}
		case "ready":
			if m := b.last(); err != nil || m.State != "ready" || m.MIME != Download {
				t.Errorf("%s: %v, %+v", name, err, m)
			}
		default:
			if m := b.last(); err != nil || m.State != "failed" || !strings.Contains(m.Problem, c.want) {
				t.Errorf("%s: %v, %+v", name, err, m)
			}
		}
	}
}

func TestTheSumOfThePlatformIsTakenInEitherSpelling(t *testing.T) {
	b := open(t, databasetest.Open(t))
	b.gives([]byte("olá"), nil)
	if err := b.try(b.wants(message.Media{MIME: "text/plain"})); err != nil {
		t.Fatal(err)
	}
	sum := b.last().SHA256
	raw, err := hex.DecodeString(sum)
	if err != nil {
		t.Fatal(err)
	}
	for _, spelled := range []string{sum, strings.ToUpper(sum), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw)} {
		b.book = nil
		if err := b.try(b.wants(message.Media{MIME: "text/plain", SHA256: spelled})); err != nil || b.last().SHA256 != sum {
			t.Errorf("%s: %v", spelled, err)
		}
	}
}

func TestAMessageThatIsGoneNeedsNoFile(t *testing.T) {
	b := open(t, databasetest.Open(t))
	b.gives([]byte("x"), nil)
	b.gone = true
	if err := b.try(b.wants(message.Media{})); err != nil {
		t.Fatal(err)
	}
}

// The job runs through the queue of both engines, and once more when somebody
// asks for what had failed.
func TestSomebodyAsksAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := open(t, db)
		b.gives([]byte("conteúdo"), nil)
		w := b.wants(message.Media{Remote: "r1", State: "ready"})
		if err := b.Retry(t.Context(), w); !fault.Is(err, fault.Refused) {
			t.Fatal("what is here was asked for", err)
		}
		w.Media.State, w.Media.Problem = "failed", "gone"
		if err := b.Retry(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if m := b.last(); m.State != "pending" || m.Problem != "" {
			t.Fatalf("%+v", m)
		}
		done := make(chan error, 1)
		registry := job.NewRegistry()
		if err := job.Register(registry, func(ctx context.Context, j job.Job[Wanted]) error {
			err := b.fetch(ctx, j)
			done <- err
			return err
		}); err != nil {
			t.Fatal(err)
		}
		runner, err := job.NewRunner(db, registry, job.Config{Workers: 1, Timeout: 20 * time.Second, Rescue: 30 * time.Second, Poll: 20 * time.Millisecond, Grace: 5 * time.Second}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := runner.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := runner.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
		select {
		case err := <-done:
			if err != nil || b.last().State != "ready" {
				t.Fatal(err, b.last())
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the job did not run")
		}
	})
}

func TestAStopIsNotAFailureOfTheFile(t *testing.T) {
	b := open(t, databasetest.Open(t))
	ended, cancel := context.WithCancel(t.Context())
	b.give = func() (io.ReadCloser, error) {
		cancel()
		return nil, context.Canceled
	}
	if err := b.fetch(ended, job.Job[Wanted]{Args: b.wants(message.Media{}), Attempt: 1}); !errors.Is(err, context.Canceled) || len(b.book) > 0 {
		t.Fatal(err, b.book)
	}
}

func TestEachChannelTakesWhatItTakes(t *testing.T) {
	for name, c := range map[string]struct {
		channel message.Channel
		kind    message.Kind
		mime    string
		size    int64
		want    message.Kind
		reason  string
	}{
		"a picture":                   {message.WhatsApp, message.Image, "image/jpeg", 100, message.Image, ""},
		"webp as a file":              {message.WhatsApp, message.Image, "image/webp", 100, message.Document, ""},
		"a picture too large":         {message.WhatsApp, message.Image, "image/png", 6 << 20, message.Image, "media_size"},
		"a note":                      {message.WhatsApp, message.Audio, "audio/ogg", 100, message.Audio, ""},
		"a document":                  {message.Telegram, message.Document, "application/pdf", 20 << 20, message.Document, ""},
		"nothing by an unknown app":   {"fax", message.Document, "application/pdf", 100, message.Document, "media_type"},
		"a film that Messenger shows": {message.Messenger, message.Video, "video/mp4", 25 << 20, message.Video, ""},
	} {
		kind, err := Fit(c.channel, c.kind, c.mime, c.size)
		var refusal *fault.Error
		if errors.As(err, &refusal); kind != c.want || (c.reason == "") != (err == nil) || err != nil && refusal.Reason != c.reason {
			t.Errorf("%s: %s, %v", name, kind, err)
		}
	}
	for _, channel := range []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram} {
		for _, l := range LimitsOf(channel, 25<<20) {
			if l.Max > 25<<20 || l.Types == nil || l.Max == 0 && l.Kind != message.Document {
				t.Errorf("%s: %+v", channel, l)
			}
		}
	}
	if cfg := (Config{Max: 1, Drawing: 1}); cfg.Validate() == nil || Default().Validate() != nil {
		t.Error("limits are not checked")
	}
}
