package tenancy

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

var states = []State{Active, PastDue, ReadOnly, Suspended, Canceled, Erased}

// Every pair of states is either a way or refused, and every way but the last
// has a way back.
func TestStatesMoveOnlyAlongTheirWays(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		for _, from := range states {
			for _, to := range states {
				tenantID := r.company(nil)
				r.put(tenantID, from)
				company, err := r.SetState(t.Context(), tenantID, to, "for the test", operator)
				switch {
				case from == to:
					if err != nil || company.Version != 1 {
						t.Errorf("%s to itself: version %d, %v", from, company.Version, err)
					}
				case slices.Contains(from.Next(), to):
					if err != nil || company.State != to || company.StateMS != r.clock.Now().UnixMilli() {
						t.Errorf("%s to %s: %+v, %v", from, to, company, err)
					}
					if to != Erased && !reaches(to, from) {
						t.Errorf("from %s nobody comes back to %s", to, from)
					}
				case errCode(err) != "state_way":
					t.Errorf("%s to %s: %v", from, to, err)
				}
			}
		}
		if _, err := r.SetState(t.Context(), r.company(nil), "sleeping", "for the test", operator); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := r.SetState(t.Context(), r.company(nil), Suspended, " no ", operator); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
	})
}

func TestAnErasedCompanyComesBackForAWeek(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		back, gone := r.company(nil), r.company(nil)
		for _, tenantID := range []string{back, gone} {
			r.put(tenantID, Canceled)
			_, err := r.SetState(t.Context(), tenantID, Erased, "for the test", operator)
			r.must(err)
		}
		r.clock.Advance(CoolOff - time.Second)
		if doomed, err := r.Doomed(t.Context()); err != nil || len(doomed) != 0 {
			t.Errorf("%v are doomed too early, %v", doomed, err)
		}
		if _, err := r.SetState(t.Context(), back, Canceled, "for the test", operator); err != nil {
			t.Error(err)
		}
		r.clock.Advance(2 * time.Minute)
		if _, err := r.SetState(t.Context(), gone, Canceled, "for the test", operator); errCode(err) != "erased_for_good" {
			t.Errorf("it came back: %v", err)
		}
		if doomed, err := r.Doomed(t.Context()); err != nil || !slices.Equal(doomed, []string{gone}) {
			t.Errorf("doomed: %v, %v", doomed, err)
		}
	})
}

// reaches reports whether some ways lead from one state to another.
func reaches(from, to State) bool {
	seen := map[State]bool{}
	next := []State{from}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if at == to {
			return true
		}
		if !seen[at] {
			seen[at] = true
			next = append(next, at.Next()...)
		}
	}
	return false
}

// put brings a company into a state as it was found there.
func (r *rig) put(tenantID string, state State) {
	r.t.Helper()
	r.must(r.db.Write(context.Background(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE tenant SET state = $2, state_ms = $3 WHERE id = $1", tenantID, string(state), tx.Now())
		return err
	}))
}

func TestAdminsAreToldOfAStateUnlessSomebodyElseDoes(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(nil)
		for _, state := range []State{PastDue, ReadOnly, Suspended, Active, Canceled} {
			_, err := r.SetState(t.Context(), a, state, "for the test", operator)
			r.must(err)
		}
		if got := r.letters.of(a); got != "company_past_due company_read_only company_suspended company_active company_canceled" {
			t.Fatalf("letters %s", got)
		}
		if l := r.letters.letters[0]; l.Locale != "pt-BR" || !strings.HasPrefix(l.Data["company"], "Loja") || l.Data["link"] != "https://app.example.com/billing" {
			t.Fatalf("%+v", l)
		}
		r.must(r.db.Write(t.Context(), database.Company(a), func(ctx context.Context, tx *database.Tx) error {
			_, err := r.Move(ctx, tx, a, Move{To: Active, Reason: "paid", Quiet: true})
			return err
		}))
		if got := strings.Count(r.letters.of(a), "company_"); got != 5 {
			t.Fatalf("%d letters after a quiet move", got)
		}
	})
}

func TestWhoIsSuspendedIsKnownAtOnce(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a, b := r.company(nil), r.company(nil)
		if got := r.Serves(a); !got.Bots || !got.Sends {
			t.Fatalf("before anything is known: %+v", got)
		}
		standings := r.Standings(slog.New(slog.DiscardHandler))
		r.must(standings.Start(t.Context()))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- standings.Run(ctx) }()
		for state, want := range map[State]Serving{Suspended: {}, ReadOnly: {Bots: true, Sends: true}, Canceled: {}} {
			r.must(r.db.Write(t.Context(), database.Company(a), func(ctx context.Context, tx *database.Tx) error {
				company, err := load(ctx, tx, a, "")
				if err != nil {
					return err
				}
				company.State = state
				return save(ctx, tx, &company)
			}))
			look, patience := time.NewTicker(time.Millisecond), time.After(20*time.Second)
			for r.Serves(a) != want {
				select {
				case <-look.C:
				case <-patience:
					t.Fatalf("%s serves %+v", state, r.Serves(a))
				}
			}
			look.Stop()
			if got := r.Serves(b); !got.Bots || !got.Sends {
				t.Fatalf("the neighbour: %+v", got)
			}
		}
		stop()
		r.must(<-ended)
	})
}

func TestCompaniesAreSearched(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		make := func(name, taxID string) string {
			company, err := r.Create(t.Context(), Draft{Name: name, TaxID: taxID}, operator)
			r.must(err)
			return company.ID
		}
		aurora, sol, half := make("Padaria São João", "12abc34501de35"), make("Sol 100% Café", ""), make("Meia_Noite", "11222333000181")
		r.entitle(sol, nil)
		r.put(half, Suspended)
		for query, want := range map[string][]string{
			"são joao": {aurora}, "SAO-JOAO": {aurora}, "12.ABC.345/01DE-35": {aurora}, "12abc": {aurora}, "100%": {sol}, "%": {sol}, "_": {half}, "nobody": nil,
			"11.222.333/0001-81": {half}, "": {aurora, sol, half},
		} {
			list, err := r.Search(t.Context(), Search{Query: query}, "", 0)
			r.must(err)
			var got []string
			for _, found := range list.Items {
				got = append(got, found.ID)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %d companies, want %d", query, len(got), len(want))
			}
		}
		suspended, err := r.Search(t.Context(), Search{State: Suspended}, "", 0)
		r.must(err)
		if len(suspended.Items) != 1 || suspended.Items[0].ID != half {
			t.Errorf("%+v", suspended.Items)
		}
		planned, err := r.Search(t.Context(), Search{VersionIDs: []string{"plv_0", "plv_1"}}, "", 0)
		r.must(err)
		if len(planned.Items) != 1 || planned.Items[0].ID != sol || planned.Items[0].PlanVersionID != "plv_1" {
			t.Errorf("%+v", planned.Items)
		}
		first, err := r.Search(t.Context(), Search{}, "", 2)
		r.must(err)
		rest, err := r.Search(t.Context(), Search{}, first.Next, 2)
		r.must(err)
		if len(first.Items) != 2 || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("pages of %d and %d", len(first.Items), len(rest.Items))
		}
	})
}
