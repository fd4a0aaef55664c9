package mail

import (
	"context"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

func welcomeTo(to string) Letter {
	l := letterTo(to)
	l.Key, l.Template = "welcome:"+to, SignupWelcome
	l.Data = map[string]string{"company": "Padaria", "contract": "CTR-000001", "since": "hoje", "until": "amanhã", "link": "https://prosa.example.com/invitation#secret-token"}
	return l
}

// The way in of a company that has paid may be ten minutes late, then operators
// are told; whatever became of it, and whoever sends.
func TestOperatorsAreToldOfALateWayIn(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		late := func() (list []string) {
			t.Helper()
			found, err := b.Late(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, status := range found {
				list = append(list, status.To)
			}
			h, err := b.Health(ctx)
			if err != nil || h.Late != int64(len(found)) || (h.Late > 0) != (h.LateSinceMS > 0) {
				t.Fatalf("health %+v of %v, %v", h, list, err)
			}
			return list
		}
		b.leave(welcomeTo("well@example.com"))
		b.sweep()
		b.vendor.answers(troubled(Refused))
		b.leave(welcomeTo("refused@example.com"), letterTo("attendant@example.com"))
		b.sweep()
		b.clock.Advance(time.Second)
		b.vendor.answers(troubled(Locked))
		b.leave(welcomeTo("parked@example.com"), welcomeTo("withdrawn@example.com"))
		b.sweep()
		err := b.db.Write(ctx, database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
			return b.Withdraw(ctx, tx, "ten_a", "welcome:withdrawn@example.com")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := late(); len(got) != 0 {
			t.Errorf("late at once: %v", got)
		}
		b.clock.Advance(lateAfter)
		if got := late(); len(got) != 2 || got[0] != "refused@example.com" || got[1] != "parked@example.com" {
			t.Errorf("late: %v", got)
		}
		h, err := b.Health(ctx)
		if err != nil || !h.Open || h.Waiting != 1 || h.SuccessMS == 0 || len(h.Reasons) != 1 || h.Reasons[0] != (ReasonCount{ReasonRefused, 2}) {
			t.Errorf("health: %+v, %v", h, err)
		}
		b.clock.Advance(8 * 24 * time.Hour) // of no use any more
		if got := late(); len(got) != 0 {
			t.Errorf("late and out of date: %v", got)
		}
	})
}

func TestAnOperatorHasALetterTry(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		if err := b.Probe(ctx); !fault.Is(err, fault.Refused) {
			t.Errorf("nothing is to be tried: %v", err)
		}
		b.vendor.answers(troubled(Locked))
		b.leave(letterTo("a@example.com"))
		b.sweep()
		tried := b.vendor.tried()
		b.vendor.answers(nil)
		b.sweep()
		if b.vendor.tried() != tried {
			t.Fatal("an open circuit was not respected")
		}
		if err := b.Probe(ctx); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		b.is("a@example.com", Accepted, "")
		if err := b.another(nil).Probe(ctx); !fault.Is(err, fault.Refused) {
			t.Errorf("nobody sends: %v", err)
		}
	})
}
