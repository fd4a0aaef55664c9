package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
)

// paperVendor is a vendor on paper, whose callbacks are signed by the secret
// itself.
type paperVendor struct {
	mu     sync.Mutex
	says   error
	traced []string
	facts  []Fact
	asked  []Asked
}

func (*paperVendor) Name() string      { return "paperpay" }
func (*paperVendor) Methods() []Method { return []Method{Pix, Link} }

func (*paperVendor) Choices(context.Context, string) ([]Choice, error) { return nil, nil }

func (v *paperVendor) answer() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.says
}

func (v *paperVendor) set(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.says = err
}

func (v *paperVendor) Ask(_ context.Context, in Asked) (Answered, error) {
	if err := v.answer(); err != nil {
		return Answered{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, in)
	return Answered{ExternalID: "ext-" + in.PaymentID, Code: "code"}, nil
}

func (v *paperVendor) Look(context.Context, string, string) ([]Fact, error) {
	return v.facts, v.answer()
}
func (v *paperVendor) Cancel(context.Context, string, string) error { return v.answer() }
func (v *paperVendor) PayBack(_ context.Context, in Returned) (Fact, error) {
	fact := Fact{Key: "theirs-" + in.RefundID, Kind: WasRefunded, Amount: in.Amount}
	v.facts = append(v.facts, fact)
	return fact, v.answer()
}
func (v *paperVendor) Test(context.Context, Account) error { return v.answer() }

func (*paperVendor) Verify(account Account, call Callback) (Notice, error) {
	if !account.Secret.Equal(call.Header.Get("Signed")) {
		return Notice{}, fault.New(fault.Unauthorized, "no")
	}
	return Notice{Kind: call.Query.Get("kind"), ExternalID: call.Query.Get("id")}, nil
}

func (v *paperVendor) Trace(_ context.Context, _ Account, notice Notice) (string, error) {
	v.mu.Lock()
	v.traced = append(v.traced, notice.ExternalID)
	v.mu.Unlock()
	if err := v.answer(); err != nil {
		return "", err
	}
	return strings.TrimPrefix(notice.ExternalID, "ext-"), nil
}

// desk is a company with the paper vendor.
type desk struct {
	*Service
	t        *testing.T
	db       *database.DB
	accounts *Accounts
	vendor   *paperVendor
	tenant   string
}

func openDesk(t *testing.T, db *database.DB) *desk {
	t.Helper()
	box, err := secretbox.Open(secretbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	cfg, logger := Config{SweepEvery: 1, LookEvery: 1, NoticeEvery: 1, SweepBatch: 100}, slog.New(slog.DiscardHandler)
	d := &desk{t: t, db: db, vendor: &paperVendor{}, tenant: id.New(id.Tenant, 1), accounts: NewAccounts(cfg, db, box, logger)}
	d.Service = New(cfg, db, logger, d.vendor)
	d.Bind(&ledger{})
	d.accounts.Bind(d.Service, d.vendor)
	return d
}

func (d *desk) wish() Account {
	return Account{
		TenantID: d.tenant, Provider: "paperpay", Methods: []Method{Pix}, PayerEmail: "caixa@alfa.example.com", Token: secret.New("tok-1"), Secret: secret.New("sec-1"),
	}
}

func (d *desk) connect(account Account) Account {
	d.t.Helper()
	saved, err := d.accounts.Connect(context.Background(), account, ana)
	if err != nil {
		d.t.Fatal(err)
	}
	return saved
}

func (d *desk) take(hook, signed, kind, externalID string) error {
	return d.accounts.Take(context.Background(), "paperpay", hook, Callback{
		Header: http.Header{"Signed": {signed}}, Query: url.Values{"kind": {kind}, "id": {externalID}},
	})
}

func (d *desk) rows(query string) (list []string) {
	d.t.Helper()
	err := d.db.Read(context.Background(), database.Company(d.tenant), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, d.tenant)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			list = append(list, text)
		}
		return rows.Err()
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// begin asks for a payment by Pix at the vendor.
func (d *desk) begin() (p Payment, err error) {
	err = d.db.Write(context.Background(), database.Company(d.tenant), func(ctx context.Context, tx *database.Tx) (err error) {
		p, err = d.Ask(ctx, tx, Request{
			TenantID: d.tenant, OrderID: "ord_1", Number: "1", Choice: Choice{"paperpay", Pix}, Amount: 1990, Currency: money.BRL,
		})
		return err
	})
	return p, err
}

func TestAnAccountKeepsItsCredentials(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d, ctx := openDesk(t, db), context.Background()
		first := d.connect(d.wish())
		if first.Version != 1 || len(first.Hook) != 32 {
			t.Fatalf("connected: %+v", first)
		}
		// Neither what is stored nor what is shown or logged holds them.
		for _, text := range append(d.rows(`SELECT credentials FROM payment_account WHERE tenant_id = $1`), d.rows(`SELECT facts FROM audit_entry WHERE tenant_id = $1`)...) {
			if strings.Contains(text, "tok-1") || strings.Contains(text, "sec-1") {
				t.Fatalf("stored: %s", text)
			}
		}
		list, err := d.accounts.List(ctx, d.tenant)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		shown, err := json.Marshal(first)
		if err != nil || strings.Contains(string(shown)+fmt.Sprintf("%+v", first), "tok-1") || strings.Contains(string(shown), first.Hook) {
			t.Fatalf("shown: %s %v", shown, err)
		}
		// What is left out stays.
		change := d.wish()
		change.Token, change.Secret, change.Methods, change.Version = secret.New("tok-2"), secret.Text{}, []Method{Pix, Link, Pix}, 1
		second := d.connect(change)
		kept, err := d.accounts.Of(ctx, d.tenant, "paperpay")
		if err != nil || kept.Token.Reveal() != "tok-2" || kept.Secret.Reveal() != "sec-1" || kept.Hook != first.Hook || len(kept.Methods) != 2 || second.Version != 2 {
			t.Fatalf("kept: %+v %v", kept, err)
		}
		if _, err := d.accounts.Connect(ctx, change, ana); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an old version: %v", err)
		}
		// Another company has none of it.
		if _, err := d.accounts.Of(ctx, id.New(id.Tenant, 1), "paperpay"); !fault.Is(err, fault.NotFound) {
			t.Fatalf("of another: %v", err)
		}
		if err := d.accounts.Disconnect(ctx, d.tenant, "paperpay", ana); err != nil {
			t.Fatal(err)
		}
		if err := d.accounts.Disconnect(ctx, d.tenant, "paperpay", ana); !fault.Is(err, fault.NotFound) {
			t.Fatalf("twice: %v", err)
		}
		if got := d.rows(`SELECT action FROM audit_entry WHERE tenant_id = $1`); len(got) != 3 {
			t.Fatalf("audited: %v", got)
		}
	})
}

func TestWhatAnAccountMustSay(t *testing.T) {
	d := openDesk(t, databasetest.Open(t))
	for field, spoil := range map[string]func(a *Account){
		"methods":        func(a *Account) { a.Methods = nil },
		"payer_email":    func(a *Account) { a.PayerEmail = "Caixa <caixa@alfa.example.com>" },
		"access_token":   func(a *Account) { a.Token = secret.New("a\r\nX-Evil: 1") },
		"webhook_secret": func(a *Account) { a.Secret = secret.New("two words") },
	} {
		wrong := d.wish()
		spoil(&wrong)
		_, err := d.accounts.Connect(context.Background(), wrong, ana)
		if f := new(fault.Error); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	wrong := d.wish()
	wrong.Methods = []Method{Cash}
	if _, err := d.accounts.Connect(context.Background(), wrong, ana); !fault.Is(err, fault.Invalid) {
		t.Errorf("a method that the vendor has not: %v", err)
	}
	wrong.Provider = "nobody"
	if _, err := d.accounts.Connect(context.Background(), wrong, ana); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown vendor: %v", err)
	}
}

// The vendor gives the secret for the address that it is told, so that comes
// first; nothing is believed until then.
func TestTheSecretMayComeLater(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d, ctx := openDesk(t, db), context.Background()
		wish := d.wish()
		wish.Secret = secret.Text{}
		first := d.connect(wish)
		list, err := d.accounts.List(ctx, d.tenant)
		if err != nil || first.Signed || len(list) != 1 || list[0].Signed {
			t.Fatalf("signed without a secret: %+v %v", list, err)
		}
		if err := d.accounts.Take(ctx, "paperpay", first.Hook, Callback{}); !fault.Is(err, fault.Unauthorized) {
			t.Fatalf("a callback that nobody signed: %v", err)
		}
		wish.Secret, wish.Token = secret.New("sec-1"), secret.Text{}
		second := d.connect(wish)
		list, err = d.accounts.List(ctx, d.tenant)
		if err != nil || !second.Signed || second.Hook != first.Hook || !list[0].Signed || !list[0].Secret.IsZero() {
			t.Fatalf("the secret came: %+v %v", list, err)
		}
	})
}

func TestATestIsKept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d, ctx := openDesk(t, db), context.Background()
		d.connect(d.wish())
		d.vendor.set(fault.Refuse(WrongCredentials, "the token is wrong"))
		if tested, err := d.accounts.Test(ctx, d.tenant, "paperpay"); err != nil || tested.Problem != "the token is wrong" {
			t.Fatalf("%+v %v", tested, err)
		}
		if list, err := d.accounts.List(ctx, d.tenant); err != nil || list[0].Problem != "the token is wrong" || list[0].TestedMS == 0 {
			t.Fatalf("%+v %v", list, err)
		}
		d.vendor.set(nil)
		if tested, err := d.accounts.Test(ctx, d.tenant, "paperpay"); err != nil || tested.Problem != "" {
			t.Fatalf("%+v %v", tested, err)
		}
	})
}

func TestOnlyWhatIsOfferedIsAskedFor(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := openDesk(t, db)
		if _, err := d.begin(); !fault.Is(err, fault.Refused) {
			t.Fatalf("without an account: %v", err)
		}
		account := d.wish()
		account.Methods = []Method{Link}
		d.connect(account)
		if _, err := d.begin(); !fault.Is(err, fault.Refused) {
			t.Fatalf("another method: %v", err)
		}
		d.connect(d.wish())
		if _, err := d.begin(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestANoticeIsStoredBeforeItIsActedOn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d, ctx := openDesk(t, db), context.Background()
		account := d.connect(d.wish())
		p, err := d.begin()
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			hook, signed string
			code         fault.Code
		}{
			"a wrong signature": {account.Hook, "sec-2", fault.Unauthorized}, "no signature": {account.Hook, "", fault.Unauthorized},
			"a wrong hook": {"0123", "sec-1", fault.NotFound}, "no hook": {"", "sec-1", fault.NotFound},
		} {
			if err := d.take(c.hook, c.signed, "order", "x"); fault.CodeOf(err) != c.code {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := d.accounts.Take(ctx, "nobody", account.Hook, Callback{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown vendor: %v", err)
		}
		for _, odd := range []string{"", "a\x00b", strings.Repeat("x", noticeMax+1)} {
			if err := d.take(account.Hook, "sec-1", "order", odd); err != nil {
				t.Errorf("%q: %v", odd, err)
			}
		}
		waiting := `SELECT external_id FROM payment_notice WHERE tenant_id = $1`
		if got := d.rows(waiting); len(got) != 0 {
			t.Fatalf("stored: %v", got)
		}
		// Told three times, it is one row; the vendor is away, so it stays.
		for range 3 {
			if err := d.take(account.Hook, "sec-1", "order", "ext-"+p.ID); err != nil {
				t.Fatal(err)
			}
		}
		d.vendor.set(fault.New(fault.Unavailable, "away"))
		if err := d.accounts.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if got := d.rows(`SELECT CAST(seen * 10 + tries AS TEXT) FROM payment_notice WHERE tenant_id = $1`); len(got) != 1 || got[0] != "31" {
			t.Fatalf("waiting: %v", got)
		}
		if err := d.accounts.Sweep(ctx); err != nil || len(d.vendor.traced) != 1 {
			t.Fatalf("tried again at once: %v %v", d.vendor.traced, err)
		}
		// Told anew it is due at once, and leads to the payment.
		d.vendor.set(nil)
		d.vendor.facts = []Fact{{Key: "e2e-1", Kind: WasPaid, Amount: 1990}}
		for range 2 { // the vendor hears of it with the first, and is looked at with the second
			if err := d.take(account.Hook, "sec-1", "order", "ext-"+p.ID); err != nil {
				t.Fatal(err)
			}
			if err := d.accounts.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.rows(waiting); len(got) != 0 {
			t.Fatalf("left: %v", got)
		}
		if got := d.rows(`SELECT state FROM payment WHERE tenant_id = $1`); len(got) != 1 || got[0] != string(Paid) {
			t.Fatalf("the payment is %v", got)
		}
		// What is about nothing of ours is done with.
		if err := d.take(account.Hook, "sec-1", "order", "of-another-shop"); err != nil {
			t.Fatal(err)
		}
		if err := d.accounts.Sweep(ctx); err != nil || len(d.rows(waiting)) != 0 {
			t.Fatalf("left: %v %v", d.rows(waiting), err)
		}
	})
}

func TestANoticeIsGivenUp(t *testing.T) {
	d, ctx := openDesk(t, databasetest.Open(t)), context.Background()
	account := d.connect(d.wish())
	d.vendor.set(fault.New(fault.Unavailable, "away"))
	if err := d.take(account.Hook, "sec-1", "order", "x"); err != nil {
		t.Fatal(err)
	}
	for try := range noticeTries {
		if err := d.accounts.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if left := len(d.rows(`SELECT kind FROM payment_notice WHERE tenant_id = $1`)); (left == 1) != (try < noticeTries-1) {
			t.Fatalf("after try %d there are %d", try+1, left)
		}
		err := d.db.Write(ctx, database.Company(d.tenant), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE payment_notice SET due_ms = 0 WHERE tenant_id = $1`, d.tenant)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A refund that the vendor names by an id of its own counts once, however often
// it is told.
func TestAVendorsRefundCountsOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d, ctx := openDesk(t, db), context.Background()
		d.connect(d.wish())
		p, err := d.begin()
		if err != nil {
			t.Fatal(err)
		}
		d.vendor.facts = []Fact{{Key: "e2e-1", Kind: WasPaid, Amount: 1990}}
		for range 2 {
			if p, err = d.Reach(ctx, d.tenant, p.ID); err != nil {
				t.Fatal(err)
			}
		}
		err = d.db.Write(ctx, database.Company(d.tenant), func(ctx context.Context, tx *database.Tx) error {
			return d.Owe(ctx, tx, d.tenant, "ord_1", 1990, "canceled")
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if p, err = d.Reach(ctx, d.tenant, p.ID); err != nil {
				t.Fatal(err)
			}
		}
		if p.State != Refunded || p.Refunded != 1990 {
			t.Fatalf("the payment is %s with %d back", p.State, p.Refunded)
		}
		if got := d.rows(`SELECT state FROM refund WHERE tenant_id = $1`); len(got) != 1 || got[0] != string(RefundDone) {
			t.Fatalf("the refund is %v", got)
		}
	})
}

func TestWhatAVendorRefusesFails(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d, ctx := openDesk(t, db), context.Background()
		d.connect(d.wish())
		p, err := d.begin()
		if err != nil {
			t.Fatal(err)
		}
		d.vendor.set(fault.Refuse(WrongCredentials, "the token is wrong"))
		if _, err := d.Reach(ctx, d.tenant, p.ID); !fault.Is(err, fault.Refused) {
			t.Fatal(err)
		}
		if got := d.rows(`SELECT state FROM payment WHERE tenant_id = $1`); got[0] != string(Created) {
			t.Fatalf("it is %v", got)
		}
		d.vendor.set(fault.Refuse(RefusedByVendor, "the amount is too small"))
		if p, err = d.Reach(ctx, d.tenant, p.ID); err != nil || p.State != Failed {
			t.Fatalf("it is %s: %v", p.State, err)
		}
		if got := d.rows(`SELECT note FROM payment_fact WHERE tenant_id = $1`); len(got) != 1 || got[0] != "the amount is too small" {
			t.Fatalf("the reason is %v", got)
		}
	})
}

// One call that hangs holds up nobody, and no more than a few are under way.
func TestVendorsAreAskedAbreast(t *testing.T) {
	hung, others := make(chan struct{}), make(chan struct{}, 100)
	var mu sync.Mutex
	now, most := 0, 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		abreast(make([]int, 50), func(int) {
			mu.Lock()
			first := most == 0
			now++
			most = max(most, now)
			mu.Unlock()
			if first {
				<-hung
			}
			mu.Lock()
			now--
			mu.Unlock()
			others <- struct{}{}
		})
	}()
	for range 49 {
		<-others
	}
	close(hung)
	<-done
	if most > callsAtOnce || len(others) != 1 {
		t.Fatalf("%d at once, %d left", most, len(others))
	}
}
