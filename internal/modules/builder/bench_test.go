package builder

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/telemetry"
)

// bench is a company with its builder.
type bench struct {
	t        *testing.T
	db       *database.DB
	bots     *botrun.Service
	service  *Service
	tenant   string
	ana, bia By
	accounts []Account
	events   []event.Envelope
}

func setup(t *testing.T, db *database.DB) *bench {
	t.Helper()
	sealer, err := secretbox.Open(secretbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{
		t: t, db: db, tenant: id.New(id.Tenant, 1),
		ana: By{Actor: event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}, IP: "192.0.2.1"},
		bia: By{Actor: event.Actor{Kind: "user", ID: "usr_bia", Name: "Bia"}, IP: "192.0.2.2"},
		accounts: []Account{
			{ID: "cha_wa", Channel: message.WhatsApp, Name: "WhatsApp da loja"},
			{ID: "cha_tg", Channel: message.Telegram, Name: "Telegram da loja"},
		},
	}
	b.bots = botrun.New(db, botrun.Config{Timezone: "America/Sao_Paulo", Versions: 16}, botrun.Deps{Assign: b.bind, Sealer: sealer, Log: telemetry.Discard()})
	b.service = New(Deps{DB: db, Bots: b.bots, Accounts: b.answering, Emit: b.hear, Clock: clock.NewManual(time.UnixMilli(1_790_000_000_000))})
	return b
}

func (b *bench) bind(_ context.Context, _ *database.Tx, tenantID, accountID, botID string) error {
	for i := range b.accounts {
		if b.accounts[i].ID == accountID && tenantID == b.tenant {
			b.accounts[i].BotID = botID
			return nil
		}
	}
	return fault.New(fault.NotFound, "no such account")
}

func (b *bench) answering(_ context.Context, tenantID string) ([]Account, error) {
	if tenantID != b.tenant {
		return nil, nil
	}
	return b.accounts, nil
}

func (b *bench) hear(_ context.Context, tx *database.Tx, _ int, envelopes ...event.Envelope) error {
	tx.AfterCommit(func() { b.events = append(b.events, envelopes...) })
	return nil
}

// told gives the last event.
func (b *bench) told() Event {
	b.t.Helper()
	if len(b.events) == 0 {
		b.t.Fatal("nothing was told")
	}
	last := b.events[len(b.events)-1]
	var e Event
	if err := json.Unmarshal(last.Data, &e); err != nil || last.Type != event.BotUpdated || last.TenantID != b.tenant {
		b.t.Fatalf("%v %+v", err, last)
	}
	return e
}

func (b *bench) create(in NewBot) Overview {
	b.t.Helper()
	in.TenantID, in.By = b.tenant, b.ana
	bot, err := b.service.Create(b.t.Context(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return bot
}

func (b *bench) draft(botID string) Draft {
	b.t.Helper()
	draft, err := b.service.Draft(b.t.Context(), b.tenant, botID)
	if err != nil {
		b.t.Fatal(err)
	}
	return draft
}

func (b *bench) save(botID, definition, tests string) Draft {
	b.t.Helper()
	draft, err := b.service.SaveDraft(b.t.Context(), Save{
		TenantID: b.tenant, BotID: botID, Revision: b.draft(botID).Revision, Definition: json.RawMessage(definition), Tests: json.RawMessage(tests), By: b.ana,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return draft
}

func (b *bench) tryPublish(botID string) (Published, error) {
	b.t.Helper()
	return b.service.Publish(b.t.Context(), Publishing{TenantID: b.tenant, BotID: botID, Revision: b.draft(botID).Revision, Note: "n", By: b.ana})
}

func (b *bench) publish(botID string) Published {
	b.t.Helper()
	done, err := b.tryPublish(botID)
	if err != nil {
		b.t.Fatal(err, flawsOf(err))
	}
	return done
}

// refused checks a refusal and gives it.
func refused(t *testing.T, err error, reason string) *Refusal {
	t.Helper()
	var r *Refusal
	var f *fault.Error
	if !errors.As(err, &r) || !errors.As(err, &f) || f.Reason != reason {
		t.Fatalf("%v, want a refusal for %s", err, reason)
	}
	return r
}

func flawsOf(err error) []Flaw {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Flaws()
	}
	return nil
}

// shop is a small flow; what stands between bars is replaced by pairs.
func shop(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{"schema":1,"name":"Loja","languages":["pt-BR"],"start":"menu","nodes":[
	{"name":"menu","kind":"choice","text":"Oi! O que deseja?","options":[
		{"name":"horarios","title":"Horários","next":"horas"},{"name":"pessoa","title":"Atendente","next":"gente"}]},
	{"name":"horas","kind":"message","text":"Das 9 às 18.","next":"menu"},
	{"name":"gente","kind":"handoff"}]}`)
}

// calls is a flow that calls the flow of another bot.
func calls(key string) string {
	return `{"schema":1,"name":"Mãe","languages":["pt-BR"],"start":"antes","nodes":[
	{"name":"antes","kind":"message","text":"Antes.","next":"filho"},
	{"name":"filho","kind":"subflow","flow":"` + key + `","next":"fim","on_error":"fim"},
	{"name":"fim","kind":"handoff"}]}`
}

const child = `{"schema":1,"name":"Filho","languages":["pt-BR"],"start":"diga","nodes":[
	{"name":"diga","kind":"question","text":"Diga algo.","expect":"text","save":"dito","next":"volta"},
	{"name":"volta","kind":"return"}]}`

// asksWeb calls the web with a secret.
const asksWeb = `{"schema":1,"name":"Rede","languages":["pt-BR"],"start":"chama","nodes":[
	{"name":"chama","kind":"web","method":"GET","url":"https://api.example.com/x","headers":{"Authorization":"Bearer {{secret.LOJA}}"},"next":"fim","on_error":"fim"},
	{"name":"fim","kind":"handoff"}]}`

// quiet tells nobody; for what runs at the same time.
func (b *bench) quiet(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }
