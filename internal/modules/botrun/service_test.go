package botrun

import (
	"context"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestPublishing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		ctx := t.Context()
		bot, err := b.service.GetBot(ctx, b.tenant, b.bot.ID)
		if err != nil || bot.LiveVersionID == "" {
			t.Fatalf("%+v %v", bot, err)
		}
		first, err := b.service.GetVersion(ctx, b.tenant, bot.LiveVersionID)
		if err != nil || first.Number != 1 || len(first.Hash) != 64 {
			t.Fatalf("%+v %v", first, err)
		}
		t.Run("the live flow is not published twice", func(t *testing.T) {
			again := b.publish(flowText(t, "recepcao"))
			if again.ID != first.ID {
				t.Fatalf("number %d", again.Number)
			}
		})
		t.Run("a flow that fails a proof is refused with reasons", func(t *testing.T) {
			broken := strings.Replace(string(flowText(t, "recepcao")), `"next": "pedido"`, `"next": "nenhures"`, 1)
			_, issues, err := b.service.PublishVersion(ctx, b.tenant, b.bot.ID, Draft{Definition: []byte(broken)})
			if !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "nenhures") || len(issues) == 0 {
				t.Fatalf("%v %v", issues, err)
			}
			if after, err := b.service.GetBot(ctx, b.tenant, b.bot.ID); err != nil || after.LiveVersionID != first.ID {
				t.Fatalf("%+v %v", after, err)
			}
		})
		t.Run("a text that is no flow", func(t *testing.T) {
			if _, _, err := b.service.PublishVersion(ctx, b.tenant, b.bot.ID, Draft{Definition: []byte(`{"schema":1,"nodes":7}`)}); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if _, _, err := Check(Draft{Definition: []byte(`[`)}); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if compiled, issues, err := Check(Draft{Definition: flowText(t, "captacao")}); compiled == nil || err != nil {
				t.Fatalf("%v %v", issues, err)
			}
		})
		t.Run("bad fields", func(t *testing.T) {
			if _, _, err := b.service.PublishVersion(ctx, b.tenant, b.bot.ID, Draft{Definition: flowText(t, "captacao"), Note: strings.Repeat("x", 501)}); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			for _, name := range []string{"", "  ", strings.Repeat("x", 81), "a\x00b"} {
				if _, err := b.service.CreateBot(ctx, b.tenant, name); !fault.Is(err, fault.Invalid) {
					t.Fatalf("%q: %v", name, err)
				}
			}
		})
		t.Run("another company sees nothing", func(t *testing.T) {
			stranger := id.New(id.Tenant, 2)
			if _, err := b.service.GetBot(ctx, stranger, b.bot.ID); !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			if _, err := b.service.GetVersion(ctx, stranger, first.ID); !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			if _, _, err := b.service.PublishVersion(ctx, stranger, b.bot.ID, Draft{Definition: flowText(t, "captacao")}); !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			if list, err := b.service.ListBots(ctx, stranger, "", 0); err != nil || len(list.Items) != 0 {
				t.Fatalf("%+v %v", list, err)
			}
		})
	})
}

func TestListBotsPages(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		for _, name := range []string{"Dois", "Três", "Quatro", "Cinco"} {
			if _, err := b.service.CreateBot(t.Context(), b.tenant, name); err != nil {
				t.Fatal(err)
			}
		}
		seen, cursor := map[string]bool{}, ""
		for range 10 {
			list, err := b.service.ListBots(t.Context(), b.tenant, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, bot := range list.Items {
				if seen[bot.ID] {
					t.Fatalf("%s twice", bot.Name)
				}
				seen[bot.ID] = true
			}
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		if len(seen) != 5 || cursor != "" {
			t.Fatalf("%d bots, cursor %q", len(seen), cursor)
		}
		if _, err := b.service.ListBots(t.Context(), b.tenant, "?", 2); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}

func TestAssigningABotToAnAccount(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		var got []string
		b.service.assign = func(_ context.Context, _ *database.Tx, tenantID, accountID, botID string) error {
			got = append(got, tenantID+" "+accountID+" "+botID)
			return nil
		}
		empty, err := b.service.CreateBot(t.Context(), b.tenant, "Vazio")
		if err != nil {
			t.Fatal(err)
		}
		if err := b.service.AssignDefault(t.Context(), b.tenant, "cha_1", empty.ID); !fault.Is(err, fault.Refused) {
			t.Fatalf("a bot without a flow: %v", err)
		}
		if err := b.service.AssignDefault(t.Context(), b.tenant, "cha_1", id.New(id.Bot, 3)); !fault.Is(err, fault.NotFound) {
			t.Fatalf("an unknown bot: %v", err)
		}
		for _, botID := range []string{b.bot.ID, ""} {
			if err := b.service.AssignDefault(t.Context(), b.tenant, "cha_1", botID); err != nil {
				t.Fatal(err)
			}
		}
		if want := b.tenant + " cha_1 " + b.bot.ID + "|" + b.tenant + " cha_1 "; strings.Join(got, "|") != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func TestConfig(t *testing.T) {
	good := defaults()
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"zone": func(c *Config) { c.Timezone = "Marte/Olimpo" }, "sweep": func(c *Config) { c.SweepEvery = 0 },
		"batch": func(c *Config) { c.SweepBatch = 0 }, "versions": func(c *Config) { c.Versions = 0 },
		"keep": func(c *Config) { c.TurnsKeep = 0 }, "calls": func(c *Config) { c.Calls = 0 }, "share": func(c *Config) { c.CallsPerTenant = 0 },
		"timeout": func(c *Config) { c.CallTimeout = time.Hour }, "hosts": func(c *Config) { c.PrivateHosts = []string{"intranet"} },
	} {
		bad := defaults()
		spoil(&bad)
		if err := bad.Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var _ stepFunc = flow.Step
