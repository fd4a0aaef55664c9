package crm

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
)

func TestConnectingKeepsWhatTheVendorAccepted(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		if status := b.status(); status.Connected || status.Vendor != "desk" {
			t.Fatalf("status before: %+v", status)
		}
		status := b.connect()
		if !status.Connected || status.Centre != "us" || status.ClientID != "client" || status.Organization != "Aurora Vendas" || status.Problem != "" || status.TestedMS == 0 {
			t.Fatalf("status: %+v", status)
		}
		var row string
		err := b.db.Read(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, `SELECT credentials || access FROM crm_connection`).Scan(&row)
		})
		if err != nil || strings.Contains(row, "secret") || strings.Contains(row, "refresh") || strings.Contains(row, "token") {
			t.Fatalf("not sealed: %s %v", row, err)
		}
		if _, err := b.Connect(ctx, Connect{Centre: "us", ClientID: "client", Secret: secret.New("secret"), Code: secret.New("bad")}, boss, ""); fault.CodeOf(err) != fault.Refused || !strings.Contains(err.Error(), "no good") {
			t.Fatalf("a bad code: %v", err)
		}
		if _, err := b.Account(ctx, aurora()); err != nil {
			t.Fatalf("a refused attempt spoils the connection: %v", err)
		}
		if _, err := b.Connect(ctx, Connect{Centre: "us", ClientID: "client", Secret: secret.New("secret"), Refresh: secret.New("refresh")}, boss, ""); err != nil {
			t.Fatalf("with a refresh token: %v", err)
		}
		if err := b.Disconnect(ctx, boss, ""); err != nil {
			t.Fatal(err)
		}
		if err := b.Disconnect(ctx, boss, ""); !fault.Is(err, fault.NotFound) {
			t.Fatalf("twice: %v", err)
		}
		if _, err := b.Account(ctx, aurora()); !errors.Is(err, ErrOff) {
			t.Fatalf("after it: %v", err)
		}
		var actions []string
		err = b.db.Read(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, `SELECT action, facts FROM audit_entry WHERE tenant_id = '' ORDER BY id`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var action, facts string
				if err := rows.Scan(&action, &facts); err != nil {
					return err
				}
				actions = append(actions, action)
				if strings.Contains(facts, "secret") || strings.Contains(facts, "refresh") {
					t.Errorf("the log tells: %s", facts)
				}
			}
			return rows.Err()
		})
		slices.Sort(actions) // of one millisecond
		if got := strings.Join(actions, " "); err != nil || got != "crm.connected crm.connected crm.disconnected" {
			t.Errorf("log: %s %v", got, err)
		}
	})
}

func TestWhatIsGivenToConnectIsChecked(t *testing.T) {
	b := open(t, "sqlite")
	good := Connect{Centre: "us", ClientID: "client", Secret: secret.New("secret"), Code: secret.New("good")}
	for field, spoil := range map[string]func(*Connect){
		"centre":        func(c *Connect) { c.Centre = "br" },
		"client_id":     func(c *Connect) { c.ClientID = " " },
		"client_secret": func(c *Connect) { c.Secret = secret.Text{} },
		"code":          func(c *Connect) { c.Refresh = secret.New("refresh") },
		"refresh_token": func(c *Connect) { c.Code, c.Refresh = secret.Text{}, secret.New("two words") },
	} {
		in := good
		spoil(&in)
		_, err := b.Connect(ctx, in, boss, "")
		if detail := new(fault.Error); !errors.As(err, &detail) || detail.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	b.desk.set(func(d *desk) { d.refuse = &Trouble{Kind: Down, Message: "away"} })
	if _, err := b.Connect(ctx, good, boss, ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a vendor that is away: %v", err)
	}
	// The token was given, and what it is for could not be asked: that is told, not lost.
	b.desk.set(func(d *desk) { d.refuse, d.refused = nil, &Trouble{Kind: Locked, Message: "NO_PERMISSION"} })
	status, err := b.Connect(ctx, good, boss, "")
	if err != nil || status.Trouble != Locked || status.Problem != "NO_PERMISSION" || !status.Connected {
		t.Errorf("%+v %v", status, err)
	}
}

func TestATestTellsHowTheConnectionIs(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.connect()
		b.clock.Advance(2 * time.Hour)
		b.desk.set(func(d *desk) { d.refuse = &Trouble{Kind: Locked, Message: "invalid_code"} })
		status, err := b.Test(ctx, boss, "")
		if err != nil || status.Trouble != Locked || status.Problem != "invalid_code" || status.TestedMS != b.clock.Now().UnixMilli() || status.Organization != "Aurora Vendas" {
			t.Fatalf("%+v %v", status, err)
		}
		b.desk.set(func(d *desk) { d.refuse = nil })
		// Contracts still wait for a minute; who tests does not.
		if status, err = b.Test(ctx, boss, ""); err != nil || status.Trouble != "" || status.Problem != "" || status.SuccessMS == 0 {
			t.Fatalf("%+v %v", status, err)
		}
		b.clock.Advance(2 * time.Hour)
		b.desk.set(func(d *desk) { d.refuse = &Trouble{Kind: Throttled, Message: "too many"} })
		for range 3 {
			if status, err = b.Test(ctx, boss, ""); err != nil || status.Trouble != Throttled {
				t.Fatalf("%+v %v", status, err)
			}
		}
		if asked := b.desk.asks(); asked != 4 { // connect, two tests, and one that was throttled
			t.Errorf("the vendor was asked %d times", asked)
		}
	})
}

func TestCredentialsOfAnotherKeyAreConnectedAnew(t *testing.T) {
	b := open(t, "sqlite")
	b.connect()
	box, err := secretbox.Open(secretbox.Config{Keys: secretbox.NewKey("k2")})
	if err != nil {
		t.Fatal(err)
	}
	b.box = box
	b.Service = b.another()
	_, err = b.Account(ctx, aurora())
	wantTrouble(t, err, Locked)
	if status := b.status(); !status.Connected || status.Trouble != Locked {
		t.Fatalf("%+v", status)
	}
	b.connect()
	if _, err := b.Account(ctx, aurora()); err != nil {
		t.Fatal(err)
	}
}

func TestSettings(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		before, err := b.Settings(ctx)
		if err != nil || before.TaxIDField != "CNPJ" || before.Version != 0 {
			t.Fatalf("%+v %v", before, err)
		}
		wish := before
		wish.TaxIDField, wish.Pipeline, wish.Leads = "CNPJ_CPF", "Vendas", true
		after, err := b.Set(ctx, wish, boss, "")
		if err != nil || after.Version != 1 {
			t.Fatalf("%+v %v", after, err)
		}
		if _, err := b.Set(ctx, wish, boss, ""); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an older version: %v", err)
		}
		again, err := b.Settings(ctx)
		if err != nil || again.TaxIDField != "CNPJ_CPF" || !again.Leads || again.Stages[StageActive] != "Active" || again.Version != 1 || again.UpdatedMS == 0 {
			t.Fatalf("%+v %v", again, err)
		}
		b.connect()
		if _, err := b.Account(ctx, aurora()); err != nil || b.desk.sessions[0].Settings.TaxIDField != "CNPJ_CPF" {
			t.Fatalf("%+v %v", b.desk.sessions, err)
		}
		for field, spoil := range map[string]func(*Settings){
			"tax_id_field":   func(s *Settings) { s.TaxIDField = "a field" },
			"contract_field": func(s *Settings) { s.ContractField = "" },
			"stages.won":     func(s *Settings) { s.Stages = map[Stage]string{StageActive: "A", StageCanceled: "C"} },
			"stages":         func(s *Settings) { s.Stages["other"] = "O" },
		} {
			wish := after
			wish.Stages = map[Stage]string{StageWon: "W", StageActive: "A", StageCanceled: "C"}
			spoil(&wish)
			_, err := b.Set(ctx, wish, boss, "")
			if detail := new(fault.Error); !errors.As(err, &detail) || detail.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestFieldsAreReadOnceADay(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.desk.fields = []Field{{Name: "Account_Name", Type: "text", Length: 10, Values: []string{"a"}, Unique: true}}
		b.connect()
		write := func(wantReads int) Session {
			t.Helper()
			if _, err := b.Account(ctx, aurora()); err != nil {
				t.Fatal(err)
			}
			if b.desk.shapes != wantReads {
				t.Fatalf("fields were read %d times, want %d", b.desk.shapes, wantReads)
			}
			return b.desk.sessions[len(b.desk.sessions)-1]
		}
		write(1)
		if s := write(1); len(s.Fields) != 1 || s.Fields[0].Length != 10 || !s.Fields[0].Unique || s.Fields[0].Values[0] != "a" {
			t.Fatalf("%+v", s.Fields)
		}
		b.clock.Advance(24 * time.Hour)
		write(2)
		// Old fields are better than none.
		b.clock.Advance(24 * time.Hour)
		b.desk.set(func(d *desk) { d.unread = &Trouble{Kind: Down, Message: "500"} })
		if s := write(3); len(s.Fields) != 1 {
			t.Fatalf("%+v", s.Fields)
		}
		// Another account has other fields.
		b.desk.set(func(d *desk) { d.unread = nil })
		b.connect()
		write(4)
		// Without the right to read them records are written all the same.
		b.connect()
		b.desk.set(func(d *desk) { d.unread = &Trouble{Kind: Locked, Message: "OAUTH_SCOPE_MISMATCH"} })
		if s := write(5); s.Fields != nil {
			t.Fatalf("%+v", s.Fields)
		}
		b.desk.set(func(d *desk) { d.unread = &Trouble{Kind: Down, Message: "500"} })
		_, err := b.Account(ctx, aurora())
		wantTrouble(t, err, Down)
	})
}

func TestFieldCheck(t *testing.T) {
	b := open(t, "sqlite")
	b.connect()
	b.desk.findings = []Finding{{Entity: EntityDeal, Field: "Stage", Code: "unknown_value", Value: "Won"}}
	report, err := b.FieldCheck(ctx)
	if err != nil || !report.OK || len(report.Findings) != 1 || report.CheckedMS == 0 || b.desk.shapes != 3 {
		t.Fatalf("%+v %v after %d reads", report, err, b.desk.shapes)
	}
	b.desk.findings[0].Blocks = true
	if report, err = b.FieldCheck(ctx); err != nil || report.OK {
		t.Fatalf("%+v %v", report, err)
	}
	settings, _ := b.Settings(ctx)
	settings.Leads = true
	if _, err := b.Set(ctx, settings, boss, ""); err != nil {
		t.Fatal(err)
	}
	b.desk.shapes = 0
	if _, err = b.FieldCheck(ctx); err != nil || b.desk.shapes != 4 {
		t.Fatalf("%d reads with leads, %v", b.desk.shapes, err)
	}
	b.desk.set(func(d *desk) { d.unread = &Trouble{Kind: Locked, Message: "OAUTH_SCOPE_MISMATCH"} })
	if _, err = b.FieldCheck(ctx); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "SCOPE") {
		t.Fatalf("%v", err)
	}
	b.desk.set(func(d *desk) { d.unread = &Trouble{Kind: Down, Message: "away"} })
	if _, err = b.FieldCheck(ctx); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("%v", err)
	}
}

func TestRecordsAreCheckedBeforeAnybodyIsAsked(t *testing.T) {
	b := open(t, "sqlite")
	b.connect()
	for ours, call := range map[string]func() error{
		"tax_id":      func() error { _, err := b.Account(ctx, Account{Name: "Aurora"}); return err },
		"name":        func() error { _, err := b.Account(ctx, Account{TaxID: "1"}); return err },
		"email":       func() error { _, err := b.Contact(ctx, Contact{Name: "Bia"}); return err },
		"contract_id": func() error { return b.Stage(ctx, "", "", StageActive) },
		"account_id":  func() error { _, err := b.Deal(ctx, Deal{ContractID: "CTR-1", Stage: StageWon}); return err },
		"amount": func() error {
			_, err := b.Deal(ctx, Deal{ContractID: "CTR-1", AccountID: "1", Amount: -1, Stage: StageWon})
			return err
		},
	} {
		if trouble := wantTrouble(t, call(), Refused); trouble.Ours != ours {
			t.Errorf("%s: %+v", ours, trouble)
		}
	}
	if err := b.Stage(ctx, "CTR-1", "", "won?"); !fault.Is(err, fault.Internal) {
		t.Errorf("a stage that is none: %v", err)
	}
	if err := b.Stage(ctx, "CTR-1", "", StageCanceled); err != nil {
		t.Error(err)
	}
	if id, err := b.Contact(ctx, Contact{Email: "bia@example.com"}); id != "2" || err != nil {
		t.Error(id, err)
	}
	if id, err := b.Lead(ctx, Lead{Email: "bia@example.com"}); id != "" || err != nil {
		t.Errorf("leads are not wished: %s %v", id, err)
	}
}

func TestASuccessIsNotedOnceAMinute(t *testing.T) {
	b := open(t, "sqlite")
	b.desk.credits = 1234
	b.connect()
	first := b.clock.Now().UnixMilli()
	for range 3 {
		if _, err := b.Account(ctx, aurora()); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(10 * time.Second)
	}
	if status := b.status(); status.SuccessMS != first || status.Credits != 1234 {
		t.Fatalf("%+v", status)
	}
	b.clock.Advance(time.Minute)
	if _, err := b.Account(ctx, aurora()); err != nil {
		t.Fatal(err)
	}
	if status := b.status(); status.SuccessMS != b.clock.Now().UnixMilli() {
		t.Fatalf("%+v", status)
	}
}

func TestConfigIsChecked(t *testing.T) {
	good := open(t, "sqlite").cfg
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"PROSA_CRM_AT_ONCE":    func(c *Config) { c.AtOnce = 0 },
		"PROSA_CRM_LEASE":      func(c *Config) { c.Lease = 0 },
		"PROSA_CRM_COOLDOWN":   func(c *Config) { c.Cooldown = time.Second },
		"PROSA_CRM_SHAPE_LIFE": func(c *Config) { c.ShapeLife = 0 },
	} {
		cfg := good
		spoil(&cfg)
		if detail := new(fault.Error); !errors.As(cfg.Validate(), &detail) || detail.Field != name {
			t.Errorf("%s: %v", name, cfg.Validate())
		}
	}
}
