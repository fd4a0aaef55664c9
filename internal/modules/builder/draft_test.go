package builder

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestADraftIsKeptAsItWasWritten(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Recepção"})
		first := b.draft(bot.ID)
		if first.Revision != 1 || !first.Differs || first.AuthorName != "Ana" || !strings.Contains(string(first.Definition), `"Recepção"`) {
			t.Fatalf("%+v", first)
		}
		// No flow at all, with fields that nobody knows: still nothing is lost.
		broken := `{"z":1,"a":{"nodes":[{"name":"ção","kind":"?"}]}}`
		saved, err := b.service.SaveDraft(t.Context(), Save{TenantID: b.tenant, BotID: bot.ID, Revision: 1, By: b.bia,
			Definition: json.RawMessage(broken), Layout: json.RawMessage(`{"nodes": {"x": {"x": 1, "y": 2}}}`), Tests: json.RawMessage(` [ {"name":"t"} ] `)})
		if err != nil {
			t.Fatal(err)
		}
		for _, draft := range []Draft{saved, b.draft(bot.ID)} {
			if string(draft.Definition) != broken || string(draft.Layout) != `{"nodes":{"x":{"x":1,"y":2}}}` || string(draft.Tests) != `[{"name":"t"}]` ||
				draft.Revision != 2 || draft.AuthorID != "usr_bia" || draft.UpdatedMS == 0 {
				t.Fatalf("%+v", draft)
			}
		}
		if told := b.told(); told.What != WhatDrafted || told.Revision != 2 || told.BotID != bot.ID {
			t.Fatalf("%+v", told)
		}
	})
}

func TestADraftIsBounded(t *testing.T) {
	deep := strings.Repeat("[", depthMax) + strings.Repeat("]", depthMax)
	for name, c := range map[string]struct {
		field, definition, layout, tests string
		code                             fault.Code
	}{
		"no JSON":         {"definition", `{"a":`, "", "", fault.Invalid},
		"two values":      {"definition", `{} {}`, "", "", fault.Invalid},
		"nothing":         {"definition", ``, "", "", fault.Invalid},
		"an array":        {"definition", `[]`, "", "", fault.Invalid},
		"a text":          {"layout", `{}`, `"x"`, "", fault.Invalid},
		"tests no array":  {"tests", `{}`, "", `{}`, fault.Invalid},
		"NUL":             {"definition", "{\"a\":\"\x00\"}", "", "", fault.Invalid},
		"escaped NUL":     {"definition", `{"a":"\u0000"}`, "", "", fault.Invalid},
		"not UTF-8":       {"definition", "{\"a\":\"\xff\"}", "", "", fault.Invalid},
		"too deep":        {"definition", `{"a":` + deep + `}`, "", "", fault.TooLarge},
		"too long":        {"definition", `{"a":"` + strings.Repeat("x", DefinitionMax) + `"}`, "", "", fault.TooLarge},
		"layout too long": {"layout", `{}`, `{"a":"` + strings.Repeat("x", LayoutMax) + `"}`, "", fault.TooLarge},
		"tests too long":  {"tests", `{}`, "", `["` + strings.Repeat("x", TestsMax) + `"]`, fault.TooLarge},
	} {
		_, _, _, err := parts(json.RawMessage(c.definition), json.RawMessage(c.layout), json.RawMessage(c.tests))
		f, ok := asFault(err)
		if !ok || f.Code != c.code || f.Field != c.field {
			t.Errorf("%s: %v, want %s on %s", name, err, c.code, c.field)
		}
	}
}

func FuzzBounded(f *testing.F) {
	for _, seed := range []string{`{}`, `[]`, `{"a":"\u0000"}`, shop(), `{"a":[[[[1]]]]}`, "{\"\xff\":1}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kept, err := bounded("definition", json.RawMessage(text), '{', 1<<16)
		if err != nil {
			if _, known := asFault(err); !known {
				t.Fatal(err)
			}
			return
		}
		// What is kept can be kept again, and is stored by both engines.
		again, err := bounded("definition", kept, '{', 1<<16)
		if err != nil || string(again) != string(kept) || database.Text(string(kept)) != nil || !json.Valid(kept) {
			t.Fatalf("%q %q %v", kept, again, err)
		}
	})
}

func TestWhoSavesAnOldRevisionIsToldOfTheOther(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Recepção"})
		save := func(by By, revision int64, text string) error {
			_, err := b.service.SaveDraft(t.Context(), Save{TenantID: b.tenant, BotID: bot.ID, Revision: revision, Definition: json.RawMessage(text), By: by})
			return err
		}
		if err := save(b.bia, 1, `{"de":"Bia"}`); err != nil {
			t.Fatal(err)
		}
		r := refused(t, save(b.ana, 1, `{"de":"Ana"}`), "draft_changed")
		now := b.draft(bot.ID)
		if facts := r.Facts(); facts["revision"] != "2" || facts["author_name"] != "Bia" || facts["author_id"] != "usr_bia" || facts["updated_ms"] != fmt.Sprint(now.UpdatedMS) {
			t.Fatalf("%v", facts)
		}
		if string(now.Definition) != `{"de":"Bia"}` || !fault.Is(r, fault.Conflict) {
			t.Fatalf("%s", now.Definition)
		}
		refused(t, save(b.ana, 3, `{}`), "draft_changed") // nobody has seen it yet
		if err := save(b.ana, 2, `{"de":"Ana"}`); err != nil {
			t.Fatal(err)
		}
	})
}

// Two editors load and save in any order. What a save that succeeded wrote is
// only ever replaced by somebody who has seen it.
func TestTwoEditorsLoseNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		count := 0
		rapid.Check(t, func(r *rapid.T) {
			count++
			bot := b.create(NewBot{Name: fmt.Sprint("Bot ", count)})
			type editor struct {
				by   By
				sees Draft
			}
			editors := []*editor{{by: b.ana, sees: b.draft(bot.ID)}, {by: b.bia, sees: b.draft(bot.ID)}}
			written := []string{string(b.draft(bot.ID).Definition)} // by revision, from 1
			for i := range rapid.IntRange(1, 12).Draw(r, "steps") {
				e := editors[rapid.IntRange(0, 1).Draw(r, "editor")]
				if rapid.Bool().Draw(r, "load") {
					e.sees = b.draft(bot.ID)
					continue
				}
				// An editor keeps all that they see and adds a word of their own.
				text := fmt.Sprintf(`{"before":%q,"word":"%s %d"}`, fmt.Sprint(len(written)), e.by.Actor.Name, i)
				saved, err := b.service.SaveDraft(t.Context(), Save{TenantID: b.tenant, BotID: bot.ID, Revision: e.sees.Revision, Definition: json.RawMessage(text), By: e.by})
				latest := e.sees.Revision == int64(len(written))
				if latest != (err == nil) {
					r.Fatalf("revision %d of %d: %v", e.sees.Revision, len(written), err)
				}
				if err == nil {
					written, e.sees = append(written, text), saved
				}
			}
			now := b.draft(bot.ID)
			if int(now.Revision) != len(written) || string(now.Definition) != written[len(written)-1] {
				r.Fatalf("revision %d of %d: %s", now.Revision, len(written), now.Definition)
			}
		})
	})
}

// All save at the same time what they saw: one wins, also where the draft has
// no row yet.
func TestOneOfManyWins(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bare, err := b.bots.CreateBot(t.Context(), b.tenant, "Sem rascunho")
		if err != nil {
			t.Fatal(err)
		}
		for botID, seen := range map[string]int64{bare.ID: 0, b.create(NewBot{Name: "Com"}).ID: 1} {
			var mu sync.Mutex
			var all sync.WaitGroup
			won := []string{}
			for i := range 6 {
				all.Go(func() {
					text := fmt.Sprintf(`{"n":%d}`, i)
					_, err := New(Deps{DB: db, Bots: b.bots, Accounts: b.answering, Emit: b.quiet}).SaveDraft(t.Context(),
						Save{TenantID: b.tenant, BotID: botID, Revision: seen, Definition: json.RawMessage(text), By: b.ana})
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won = append(won, text)
					} else if f, ok := asFault(err); !ok || f.Reason != "draft_changed" {
						t.Errorf("%v", err)
					}
				})
			}
			all.Wait()
			if now := b.draft(botID); len(won) != 1 || string(now.Definition) != won[0] || now.Revision != seen+1 {
				t.Errorf("%v won, the draft is %s", won, now.Definition)
			}
		}
	})
}

func TestADraftThatDiffersOnlyInWritingDoesNotDiffer(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
		b.publish(bot.ID)
		differs := func(want bool) {
			t.Helper()
			view, err := b.service.Get(t.Context(), b.tenant, bot.ID)
			if err != nil || view.DraftDiffers != want || b.draft(bot.ID).Differs != want {
				t.Fatalf("%+v %v", view, err)
			}
		}
		differs(false)
		b.save(bot.ID, shop(`"schema":1,"name":"Loja"`, `"name":"Loja","schema":1`), "")
		differs(false)
		b.save(bot.ID, shop("Das 9", "Das 8"), "")
		differs(true)
		b.save(bot.ID, shop(), "")
		differs(false)
		b.save(bot.ID, shop(), `[{"name":"t","steps":[]}]`)
		differs(true)
	})
}

func TestAnotherCompanysDraftIsNotFound(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
		b.publish(bot.ID)
		stranger := id.New(id.Tenant, 2)
		ctx := t.Context()
		one := int64(1)
		name := "x"
		for what, err := range map[string]error{
			"draft":     second(b.service.Draft(ctx, stranger, bot.ID)),
			"save":      second(b.service.SaveDraft(ctx, Save{TenantID: stranger, BotID: bot.ID, Revision: 1, Definition: json.RawMessage(`{}`), By: b.ana})),
			"get":       second(b.service.Get(ctx, stranger, bot.ID)),
			"change":    second(b.service.Change(ctx, BotChange{TenantID: stranger, BotID: bot.ID, Name: &name})),
			"check":     second(b.service.Check(ctx, stranger, Question{Definition: json.RawMessage(shop()), BotID: bot.ID})),
			"simulate":  second(b.service.Simulate(ctx, stranger, bot.ID, "en", Turn{Channel: "whatsapp", Input: TurnInput{Kind: "start"}})),
			"tests":     second(b.service.RunTests(ctx, TestRun{TenantID: stranger, BotID: bot.ID})),
			"explore":   second(b.service.Explore(ctx, Expedition{TenantID: stranger, BotID: bot.ID})),
			"compare":   second(b.service.Compare(ctx, Comparison{TenantID: stranger, BotID: bot.ID})),
			"impact":    second(b.service.Impact(ctx, stranger, bot.ID)),
			"publish":   second(b.service.Publish(ctx, Publishing{TenantID: stranger, BotID: bot.ID, Revision: 1})),
			"roll back": second(b.service.RollBack(ctx, Returning{TenantID: stranger, BotID: bot.ID, Number: 1, Revision: &one})),
			"export":    second(b.service.Export(ctx, stranger, bot.ID)),
			"bind":      second(b.service.Bind(ctx, stranger, bot.ID, "cha_wa", "en", b.ana)),
			"unbind":    b.service.Unbind(ctx, stranger, bot.ID, "cha_wa", b.ana),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if list, err := b.service.List(ctx, stranger, "", "", 0); err != nil || len(list.Items) != 0 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
