package builder

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/botrun"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestPublishingTheDraft(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop()), Layout: json.RawMessage(`{"nodes":{"menu":{"x":1,"y":2}}}`),
			Tests: json.RawMessage(`[{"name":"horas","steps":[{"customer":{"text":"oi"}},{"customer":{"pick":"horarios"}},{"bot":{"contains":"menu"}},{"bot":{"contains":"9"}}]}]`)})
		_, err := b.tryPublish(bot.ID)
		r := refused(t, err, "tests_failed")
		if flaws := r.Flaws(); len(flaws) != 1 || flaws[0].Field != "horas" || flaws[0].Message == "" {
			t.Fatalf("%+v", flaws)
		}
		b.save(bot.ID, shop(), `[{"name":"horas","steps":[{"customer":{"text":"oi"}},{"bot":{"contains":"deseja"}},{"customer":{"pick":"horarios"}},{"bot":{"contains":"9"}}]}]`)
		done := b.publish(bot.ID)
		if done.Version.Number != 1 || !done.Version.Live || done.Version.Note != "n" || done.Version.AuthorID != "usr_ana" || done.Revision != 2 || done.Version.Sessions != botrun.Drain {
			t.Fatalf("%+v", done)
		}
		if told := b.told(); told.What != WhatPublished || told.LiveNumber != 1 {
			t.Fatalf("%+v", told)
		}
		version, err := b.bots.VersionByNumber(t.Context(), b.tenant, bot.ID, 1)
		if err != nil || !strings.Contains(version.Tests, `"horas"`) {
			t.Fatalf("%+v %v", version, err)
		}
		view, err := b.service.Get(t.Context(), b.tenant, bot.ID)
		if err != nil || view.LiveNumber != 1 || view.DraftDiffers || b.draft(bot.ID).BasedOn != 1 {
			t.Fatalf("%+v %v", view, err)
		}
		t.Run("what is live is not published again", func(t *testing.T) {
			if again := b.publish(bot.ID); again.Version.Number != 1 {
				t.Fatalf("%+v", again)
			}
		})
		t.Run("an old revision", func(t *testing.T) {
			b.save(bot.ID, shop("Das 9", "Das 8"), "")
			_, err := b.service.Publish(t.Context(), Publishing{TenantID: b.tenant, BotID: bot.ID, Revision: 2, By: b.bia})
			refused(t, err, "draft_changed")
		})
		t.Run("a flow that fails a proof", func(t *testing.T) {
			b.save(bot.ID, shop(`"next":"horas"`, `"next":"nenhures"`), "")
			_, err := b.tryPublish(bot.ID)
			if flaws := refused(t, err, "not_proved").Flaws(); !slices.ContainsFunc(flaws, func(f Flaw) bool { return f.Field == "menu" && strings.Contains(f.Message, "nenhures") }) {
				t.Fatalf("%+v", flaws)
			}
		})
		t.Run("a text that is no flow", func(t *testing.T) {
			b.save(bot.ID, `{"schema":1,"name":"x","nodes":[{"name":"a","kind":"nada"}]}`, "")
			_, err := b.tryPublish(bot.ID)
			if flaws := refused(t, err, "not_proved").Flaws(); len(flaws) != 1 || flaws[0].Field != "a" {
				t.Fatalf("%+v", flaws)
			}
		})
		t.Run("tests that can't be read", func(t *testing.T) {
			b.save(bot.ID, shop(), `[{"nome":"x"}]`)
			if _, err := b.tryPublish(bot.ID); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		})
		t.Run("a note that can't be kept", func(t *testing.T) {
			b.save(bot.ID, shop(), "")
			for _, note := range []string{strings.Repeat("x", noteMax+1), "a\x00b"} {
				_, err := b.service.Publish(t.Context(), Publishing{TenantID: b.tenant, BotID: bot.ID, Revision: b.draft(bot.ID).Revision, Note: note})
				if !fault.Is(err, fault.Invalid) {
					t.Fatal(err)
				}
			}
		})
		if live, err := b.service.Get(t.Context(), b.tenant, bot.ID); err != nil || live.LiveNumber != 1 {
			t.Fatalf("%+v %v", live, err)
		}
	})
}

// The draft is saved by another between the proofs and the transaction.
func TestPublishingLosesTheRaceAgainstASave(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
		seen := b.draft(bot.ID)
		b.save(bot.ID, shop("Das 9", "Das 8"), "")
		_, err := b.service.live(t.Context(), step{draft: seen, seen: seen.Revision, by: b.ana, what: WhatPublished, action: "bot.published",
			publication: botrun.Publication{Definition: seen.Definition}})
		refused(t, err, "draft_changed")
		if view, err := b.service.Get(t.Context(), b.tenant, bot.ID); err != nil || view.LiveNumber != 0 {
			t.Fatalf("something was published: %+v %v", view, err)
		}
		if b.told().What == WhatPublished {
			t.Fatal("it was told")
		}
	})
}

func TestTheFlowIsHeldAgainstTheChannelsOfTheBot(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		// 1,500 characters are too many for Instagram alone.
		long := shop("Das 9 às 18.", strings.Repeat("Aberto. ", 190))
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(long)})
		_, err := b.tryPublish(bot.ID)
		refused(t, err, "not_proved")
		b.save(bot.ID, shop(), "")
		b.publish(bot.ID)
		if _, err := b.service.Bind(t.Context(), b.tenant, bot.ID, "cha_tg", "pt-BR", b.ana); err != nil {
			t.Fatal(err)
		}
		b.save(bot.ID, long, "")
		if done := b.publish(bot.ID); done.Version.Number != 2 {
			t.Fatalf("%+v", done)
		}
		// Put on a channel that can't carry it, it is refused there.
		b.accounts = append(b.accounts, Account{ID: "cha_ig", Channel: "instagram", Name: "Instagram"})
		_, err = b.service.Bind(t.Context(), b.tenant, bot.ID, "cha_ig", "pt-BR", b.ana)
		if flaws := refused(t, err, "not_proved").Flaws(); len(flaws) == 0 || flaws[0].Field != "horas" {
			t.Fatalf("%+v", flaws)
		}
	})
}

func TestRollingBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop()), Layout: json.RawMessage(`{"nodes":{"menu":{"x":7,"y":0}}}`)})
		first := b.publish(bot.ID)
		b.save(bot.ID, shop("Das 9", "Das 8"), "")
		b.publish(bot.ID)
		unsaved := b.save(bot.ID, shop("Das 9", "Das 7"), "")
		back := func(number int64, revision *int64) (Published, error) {
			return b.service.RollBack(t.Context(), Returning{TenantID: b.tenant, BotID: bot.ID, Number: number, Revision: revision, Sessions: botrun.Restart, By: b.bia})
		}
		old := unsaved.Revision - 1
		_, err := back(1, &old)
		refused(t, err, "draft_changed")
		if _, err := back(9, nil); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		done, err := back(1, &unsaved.Revision)
		if err != nil || done.Version.Number != 3 || done.Version.Hash != first.Version.Hash || done.Version.Sessions != botrun.Restart || done.Revision != unsaved.Revision+1 {
			t.Fatalf("%+v %v", done, err)
		}
		draft := b.draft(bot.ID)
		if draft.Differs || draft.BasedOn != 3 || draft.AuthorName != "Bia" || !strings.Contains(string(draft.Definition), "Das 9") || !strings.Contains(string(draft.Layout), "7") {
			t.Fatalf("%+v", draft)
		}
		if told := b.told(); told.What != WhatRolledBack || told.LiveNumber != 3 || told.Revision != draft.Revision {
			t.Fatalf("%+v", told)
		}
		log, err := audit.New(db).List(t.Context(), b.tenant, "", 1)
		if err != nil || len(log.Items) != 1 || log.Items[0].Action != "bot.rolled_back" || log.Items[0].Facts["to"] != "1" || log.Items[0].Facts["number"] != "3" ||
			log.Items[0].Actor.Name != "Bia" || log.Items[0].IP != "192.0.2.2" {
			t.Fatalf("%+v %v", log, err)
		}
		// A version whose own tests fail, published past the builder, stays old.
		var failing botrun.Version
		if err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) (err error) {
			failing, err = b.bots.PublishIn(ctx, tx, b.tenant, bot.ID, botrun.Publication{Definition: []byte(shop("Das 9", "Das 6")), Sessions: botrun.Drain,
				Tests: []byte(`[{"name":"horas","steps":[{"customer":{"text":"oi"}},{"bot":{"contains":"jamais"}}]}]`)})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		_, err = back(failing.Number, nil)
		if r := refused(t, err, "tests_failed"); len(r.Flaws()) != 1 || r.Flaws()[0].Field != "horas" {
			t.Fatalf("%+v", r.Flaws())
		}
		if now := b.draft(bot.ID); now.Revision != draft.Revision {
			t.Fatal("a roll-back that was refused changed the draft")
		}
	})
}

func TestSubFlowsArePinned(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		kid := b.create(NewBot{Name: "Filho", Definition: json.RawMessage(child)})
		mother := b.create(NewBot{Name: "Mãe", Definition: json.RawMessage(calls("filho"))})
		_, err := b.tryPublish(mother.ID)
		if flaws := refused(t, err, "not_proved").Flaws(); len(flaws) != 1 || flaws[0].Field != "filho" || !strings.Contains(flaws[0].Message, "filho") {
			t.Fatalf("a child that is not published: %+v", flaws)
		}
		b.publish(kid.ID)
		b.publish(mother.ID)
		lock := func(number int64) string {
			t.Helper()
			version, err := b.bots.VersionByNumber(t.Context(), b.tenant, mother.ID, number)
			if err != nil {
				t.Fatal(err)
			}
			return version.Lock
		}
		if !strings.Contains(lock(1), "Diga algo.") {
			t.Fatal(lock(1))
		}
		b.save(kid.ID, strings.Replace(child, "Diga algo.", "Fale.", 1), "")
		b.publish(kid.ID)
		if !strings.Contains(lock(1), "Diga algo.") {
			t.Fatal("the child changed under its parent")
		}
		if again := b.publish(mother.ID); again.Version.Number != 2 || !strings.Contains(lock(2), "Fale.") {
			t.Fatalf("%+v %s", again, lock(2))
		}
		if _, err := b.service.RollBack(t.Context(), Returning{TenantID: b.tenant, BotID: mother.ID, Number: 1, By: b.ana}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(lock(3), "Diga algo.") {
			t.Fatal("a roll-back takes the child back with it: " + lock(3))
		}
	})
}

func TestASecretThatIsMissingIsNamed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		// Imported, the web node stays and enables nothing by itself.
		bot := b.create(NewBot{Name: "Rede", Definition: json.RawMessage(asksWeb)})
		named := func(issues []Issue) bool {
			return slices.ContainsFunc(issues, func(i Issue) bool {
				return i.Node == "chama" && strings.Contains(i.Sentence, "LOJA") && i.Code == "unknown_secret"
			})
		}
		report, err := b.service.Check(t.Context(), b.tenant, Question{Definition: json.RawMessage(asksWeb), BotID: bot.ID})
		if err != nil || !named(report.Issues) || !slices.Contains(report.Graph.Secrets, "LOJA") {
			t.Fatalf("%+v %v", report, err)
		}
		if err := b.bots.PutSecret(t.Context(), b.tenant, "LOJA", secret.New("s3gredo")); err != nil {
			t.Fatal(err)
		}
		done := b.publish(bot.ID)
		if named(done.Warnings) {
			t.Fatalf("%+v", done.Warnings)
		}
		file, err := b.service.Export(t.Context(), b.tenant, bot.ID)
		text, encodeErr := json.Marshal(file)
		if err != nil || encodeErr != nil || strings.Contains(string(text), "s3gredo") || !strings.Contains(string(text), "secret.LOJA") {
			t.Fatalf("%s %v", text, err)
		}
	})
}

func TestOtherTestsAloneAreAVersion(t *testing.T) {
	b := onSQLite(t)
	bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
	first := b.publish(bot.ID)
	tests := `[{"name":"oi","steps":[{"customer":{"text":"oi"}}]}]`
	b.save(bot.ID, shop(), tests)
	second, err := b.tryPublish(bot.ID)
	if err != nil || second.Version.Number != first.Version.Number+1 || second.Version.Tests != tests || second.Version.Hash != first.Version.Hash {
		t.Fatalf("%+v %v", second.Version, err)
	}
	if again, err := b.tryPublish(bot.ID); err != nil || again.Version.ID != second.Version.ID {
		t.Fatalf("%+v %v", again.Version, err)
	}
}
