package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// platform tells what a test has it tell.
type platform struct {
	mu       sync.Mutex
	findings []channel.Finding
	problem  error
	renewal  channel.Renewal
	renewed  int
	tokens   map[string]string // token -> account that it is of
}

func (p *platform) Channel() message.Channel { return message.Instagram }
func (p *platform) Challenge(url.Values, []channel.Account) ([]byte, error) {
	return nil, fault.New(fault.NotFound, "none")
}
func (p *platform) Verify(http.Header, []byte, []channel.Account) ([]channel.Account, error) {
	return nil, fault.New(fault.Unauthorized, "none")
}
func (p *platform) Split([]byte) ([]channel.Piece, error)           { return nil, nil }
func (p *platform) Parse([]byte) (channel.Inbound, error)           { return channel.Inbound{}, nil }
func (p *platform) Render(channel.Outbound) ([]channel.Part, error) { return nil, nil }
func (p *platform) Send(context.Context, channel.Account, channel.Part) (channel.Receipt, error) {
	return channel.Receipt{}, &channel.SendError{Class: channel.Rejected, Message: "no"}
}
func (p *platform) Signal(context.Context, channel.Account, []message.Address, channel.Signal) error {
	return nil
}
func (p *platform) Fetch(context.Context, channel.Account, message.Media) (channel.Download, error) {
	return channel.Download{}, fault.New(fault.NotFound, "none")
}
func (p *platform) Subscribe(context.Context, channel.Account, string) error { return nil }

func (p *platform) Probe(_ context.Context, account channel.Account) (channel.Probe, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	externalID, ok := p.tokens[account.Credential("token").Reveal()]
	if !ok {
		return channel.Probe{}, &channel.SendError{Class: channel.Stop, Code: "190", Message: "the token was refused"}
	}
	return channel.Probe{ExternalID: externalID}, nil
}

func (p *platform) Check(_ context.Context, _ channel.Account, hookURL string) ([]channel.Finding, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !strings.HasPrefix(hookURL, "https://hook.example.com/") {
		return nil, fault.New(fault.Internal, "checked against %s", hookURL)
	}
	return p.findings, p.problem
}

func (p *platform) Renew(context.Context, channel.Account) (channel.Renewal, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.renewed++
	if p.renewal.Token.IsZero() {
		return channel.Renewal{}, fault.Refuse("190", "the token cannot be renewed")
	}
	return p.renewal, nil
}

func (p *platform) set(change func(p *platform)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

type openBox struct{}

func (openBox) Seal(aad string, plain []byte) (string, error) { return aad + "|" + string(plain), nil }
func (openBox) Open(aad, sealed string) ([]byte, error) {
	plain, ok := strings.CutPrefix(sealed, aad+"|")
	if !ok {
		return nil, errors.New("sealed for another row")
	}
	return []byte(plain), nil
}

type rig struct {
	*Service
	t        *testing.T
	platform *platform
	channels *channel.Service
	account  channel.Account
	clock    *clock.Manual
	letters  []string // kind and grade of each
}

func newRig(t *testing.T, db *database.DB) *rig {
	t.Helper()
	r := &rig{t: t, clock: clock.NewManual(time.Now())}
	externalID := id.New("ext", 1)
	r.platform = &platform{tokens: map[string]string{"tok": externalID}, findings: []channel.Finding{{Point: "token", State: "ok"}}}
	cfg := channel.Config{InFlight: 1, MaxAttempts: 1, SettleAfter: time.Second, PollEvery: time.Second, RefreshEvery: time.Second, StaleAfter: time.Minute,
		WhatsAppRate: 1, TelegramRate: 1, MetaRate: 1}
	r.channels = channel.New(cfg, channel.Deps{DB: db, Sealer: openBox{}, Adapters: []channel.Adapter{r.platform}, Clock: r.clock,
		Logger: slog.New(slog.DiscardHandler), Shards: 1, Wake: func(int) {}})
	r.Service = New(Config{Every: time.Minute, CheckEvery: 24 * time.Hour, RetryEvery: time.Hour, RenewBefore: 20 * 24 * time.Hour, Batch: 5}, Deps{
		DB: db, Channels: r.channels, HookURL: func(a channel.Account) string { return "https://hook.example.com/" + a.Hook }, Clock: r.clock,
		Post: func(_ context.Context, _ *database.Tx, _ channel.Account, alarm Alarm) error {
			r.letters = append(r.letters, fmt.Sprint(alarm.Kind, " ", alarm.Grade, alarm.Facts["days"]))
			return nil
		},
		Logger: slog.New(slog.DiscardHandler), Shards: 1})
	var err error
	r.account, err = r.channels.Connect(t.Context(), channel.NewAccount{TenantID: id.New(id.Tenant, 1), Channel: message.Instagram, Name: "Loja", ExternalID: externalID,
		Credentials: map[string]secret.Text{"token": secret.New("tok"), "app_secret": secret.New("shh")}})
	if err != nil {
		t.Fatal(err)
	}
	r.refresh()
	return r
}

func (r *rig) refresh() {
	r.t.Helper()
	if err := r.channels.Directory().Refresh(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) sweep() {
	r.t.Helper()
	r.refresh()
	if err := r.Sweep(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) view() Health {
	r.t.Helper()
	view, err := r.View(r.t.Context(), r.account.TenantID, r.account.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return view
}

func (r *rig) events() (n int) {
	r.t.Helper()
	err := r.db.Read(r.t.Context(), database.Company(r.account.TenantID), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM outbox`).Scan(&n)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *rig) hear(news channel.News, atMS int64) {
	r.t.Helper()
	err := r.db.Write(r.t.Context(), database.Company(r.account.TenantID), func(ctx context.Context, tx *database.Tx) error {
		return r.HearNews(ctx, tx, r.account, news, atMS)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestAnAlarmIsRaisedOnceAndClearedByItself(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db)
		before := r.events()
		r.hear(channel.News{Kind: channel.NewsQuality, Quality: "yellow", Reason: "complaints"}, 10)
		for range 3 {
			r.sweep()
		}
		if list := r.view().Alarms; len(list) != 1 || list[0].Kind != QualityAlarm || list[0].Grade != Warn || list[0].RaisedMS == 0 {
			t.Fatalf("alarms: %+v", list)
		}
		if len(r.letters) != 1 || r.events() != before+1 {
			t.Errorf("letters %v, %d events", r.letters, r.events()-before)
		}
		r.hear(channel.News{Kind: channel.NewsQuality, Quality: "red"}, 20)
		r.sweep()
		if len(r.letters) != 2 || r.letters[1] != "quality bad" {
			t.Errorf("letters %v", r.letters)
		}
		r.hear(channel.News{Kind: channel.NewsQuality, Quality: "green"}, 30)
		r.sweep()
		if list := r.view().Alarms; len(list) != 0 || len(r.letters) != 2 || r.events() != before+3 {
			t.Errorf("alarms %+v, letters %v, %d events", list, r.letters, r.events()-before)
		}
		all, err := r.Alarms(t.Context(), id.New(id.Tenant, 2))
		if err != nil || len(all) != 0 {
			t.Errorf("another company sees %+v, %v", all, err)
		}
		if _, err := r.View(t.Context(), id.New(id.Tenant, 2), r.account.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another company got %v", err)
		}
	})
}

// News come twice and in any order: what stands is the latest word of each kind.
func TestNewsCountByTheirTime(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		type told struct {
			news channel.News
			atMS int64
		}
		list := []told{
			{channel.News{Kind: channel.NewsQuality, Quality: "red"}, 10}, {channel.News{Kind: channel.NewsQuality, Quality: "green", Limit: "tier_1k"}, 30},
			{channel.News{Kind: channel.NewsLimit, Limit: "tier_10k"}, 40}, {channel.News{Kind: channel.NewsBanned, Reason: "spam"}, 20},
			{channel.News{Kind: channel.NewsRestored}, 50}, {channel.News{Kind: channel.NewsRestricted, Reason: "payment", UntilMS: 1}, 35},
			{channel.News{Kind: channel.NewsProblem, Reason: "bad \x00 text \xff"}, 45}, {channel.News{Kind: channel.NewsTemplateStatus, Status: "approved"}, 46},
		}
		r := newRig(t, db)
		twice := append(append([]told(nil), list...), list...)
		rand.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
		for _, one := range twice {
			r.hear(one.news, one.atMS)
		}
		view := r.view()
		if view.Quality != "green" || view.Restricted != "" || len(view.News) != 7 || view.News[0].Kind != channel.NewsRestored {
			t.Errorf("in the order %+v: %+v", twice, view)
		}
		if view.Limit != "tier_10k" && view.Limit != "tier_1k" {
			t.Errorf("limit %s", view.Limit)
		}
	})
}

func TestAConnectionIsCheckedDailyAndOnDemand(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db)
		ends := r.clock.Now().Add(30 * 24 * time.Hour).UnixMilli()
		r.platform.set(func(p *platform) {
			p.findings = []channel.Finding{{Point: "token", State: "ok", Facts: map[string]string{"expires_ms": fmt.Sprint(ends), "quality": "GREEN", "limit": "TIER_1K"}},
				{Point: "subscription", State: "bad", Text: "the app is not subscribed"}}
		})
		r.sweep()
		if view := r.view(); view.CheckedMS != 0 {
			t.Error("a new account was checked by itself")
		}
		findings, err := r.Check(t.Context(), r.account.TenantID, r.account.ID)
		if err != nil || len(findings) != 2 {
			t.Fatal(findings, err)
		}
		view := r.view()
		if view.TokenEndsMS != ends || view.Quality != "GREEN" || view.Limit != "TIER_1K" || len(view.Points) != 2 || view.CheckedMS == 0 ||
			len(view.Alarms) != 1 || view.Alarms[0].Kind != HookAlarm {
			t.Errorf("after a check: %+v", view)
		}
		r.platform.set(func(p *platform) { p.findings = p.findings[:1] })
		r.clock.Advance(25 * time.Hour)
		r.sweep()
		if view := r.view(); len(view.Alarms) != 0 || len(view.Points) != 1 {
			t.Errorf("after a day: %+v", view)
		}
		r.platform.set(func(p *platform) { p.problem = fault.New(fault.Unavailable, "Instagram cannot be reached") })
		r.clock.Advance(25 * time.Hour)
		r.sweep()
		if view := r.view(); view.CheckProblem != "Instagram cannot be reached" || len(view.Points) != 1 {
			t.Errorf("after a failed check: %+v", view)
		}
		r.platform.set(func(p *platform) { p.problem = nil })
		r.clock.Advance(61 * time.Minute)
		r.sweep()
		if view := r.view(); view.CheckProblem != "" {
			t.Errorf("after the next try: %+v", view)
		}
		if _, err := r.Check(t.Context(), id.New(id.Tenant, 7), r.account.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("by another company: %v", err)
		}
	})
}

func TestATokenIsRenewedBeforeItsEnd(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db)
		ends := r.clock.Now().Add(15 * 24 * time.Hour)
		token := func(of string) string {
			account, err := r.channels.Get(t.Context(), r.account.TenantID, r.account.ID)
			if err != nil {
				t.Fatal(err)
			}
			return map[bool]string{true: "is ", false: "is not "}[account.Credential("token").Equal(of)] + of
		}
		r.platform.set(func(p *platform) {
			p.findings = []channel.Finding{{Point: "token", State: "ok", Facts: map[string]string{"expires_ms": fmt.Sprint(ends.UnixMilli())}}}
			p.tokens["stranger"] = "somebody else"
			p.renewal = channel.Renewal{Token: secret.New("stranger"), ExpiresMS: 1}
		})
		r.clock.Advance(2 * time.Hour)
		r.sweep()
		if got := token("tok"); got != "is tok" {
			t.Errorf("a token of another account took its place: %s", got)
		}
		if view := r.view(); view.RenewProblem == "" || view.TokenEndsMS != ends.UnixMilli() || len(r.letters) != 1 || r.letters[0] != "renewal warn" {
			t.Errorf("after a failed renewal: %+v, letters %v", view, r.letters)
		}
		// Days pass without a fresh token: 14, 7 and 1 are told, each once.
		for range 3 {
			r.clock.Advance(5 * 24 * time.Hour)
			r.sweep()
			r.sweep()
		}
		if got := strings.Join(r.letters[1:], ", "); got != "token warn14, token warn7, token bad1" {
			t.Errorf("letters: %s", got)
		}
		fresh := r.clock.Now().Add(60 * 24 * time.Hour).UnixMilli()
		r.platform.set(func(p *platform) {
			p.tokens["fresh"], p.renewal = r.account.ExternalID, channel.Renewal{Token: secret.New("fresh"), ExpiresMS: fresh}
			p.findings[0].Facts = nil
		})
		r.clock.Advance(25 * time.Hour)
		r.sweep()
		if got := token("fresh"); got != "is fresh" {
			t.Errorf("the token %s", got)
		}
		if view := r.view(); view.TokenEndsMS != fresh || len(view.Alarms) != 0 || view.RenewProblem != "" {
			t.Errorf("after the renewal: %+v", view)
		}
		renewed := r.platform.renewed
		r.clock.Advance(25 * time.Hour)
		r.sweep()
		if r.platform.renewed != renewed {
			t.Error("a young token was renewed")
		}
	})
}

func TestASilenceIsToldAndEnds(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db)
		nowMS := clock.MS(r.clock.Now())
		if err := db.Write(t.Context(), database.Company(r.account.TenantID), func(ctx context.Context, tx *database.Tx) error {
			var rows [][]any
			for at := nowMS - nowMS%hourMS - 5*weekMS; at < nowMS-nowMS%hourMS; at += hourMS {
				rows = append(rows, []any{r.account.TenantID, r.account.ID, at, int64(8)})
			}
			if _, err := tx.All(ctx, `INSERT INTO channel_pulse (tenant_id, account_id, hour_ms, heard, sent, failed) VALUES ($1, $2, $3, $4, 0, 0)`, rows, nil); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE channel_account SET last_webhook_ms = $3 WHERE tenant_id = $1 AND id = $2`, r.account.TenantID, r.account.ID, nowMS)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		r.sweep()
		if view := r.view(); len(view.Alarms) != 0 || view.UsualGapMS != hourMS/8 || len(view.Hours) < 160 {
			t.Fatalf("heard now: %+v", view.Alarms)
		}
		r.clock.Advance(2 * time.Hour)
		r.sweep()
		if list := r.view().Alarms; len(list) != 1 || list[0].Kind != SilenceAlarm {
			t.Fatalf("after two hours: %+v", list)
		}
		ctx, cancel := context.WithCancel(t.Context())
		tracer := make(chan error, 1)
		r.channels.Heard(r.account.ID, clock.MS(r.clock.Now()))
		go func() { tracer <- r.channels.Tracer().Run(ctx) }()
		cancel() // it writes once more when it ends
		if err := <-tracer; err != nil {
			t.Fatal(err)
		}
		r.sweep()
		if list := r.view().Alarms; len(list) != 0 {
			t.Errorf("after a webhook: %+v", list)
		}
	})
}
