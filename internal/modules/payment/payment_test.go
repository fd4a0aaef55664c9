package payment

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const alfa = "ten_alfa"

var ana = event.Actor{Kind: "user", ID: "usr_ana"}

// ledger stands for the module of orders: it hears the sums.
type ledger struct{ heard []Sums }

func (*ledger) LockOrder(context.Context, *database.Tx, string, string) error { return nil }

func (*ledger) Ready(context.Context, *database.Tx, Payment, event.Actor) error { return nil }

func (*ledger) Lost(context.Context, *database.Tx, Payment, event.Actor) error { return nil }

func (*ledger) Bill(context.Context, *database.Tx, string, string) (Bill, error) { return Bill{}, nil }

func (l *ledger) Settle(_ context.Context, _ *database.Tx, _, _ string, sums Sums, _ event.Actor) error {
	l.heard = append(l.heard, sums)
	return nil
}

func open(t *testing.T, db *database.DB) (*Service, *ledger) {
	t.Helper()
	s, l := New(Config{SweepEvery: 1, LookEvery: 1, SweepBatch: 1}, db, slog.New(slog.DiscardHandler)), &ledger{}
	s.Bind(l)
	return s, l
}

// Facts in any order, any of them told again, sum up to the same payment.
func TestTheStateIsAFunctionOfTheSetOfFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Fact {
			f := Fact{Key: rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "key"), Kind: rapid.SampledFrom([]Kind{WasPaid, WasRefunded, WasChargedBack, WasExpired, WasCanceled, WasFailed}).Draw(t, "kind")}
			if f.Kind == WasPaid || f.Kind == WasRefunded || f.Kind == WasChargedBack {
				f.Amount = money.Amount(rapid.Int64Range(1, 5).Draw(t, "amount"))
			}
			return f
		}), 0, 6, func(f Fact) string { return f.Key }).Draw(t, "facts")
		one, other := Payment{Amount: 5}, Payment{Amount: 5}
		one.sum(facts)
		other.sum(rapid.Permutation(facts).Draw(t, "permutation"))
		if one != other {
			t.Fatalf("%+v and %+v", one, other)
		}
		if one.Paid > 0 && (one.Open() || one.State == Expired || one.State == Canceled || one.State == Failed) {
			t.Fatalf("money came and it is %s", one.State)
		}
	})
}

func TestSettings(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, _ := open(t, db)
		ctx := context.Background()
		first, err := s.Setting(ctx, alfa)
		if err != nil || !first.Cash || first.ExpiryMinutes != 60 || first.PixKey != "" {
			t.Fatalf("%+v %v", first, err)
		}
		first.PixKey, first.PixName, first.PixCity, first.Card = "(81) 99999-1234", "Padaria São João", "Recife", true
		saved, err := s.SaveSetting(ctx, first, ana)
		if err != nil || saved.PixKey != "+5581999991234" || saved.Version != 1 {
			t.Fatalf("%+v %v", saved, err)
		}
		if saved, err = s.SaveSetting(ctx, saved, ana); err != nil || saved.Version != 2 {
			t.Fatalf("%+v %v", saved, err)
		}
		saved.Version = 1
		if _, err := s.SaveSetting(ctx, saved, ana); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		if list, err := s.Choices(ctx, alfa); err != nil || !slices.Equal(list, []Choice{{PixKey, Pix}, {OnDelivery, Cash}, {OnDelivery, Card}}) {
			t.Errorf("%v %v", list, err)
		}
		for name, spoil := range map[string]func(c *Setting){
			"key": func(c *Setting) { c.PixKey = "abc" }, "city": func(c *Setting) { c.PixCity = "" }, "expiry": func(c *Setting) { c.ExpiryMinutes = 1 },
			"phone": func(c *Setting) { c.PixKey = "+1 415 555 0100" },
		} {
			wrong := first
			spoil(&wrong)
			if _, err := s.SaveSetting(ctx, wrong, ana); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestKeysOfPix(t *testing.T) {
	for text, want := range map[string]string{
		"Loja@Alfa.com": "loja@alfa.com", "529.982.247-25": "52998224725", "11.222.333/0001-81": "11222333000181", "+55 81 99999-1234": "+5581999991234",
		"123E4567-e12b-12d1-a456-426655440000": "123e4567-e12b-12d1-a456-426655440000", "123": "", "": "",
	} {
		if got := pixKey(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestConfirmIsTheOneDoor(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s, l := open(t, db)
		ctx := context.Background()
		var p Payment
		ask := func(choice Choice) error {
			return db.Write(ctx, database.Company(alfa), func(ctx context.Context, tx *database.Tx) (err error) {
				p, err = s.Ask(ctx, tx, Request{TenantID: alfa, OrderID: "ord_1", Number: "PEDIDO1", Choice: choice, Amount: 500, Currency: money.BRL})
				return err
			})
		}
		for _, choice := range []Choice{{PixKey, Pix}, {OnDelivery, Card}, {"nobody", Pix}} {
			if err := ask(choice); !fault.Is(err, fault.Refused) {
				t.Errorf("%v: %v", choice, err)
			}
		}
		if err := ask(Choice{OnDelivery, Cash}); err != nil || p.State != Pending || p.ExpiresMS != 0 {
			t.Fatalf("%+v %v", p, err)
		}
		for _, wrong := range []Fact{{}, {Key: "k", Kind: "stolen"}, {Key: "k", Kind: WasPaid}, {Key: "k", Kind: WasExpired, Amount: 1}, {Key: "k", Kind: WasPaid, Amount: -1}, {Key: "\x00", Kind: WasFailed}} {
			if _, err := s.Confirm(ctx, alfa, p.ID, []Fact{wrong}, ana); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		paid := []Fact{{Key: "k", Kind: WasPaid, Amount: 500}}
		for range 2 {
			if after, err := s.Confirm(ctx, alfa, p.ID, paid, ana); err != nil || after.Paid != 500 || after.State != Paid {
				t.Fatalf("%+v %v", after, err)
			}
		}
		if !slices.Equal(l.heard, []Sums{{500, 0}, {500, 0}}) {
			t.Errorf("%+v", l.heard)
		}
		if _, err := s.Confirm(ctx, "ten_beta", p.ID, paid, ana); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		// What is owed is followed up and down, and taken back.
		for _, owed := range []money.Amount{200, 350, 900, 0} {
			var refunds []Refund
			err := db.Write(ctx, database.Company(alfa), func(ctx context.Context, tx *database.Tx) (err error) {
				if err := s.Owe(ctx, tx, alfa, "ord_1", owed, "test"); err != nil {
					return err
				}
				_, refunds, err = s.Load(ctx, tx, alfa, "ord_1")
				return err
			})
			want := min(owed, 500)
			if err != nil || owed > 0 && (len(refunds) != 1 || refunds[0].Amount != want) || owed == 0 && len(refunds) > 0 {
				t.Fatalf("%d owed: %+v %v", owed, refunds, err)
			}
		}
	})
}

func TestConfig(t *testing.T) {
	good := Config{SweepEvery: 1, LookEvery: 1, NoticeEvery: 1, SweepBatch: 1}
	if good.Validate() != nil {
		t.Error("refused")
	}
	for _, spoil := range []func(c *Config){func(c *Config) { c.SweepEvery = 0 }, func(c *Config) { c.LookEvery = 0 }, func(c *Config) { c.NoticeEvery = 0 }, func(c *Config) { c.SweepBatch = 0 }} {
		wrong := good
		spoil(&wrong)
		if wrong.Validate() == nil {
			t.Errorf("%+v", wrong)
		}
	}
}
