package builder

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func secretText(text string) secret.Text { return secret.New(text) }

func TestMakingABot(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		ready, err := Templates("pt-BR")
		if err != nil || len(ready) < 2 {
			t.Fatalf("%d templates, %v", len(ready), err)
		}
		for _, one := range ready {
			bot := b.create(NewBot{Name: "Meu " + one.Title, Template: one.Name})
			draft := b.draft(bot.ID)
			if !strings.Contains(string(draft.Definition), "Meu "+one.Title) || one.Description == "" {
				t.Errorf("%s: %s", one.Name, draft.Definition)
			}
			if report, err := b.service.Check(t.Context(), b.tenant, Question{Definition: draft.Definition, BotID: bot.ID, Lang: "en"}); err != nil || !report.OK {
				t.Errorf("%s: %+v %v", one.Name, report.Issues, err)
			}
		}
		one, two := b.create(NewBot{Name: "Olá, Você!"}), b.create(NewBot{Name: "Olá você"})
		if one.Key != "ola-voce" || two.Key == one.Key || one.State != botrun.Active || one.LiveNumber != 0 || !one.DraftDiffers || one.Accounts == nil {
			t.Fatalf("%+v %+v", one, two)
		}
		if told := b.told(); told.What != WhatCreated || told.Name != "Olá você" {
			t.Fatalf("%+v", told)
		}
		list, err := b.service.List(t.Context(), b.tenant, "", "", 2)
		if err != nil || len(list.Items) != 2 || list.Next == "" {
			t.Fatalf("%+v %v", list, err)
		}
		for name, bad := range map[string]NewBot{
			"no name":     {Name: " "},
			"no template": {Name: "x", Template: "nada"},
			"both":        {Name: "x", Template: "recepcao", Definition: json.RawMessage(`{}`)},
			"no object":   {Name: "x", Definition: json.RawMessage(`[]`)},
		} {
			bad.TenantID, bad.By = b.tenant, b.ana
			if _, err := b.service.Create(t.Context(), bad); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnExportIsImported(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop()), Layout: json.RawMessage(`{"nodes":{"menu":{"x":1,"y":2}}}`), Tests: json.RawMessage(`[{"name":"t","steps":[]}]`)})
		file, err := b.service.Export(t.Context(), b.tenant, bot.ID)
		if err != nil || file.Key != bot.Key || file.Name != "Loja" {
			t.Fatalf("%+v %v", file, err)
		}
		again := b.create(NewBot{Name: file.Name, Definition: file.Definition, Layout: file.Layout, Tests: file.Tests})
		was, is := b.draft(bot.ID), b.draft(again.ID)
		if string(was.Definition) != string(is.Definition) || string(was.Layout) != string(is.Layout) || string(was.Tests) != string(is.Tests) || again.Key == bot.Key {
			t.Fatalf("%+v %+v", was, is)
		}
	})
}

func TestChangingABot(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
		ctx := t.Context()
		if _, err := b.service.Bind(ctx, b.tenant, bot.ID, "cha_wa", "pt-BR", b.ana); !fault.Is(err, fault.Refused) {
			t.Fatalf("a bot without a flow: %v", err)
		}
		b.publish(bot.ID)
		bound, err := b.service.Bind(ctx, b.tenant, bot.ID, "cha_wa", "pt-BR", b.ana)
		if err != nil || len(bound.Accounts) != 1 || bound.Accounts[0].ID != "cha_wa" {
			t.Fatalf("%+v %v", bound, err)
		}
		if _, err := b.service.Bind(ctx, b.tenant, bot.ID, "cha_nada", "pt-BR", b.ana); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		if err := b.service.Unbind(ctx, b.tenant, bot.ID, "cha_tg", b.ana); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		name, gone := "Loja nova", botrun.Archived
		renamed, err := b.service.Change(ctx, BotChange{TenantID: b.tenant, BotID: bot.ID, Name: &name, Version: bound.Version, By: b.ana})
		if err != nil || renamed.Name != name || renamed.Key != bot.Key || b.told().What != WhatChanged {
			t.Fatalf("%+v %v", renamed, err)
		}
		if _, err := b.service.Change(ctx, BotChange{TenantID: b.tenant, BotID: bot.ID, State: &gone, Version: bound.Version, By: b.ana}); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		if b.accounts[0].BotID != bot.ID {
			t.Fatal("a change that was refused took the bot off its channel")
		}
		archived, err := b.service.Change(ctx, BotChange{TenantID: b.tenant, BotID: bot.ID, State: &gone, By: b.ana})
		if err != nil || archived.State != botrun.Archived || len(archived.Accounts) != 0 || b.accounts[0].BotID != "" {
			t.Fatalf("%+v %v", archived, err)
		}
		if list, err := b.service.List(ctx, b.tenant, "", "", 0); err != nil || len(list.Items) != 0 {
			t.Fatalf("%+v %v", list, err)
		}
		if list, err := b.service.List(ctx, b.tenant, botrun.Archived, "", 0); err != nil || len(list.Items) != 1 || list.Items[0].ID != bot.ID {
			t.Fatalf("%+v %v", list, err)
		}
		if list, err := b.service.List(ctx, "ten_other", botrun.Archived, "", 0); err != nil || len(list.Items) != 0 {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

func TestImpact(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
		b.publish(bot.ID)
		err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
			_, err := b.bots.Turns(ctx, tx, []conversation.TurnRequest{
				{TenantID: b.tenant, ConversationID: "cnv_1", BotID: bot.ID, Channel: message.WhatsApp, Cause: conversation.CustomerWrote, MessageID: "msg_1",
					Content: message.Content{Kind: message.Text, Text: "oi"}, AtMS: 1},
				{TenantID: b.tenant, ConversationID: "cnv_2", BotID: bot.ID, Channel: message.WhatsApp, Cause: conversation.CustomerWrote, MessageID: "msg_2",
					Content: message.Content{Kind: message.Text, Text: "oi"}, AtMS: 2},
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		impact := func() Impact {
			t.Helper()
			got, err := b.service.Impact(t.Context(), b.tenant, bot.ID)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := impact(); got.Sessions != 2 || len(got.Versions) != 1 || got.Versions[0].Number != 1 || got.Versions[0].Nodes["menu"] != 2 || len(got.Removed) != 0 {
			t.Fatalf("%+v", got)
		}
		b.save(bot.ID, shop("menu", "cardapio"), "")
		if got := impact(); len(got.Removed) != 1 || got.Removed[0] != (NodeTraffic{"menu", 2}) {
			t.Fatalf("%+v", got)
		}
		b.save(bot.ID, `{"nodes":"?"}`, "")
		if got := impact(); len(got.Removed) != 1 {
			t.Fatalf("%+v", got)
		}
		if view, err := b.service.Get(t.Context(), b.tenant, bot.ID); err != nil || view.SessionsLive != 2 {
			t.Fatalf("%+v %v", view, err)
		}
	})
}

func TestOwnNode(t *testing.T) {
	for place, want := range map[string]string{"menu": "menu", "sub/pergunta": "sub", "sub/outro/x": "sub", "loja:menu": "", "loja:sub/x": "", "": ""} {
		if got := ownNode(place); got != want {
			t.Errorf("%q is at %q, want %q", place, got, want)
		}
	}
}

func TestEventsKeepTheirShape(t *testing.T) {
	got, err := json.MarshalIndent(Event{BotID: "bot_1", What: WhatPublished, Name: "Loja", Revision: 7, LiveNumber: 3}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "bot.json")
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(bytes.TrimSpace(want), got) {
		t.Fatalf("%s\nwant\n%s %v", got, want, err)
	}
}
