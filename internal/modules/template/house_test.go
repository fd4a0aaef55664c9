package template

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// ticking is a clock that tests move.
type ticking struct{ now time.Time }

func (c *ticking) Now() time.Time { return c.now }

// paper is a platform that holds what it is given.
type paper struct {
	held    []Seen
	pages   int // templates a page, 0: all in one
	fail    error
	made    []Draft
	edits   []Draft
	gone    []string // name or name#id
	uploads []string
}

func (p *paper) List(_ context.Context, _ channel.Account, cursor string) (Page, error) {
	if p.fail != nil {
		return Page{}, p.fail
	}
	if p.pages == 0 {
		return Page{Items: p.held}, nil
	}
	from := len(cursor)
	to := min(from+p.pages, len(p.held))
	page := Page{Items: p.held[from:to]}
	if to < len(p.held) {
		page.Next = strings.Repeat("x", to)
	}
	return page, nil
}

func (p *paper) Create(_ context.Context, _ channel.Account, draft Draft) (Made, error) {
	if p.fail != nil {
		return Made{}, p.fail
	}
	p.made = append(p.made, draft)
	return Made{ExternalID: "ext-" + draft.Name, Status: Pending, Category: draft.Category}, nil
}

func (p *paper) Edit(_ context.Context, _ channel.Account, _ string, draft Draft) error {
	p.edits = append(p.edits, draft)
	return p.fail
}

func (p *paper) Delete(_ context.Context, _ channel.Account, name, externalID string) error {
	p.gone = append(p.gone, name+"#"+externalID)
	return p.fail
}

func (p *paper) UploadHeader(_ context.Context, _ channel.Account, file File) (string, error) {
	content, err := io.ReadAll(file.Content)
	p.uploads = append(p.uploads, file.Name+":"+string(content))
	return "handle", err
}

const (
	company  = "ten_1"
	stranger = "ten_2"
)

// rooms are the accounts: two numbers of one business account, one of another
// company with the same, and a Telegram bot.
type rooms map[string]channel.Account

func theRooms() rooms {
	waba := map[string]string{settingWABA: "100"}
	return rooms{
		"cha_1": {TenantID: company, ID: "cha_1", Channel: message.WhatsApp, Name: "Loja", Settings: waba, State: channel.Stopped},
		"cha_2": {TenantID: company, ID: "cha_2", Channel: message.WhatsApp, Name: "Filial", Settings: waba, State: channel.Active},
		"cha_3": {TenantID: company, ID: "cha_3", Channel: message.Telegram, Name: "Bot", State: channel.Active},
		"cha_4": {TenantID: company, ID: "cha_4", Channel: message.WhatsApp, Name: "Outra", Settings: map[string]string{settingWABA: "200"}},
		"cha_5": {TenantID: company, ID: "cha_5", Channel: message.WhatsApp, Name: "Sem conta"},
		"cha_9": {TenantID: stranger, ID: "cha_9", Channel: message.WhatsApp, Name: "Alheia", Settings: waba, State: channel.Active},
	}
}

func (r rooms) Get(_ context.Context, tenantID, accountID string) (channel.Account, error) {
	if account, ok := r[accountID]; ok && account.TenantID == tenantID {
		return account, nil
	}
	return channel.Account{}, fault.New(fault.NotFound, "no such account")
}

func (r rooms) Account(ctx context.Context, _ *database.Tx, tenantID, accountID string) (channel.Account, error) {
	return r.Get(ctx, tenantID, accountID)
}

func (r rooms) List(_ context.Context, tenantID string) (list []channel.Account, err error) {
	for _, id := range []string{"cha_1", "cha_2", "cha_3", "cha_4", "cha_5", "cha_9"} {
		if r[id].TenantID == tenantID {
			list = append(list, r[id])
		}
	}
	return list, nil
}

// shelf holds one file.
type shelf struct{}

type file struct{ *strings.Reader }

func (file) Close() error { return nil }

func (shelf) Open(_ context.Context, tenantID, hash string) (io.ReadSeekCloser, int64, error) {
	if tenantID != company || hash != "photo" {
		return nil, 0, fault.New(fault.NotFound, "no such file")
	}
	return file{strings.NewReader("bytes")}, 5, nil
}

type house struct {
	*Service
	t      *testing.T
	paper  *paper
	clock  *ticking
	events []event.Envelope
	later  []string
}

func open(t *testing.T, db *database.DB) *house {
	h := &house{t: t, paper: &paper{}, clock: &ticking{now: time.Now()}}
	h.Service = New(Deps{
		DB: db, Platform: h.paper, Accounts: theRooms(), Blobs: shelf{}, Clock: h.clock, Logger: slog.New(slog.DiscardHandler),
		Emit: func(_ context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
			tx.AfterCommit(func() { h.events = append(h.events, envelopes...) })
			return nil
		},
		Later: func(_ context.Context, tx *database.Tx, tenantID, accountID string) error {
			tx.AfterCommit(func() { h.later = append(h.later, tenantID+"/"+accountID) })
			return nil
		},
	})
	return h
}

var _ clock.Clock = (*ticking)(nil)

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, open(t, db)) })
}

var ana = By{Actor: event.Actor{Kind: "user", ID: "usr_1", Name: "Ana"}}

// seen is an approved template as the platform holds it.
func seen(name, body string) Seen {
	return Seen{
		ExternalID: "ext-" + name, Name: name, Language: "pt_BR", Category: Utility, Status: Approved, Quality: "green",
		Definition: Definition{Format: Positional, Body: body},
	}
}

func (h *house) sync(accountID string) Reading {
	h.t.Helper()
	reading, err := h.Sync(context.Background(), company, accountID)
	if err != nil {
		h.t.Fatal(err)
	}
	return reading
}

func (h *house) find(name string) Template {
	h.t.Helper()
	list, err := h.List(context.Background(), Search{TenantID: company})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, t := range list.Items {
		if t.Name == name {
			return t
		}
	}
	h.t.Fatalf("there is no template %s among %d", name, len(list.Items))
	return Template{}
}

func (h *house) fill(accountID, templateID string, values map[string]string, header *message.Media) (ref message.TemplateRef, err error) {
	err = h.DB.Read(context.Background(), database.Company(company), func(ctx context.Context, tx *database.Tx) (err error) {
		ref, err = h.Fill(ctx, tx, company, accountID, templateID, values, header)
		return err
	})
	return ref, err
}

func (h *house) hear(news channel.News, atMS int64) {
	h.t.Helper()
	err := h.DB.Write(context.Background(), database.Company(company), func(ctx context.Context, tx *database.Tx) error {
		return h.HearNews(ctx, tx, theRooms()["cha_1"], news, atMS)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
