package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/move"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/telemetry"
)

// metered is a deployment in a folder, with a company that used something
// yesterday.
type metered struct {
	settings map[string]string
	day      time.Time
	company  string
}

func newMetered(t *testing.T) metered {
	t.Helper()
	dir := t.TempDir()
	m := metered{
		settings: map[string]string{"PROSA_DATA_DIR": filepath.Join(dir, "data"), "PROSA_FINOPS_METERS_URL": filepath.Join(dir, "meters"), "PROSA_ENVIRONMENT": "prod", "PROSA_PUBLIC_URL": "https://prosa.example", "PROSA_OPERATOR_URL": "https://staff.example",
			"PROSA_SECRET_KEYS": "k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
		day: time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1),
	}
	if code, _, complaint := call(t, m.settings, "migrate"); code != exitOK {
		t.Fatal(complaint)
	}
	m.inside(t, func(h *house) {
		company, err := h.tenancy.Create(t.Context(), tenancy.Draft{Slug: "padaria", Name: "Padaria", Locale: "pt-BR", Timezone: "America/Sao_Paulo"}, tenancy.By{})
		if err != nil {
			t.Fatal(err)
		}
		m.company = company.ID
	})
	return m
}

// inside opens the deployment, as a command does.
func (m metered) inside(t *testing.T, fn func(h *house)) {
	t.Helper()
	cfg, err := load(config.Map(m.settings))
	if err != nil {
		t.Fatal(err)
	}
	h, err := open(t.Context(), cfg, "test", telemetry.Discard())
	if err != nil {
		t.Fatal(err)
	}
	fn(h)
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
}

// talk lays a conversation of the day for each telephone, with a part that the
// platform bills and one that it does not.
func (m metered) talk(t *testing.T, phones ...string) {
	t.Helper()
	noon := m.day.Add(12 * time.Hour).UnixMilli()
	m.inside(t, func(h *house) {
		for i, phone := range phones {
			err := h.conversation.Import(t.Context(), m.company, []conversation.Past{{
				AccountID: "cha_1", Channel: message.WhatsApp, Shard: 1, Name: "Zoé", Addresses: []message.Address{{Kind: message.WaID, Value: phone}},
				Lines: []conversation.PastLine{{By: conversation.PastCustomer, Text: "oi", AtMS: noon + int64(i)}, {By: conversation.PastBot, Text: "Olá!", AtMS: noon + int64(i) + 1000}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			err = h.db.Write(t.Context(), database.Company(m.company), func(ctx context.Context, tx *database.Tx) error {
				var home string
				if err := tx.QueryRow(ctx, "SELECT id FROM conversation WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1", m.company).Scan(&home); err != nil {
					return err
				}
				word := channel.Billed{TenantID: m.company, AccountID: "cha_1", ConversationID: home, MessageID: id.New(id.Message, noon), DeliveryID: phone,
					Billable: true, Category: "marketing", Status: message.Sent, AtMS: noon}
				free := word
				free.DeliveryID, free.Billable, free.Category = phone+"f", false, "service"
				return h.conversation.Bill(ctx, tx, []channel.Billed{word, free})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// From what was said and billed to what a company's channels cost, by the command
// alone.
func TestADayIsMeteredByHand(t *testing.T) {
	m := newMetered(t)
	m.talk(t, "5511988880001", "5511988880002", "351912345678")
	day := m.day.Format(time.DateOnly)
	code, out, complaint := call(t, m.settings, "finops", "meter", "--print")
	var printed meter.Day
	if err := json.Unmarshal([]byte(out), &printed); err != nil || code != exitOK || printed.Day != day || printed.Deployment != "massivo-prod" {
		t.Fatal(code, out, complaint, err)
	}
	used := map[string]int64{}
	for _, u := range printed.Uses {
		if u.CompanyID == m.company {
			used[strings.TrimSpace(string(u.Kind)+" "+u.Of)] = u.Count
		}
	}
	for what, want := range map[string]int64{"messages_in whatsapp": 3, "messages_out whatsapp": 3, "bot_messages whatsapp": 3, "conversations whatsapp": 3, "active_contacts": 3,
		"billed_parts whatsapp/marketing/55": 2, "billed_parts whatsapp/marketing/351": 1, "free_parts whatsapp/service/55": 2} {
		if used[what] != want {
			t.Errorf("%s: %d, want %d", what, used[what], want)
		}
	}
	if files := filesOf(t, m.settings["PROSA_FINOPS_METERS_URL"]); len(files) != 0 {
		t.Errorf("what was only printed lies in %v", files)
	}
	for i, want := range []string{`"changed": true`, `"changed": false`} {
		if code, out, complaint := call(t, m.settings, "finops", "meter", "--day", day, "--read"); code != exitOK || !strings.Contains(out, want) || !strings.Contains(out, `"refused": []`) {
			t.Fatalf("%d: %d %s %s", i, code, out, complaint)
		}
	}
	m.inside(t, func(h *house) {
		price, err := exact.Parse("0.123456789012345678")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.costs.PutFees(t.Context(), []finops.Fee{{Channel: "whatsapp", Category: "marketing", Calling: "55", Currency: "BRL", Price: price, From: day}}, bySystem("test")); err != nil {
			t.Fatal(err)
		}
		month := int64(m.day.Year()*100 + int(m.day.Month()))
		out, err := h.costs.Companies(t.Context(), month, "BRL", false)
		if err != nil || len(out.Items) != 1 || len(out.Items[0].Costs) != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		item := out.Items[0]
		if got := fmt.Sprint(item.Name, " ", item.Costs[0].Fees, " ", item.Conversations, " ", out.Unpriced); got != "Padaria 0.246913578024691356 3 1" {
			t.Error(got)
		}
	})
	for _, wrong := range [][]string{{"--day", "22/11/2026"}, {"--day", time.Now().UTC().Format(time.DateOnly)}} {
		if code, out, _ := call(t, m.settings, append([]string{"finops", "meter"}, wrong...)...); code == exitOK {
			t.Errorf("%v was measured: %s", wrong, out)
		}
	}
	delete(m.settings, "PROSA_FINOPS_METERS_URL")
	if code, _, complaint := call(t, m.settings, "finops", "meter"); code == exitOK || !strings.Contains(complaint, "PROSA_FINOPS_METERS_URL") {
		t.Errorf("written nowhere: %d %s", code, complaint)
	}
}

// A company that moves is measured where it worked: a rehearsal is nobody's use,
// and what came along was counted where it came from.
func TestACompanyThatMovesIsMeteredOnce(t *testing.T) {
	m := newMetered(t)
	m.talk(t, "5511988880001") // at noon
	fromMS, untilMS := m.day.UnixMilli(), m.day.AddDate(0, 0, 1).UnixMilli()
	const hour = int64(3600_000)
	counted := func(h *house, from int64) (messages int64) {
		t.Helper()
		for _, source := range h.meters.Sources {
			err := source(t.Context(), m.company, from, untilMS+24*hour, func(kind meter.Kind, _ string, count int64) {
				if kind == meter.MessagesIn || kind == meter.BilledParts {
					messages += count
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return messages
	}
	m.inside(t, func(h *house) {
		stands := func(level hold.Level, sinceMS, landedMS int64) {
			t.Helper()
			err := h.db.Write(t.Context(), database.Platform("a test moves a company"), func(ctx context.Context, tx *database.Tx) error {
				if _, err := tx.Exec(ctx, "DELETE FROM company_hold"); err != nil {
					return err
				}
				if level != "" {
					if _, err := tx.Exec(ctx, "INSERT INTO company_hold (company_id, level, move_id, since_ms, passed_ms) VALUES ($1, $2, 'mov_1', $3, 0)", m.company, string(level), sinceMS); err != nil {
						return err
					}
				}
				_, err := tx.Exec(ctx, `INSERT INTO company_move (id, company_id, side, step, target_url, until_ms, facts, created_ms, updated_ms) VALUES ('mov_1', $1, $2, 'x', '', 0, $3, 0, 0)
					ON CONFLICT (id) DO UPDATE SET side = $2, facts = $3`, m.company, map[bool]string{true: move.Target, false: move.Source}[level == hold.Arriving || landedMS > 0], fmt.Sprintf(`{"landed_ms":%d}`, landedMS))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			level             hold.Level
			sinceMS, landedMS int64
			want              int64
		}{
			"stays": {want: 2}, "is drained": {level: hold.Draining, sinceMS: fromMS, want: 2},
			"left in the evening": {level: hold.Moved, sinceMS: fromMS + 18*hour, want: 2}, "left in the morning": {level: hold.Moved, sinceMS: fromMS + 6*hour},
			"is rehearsed": {level: hold.Arriving, sinceMS: fromMS}, "came in the morning": {landedMS: fromMS + 6*hour, want: 2}, "came in the evening": {landedMS: fromMS + 18*hour},
			"lands since the evening": {level: hold.Landing, sinceMS: fromMS + 18*hour, landedMS: fromMS + 18*hour},
		} {
			stands(c.level, c.sinceMS, c.landedMS)
			if got := counted(h, fromMS); got != c.want {
				t.Errorf("%s: %d were counted, want %d", name, got, c.want)
			}
		}
	})
}

func filesOf(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

const meterChild = "PROSA_TEST_METER_CHILD"

// TestMeterChild is the process that is killed; alone it does nothing.
func TestMeterChild(t *testing.T) {
	text := os.Getenv(meterChild)
	if text == "" {
		t.Skip("is a child of another test")
	}
	var settings map[string]string
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		t.Fatal(err)
	}
	if code, _, complaint := call(t, settings, "finops", "meter", "--read"); code != exitOK {
		t.Fatal(complaint)
	}
}

// Whenever it is killed, what lies there and what was read are of one look or of
// the next, whole; and the next run ends it.
func TestAKilledMeterLeavesWholeDays(t *testing.T) {
	m := newMetered(t)
	raw, err := json.Marshal(m.settings)
	if err != nil {
		t.Fatal(err)
	}
	took, killed := time.Duration(0), 0
	for round := range 8 {
		phones := []string{fmt.Sprint("55119888800", round), fmt.Sprint("55119888900", round)}
		m.talk(t, phones...)
		cmd := exec.Command(os.Args[0], "-test.run=^TestMeterChild$")
		cmd.Env = append(os.Environ(), meterChild+"="+string(raw))
		began := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if took > 0 { // the first one tells how long it takes
			timer := time.AfterFunc(took*time.Duration(10+round*10)/100, func() { _ = cmd.Process.Kill() })
			if cmd.Wait() != nil {
				killed++
			}
			timer.Stop()
		} else {
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			took = time.Since(began)
		}
		counted := m.counted(t)
		for where, messages := range counted {
			if messages%2 != 0 || messages > int64(2*(round+1)) {
				t.Errorf("round %d: %s holds %d messages", round, where, messages)
			}
		}
		if code, _, complaint := call(t, m.settings, "finops", "meter", "--read"); code != exitOK {
			t.Fatal(complaint)
		}
		after := m.counted(t)
		if after["the file"] != int64(2*(round+1)) || after["the ledger"] != after["the file"] {
			t.Errorf("round %d, done again: %v", round, after)
		}
		if files := filesOf(t, m.settings["PROSA_FINOPS_METERS_URL"]); len(slices.DeleteFunc(files, func(f string) bool { return !strings.HasSuffix(f, ".csv.gz") })) != 1 {
			t.Errorf("round %d: %v", round, files)
		}
	}
	t.Logf("%d of 7 were killed", killed)
}

// counted gives the messages of the day that lie in the file and in the ledger.
func (m metered) counted(t *testing.T) map[string]int64 {
	t.Helper()
	counted := map[string]int64{}
	name := meter.Day{Deployment: "massivo-prod", Day: m.day.Format(time.DateOnly)}.Name()
	file, err := os.Open(filepath.Join(m.settings["PROSA_FINOPS_METERS_URL"], filepath.FromSlash(name)))
	if err == nil {
		day, err := meter.Decode(name, file)
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		for _, u := range day.Uses {
			if u.Kind == meter.MessagesIn {
				counted["the file"] += u.Count
			}
		}
	}
	m.inside(t, func(h *house) {
		err := h.db.Read(t.Context(), database.Platform("a test counts"), func(ctx context.Context, tx *database.Tx) error {
			var sum int64
			err := tx.QueryRow(ctx, "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM finops_use WHERE kind = 'messages_in'").Scan(&sum)
			counted["the ledger"] = sum
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return counted
}
