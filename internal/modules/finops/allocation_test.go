package finops

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// shareBench is the service on a real database with charges and meters written into
// it as the imports do.
type shareBench struct {
	*Service
	t     *testing.T
	items int64
}

func newShareBench(t *testing.T, db *database.DB) *shareBench {
	l := &shareBench{Service: New(Config{}, db, clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)), slog.New(slog.DiscardHandler)), t: t}
	l.exec(`INSERT INTO finops_import (no, source, period, period_from_ms, period_to_ms, state, set_name, payers, set_hash, files, version, rows, parts, late, replaces, actor, started_ms, finished_ms, totals)
		VALUES (1, 'aws', 202611, 0, 0, 'current', 'bill.csv', '[]', 'a', '[]', '1.0', 1, 1, FALSE, 0, '', 0, 0, '[]'), (2, 'aws', 202610, 0, 0, 'replaced', 'bill.csv', '[]', 'b', '[]', '1.0', 1, 1, FALSE, 0, '', 0, 0, '[]')`)
	for account, place := range map[string][2]string{"111": {"massivo", "prod"}, "222": {"massivo", "homolog"}, "333": {"enterprise", "prod"}, "444": {"shared", "shared"}} {
		l.exec(`INSERT INTO finops_account (id, account_id, name, line, environment, from_day, to_day, origin, updated_ms, version) VALUES ($1, $1, $1, $2, $3, 0, 0, 'typed', 1, 1)`, account, place[0], place[1])
	}
	return l
}

func (l *shareBench) exec(query string, args ...any) {
	l.t.Helper()
	err := l.db.Write(context.Background(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

// costed is a charge of the current import.
type costed struct {
	importNo                            int64
	account, category, service, company string
	currency, amount                    string
	day, days                           int64
}

func (l *shareBench) charge(b costed) {
	l.t.Helper()
	l.items++
	b.importNo, b.days = max(b.importNo, 1), max(b.days, 1)
	if b.currency == "" {
		b.currency = "USD"
	}
	amount := l.amount(b.amount)
	columns := []string{"import_no", "no", "provider", "billing_account", "account_id", "account_name", "invoice_id", "invoice_issuer", "service_category", "service", "service_subcategory",
		"region", "resource_id", "resource_name", "resource_type", "charge_category", "charge_class", "charge_frequency", "description", "pricing_category", "pricing_unit", "commitment_id",
		"commitment_status", "sku_id", "sku_price_id", "sku_meter", "consumed_unit", "currency", "tags", "allocated_method", "allocated_resource", "allocated_tags", "tag_line", "tag_environment", "company_id"}
	args := make([]any, len(columns))
	for i, column := range columns {
		args[i] = map[string]any{"import_no": b.importNo, "no": l.items, "account_id": b.account, "service_category": b.category, "service": b.service, "charge_category": "Usage", "currency": b.currency, "tags": "{}", "allocated_tags": "{}", "company_id": b.company}[column]
		if args[i] == nil {
			args[i] = ""
		}
	}
	l.exec("INSERT INTO finops_item ("+strings.Join(columns, ", ")+") VALUES ("+database.List(len(columns), 1)+")", args...)
	l.exec(`INSERT INTO finops_charge (import_no, part, item_no, day, month, days, billed_nano, billed_atto, effective_nano, effective_atto, list_nano, list_atto, contracted_nano, contracted_atto,
		quantity_nano, quantity_atto, pricing_nano, pricing_atto, rows) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 1)`,
		b.importNo, l.items, b.day, monthOf(b.day*dayMS), b.days, amount.Nano, amount.Atto)
}

func (l *shareBench) amount(text string) exact.Amount {
	l.t.Helper()
	amount, err := exact.Parse(text)
	if err != nil {
		l.t.Fatal(err)
	}
	return amount
}

func (l *shareBench) use(deployment string, day int64, company string, kind meter.Kind, of string, amount int64) {
	l.t.Helper()
	l.exec("INSERT INTO finops_use (deployment, day, company_id, kind, detail, amount) VALUES ($1, $2, $3, $4, $5, $6)", deployment, day, company, string(kind), of, amount)
	l.exec(`INSERT INTO finops_use_file (deployment, day, name, tag, revision, row_count, imported_ms) VALUES ($1, $2, $3, 'x', 1, 1, 1)
		ON CONFLICT (deployment, day) DO UPDATE SET revision = finops_use_file.revision + 1`, deployment, day, fmt.Sprint(deployment, day))
}

// month is November 2026, nov its first day.
const month = 202611

func nov(day int64) int64 { return firstDay(month) + day - 1 }

// shares spells what was allocated.
func (l *shareBench) shares() (list []string) {
	l.t.Helper()
	if _, err := l.Allocate(context.Background(), month); err != nil {
		l.t.Fatal(err)
	}
	err := l.db.Read(context.Background(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		list = nil
		shares, err := loadShares(ctx, tx, month)
		for _, r := range shares {
			list = append(list, strings.Join([]string{r.line, r.environment, r.companyID, r.kind, r.service, r.currency, r.method, r.amount.String()}, " "))
		}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return list
}

func TestAllocationGoesByRuleMeterAndPlace(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		for _, u := range []struct {
			company string
			kind    meter.Kind
			amount  int64
		}{
			{"ten_a", meter.MessagesIn, 100}, {"ten_b", meter.MessagesOut, 300}, {"ten_a", meter.MessageBytes, 48_800}, {"ten_b", meter.MessageBytes, 146_400},
			{"ten_a", meter.CPUMillis, 1000}, {"ten_b", meter.CPUMillis, 2000}, {"", meter.CapacityMillis, 10_000}, {"", meter.ProcessMillis, 3000},
		} {
			l.use("massivo-prod", nov(2), u.company, u.kind, "", u.amount)
		}
		l.use("enterprise-prod", nov(2), "ten_e", meter.MessagesIn, "", 600)
		l.charge(costed{account: "111", category: "Databases", service: "RDS", amount: "1", day: nov(2)})                   // 1:3
		l.charge(costed{account: "111", category: "Compute", service: "Fargate", amount: "10", day: nov(2)})                // 1:2, 7 idle
		l.charge(costed{account: "111", category: "Security", service: "WAF", amount: "0.000000000000000003", day: nov(2)}) // evenly
		l.charge(costed{account: "111", category: "Compute", service: "Fargate", company: "ten_b", amount: "5", day: nov(2)})
		l.charge(costed{account: "111", category: "Databases", service: "RDS", amount: "-4", day: nov(3)}) // a day without meters: those of the month
		l.charge(costed{account: "222", category: "Compute", service: "Fargate", amount: "20", day: nov(2)})
		l.charge(costed{account: "333", category: "Compute", service: "Fargate", amount: "30", day: nov(2)})
		l.charge(costed{account: "444", category: "Management and Governance", service: "CloudTrail", amount: "10", day: nov(2)}) // by the messages of all
		l.charge(costed{account: "999", category: "Compute", service: "Fargate", amount: "40", day: nov(2)})                      // nobody mapped it
		l.charge(costed{importNo: 2, account: "111", category: "Compute", service: "Fargate", amount: "1000", day: nov(2)})       // replaced
		want := []string{
			"   open Fargate USD prosa-whole-1 40",
			"enterprise prod ten_e dedicated Fargate USD prosa-cpu-1 30",
			"massivo homolog  building Fargate USD prosa-whole-1 20",
			"massivo prod  idle Fargate USD prosa-cpu-1 7",
			"massivo prod ten_a shared Fargate USD prosa-cpu-1 1",
			"massivo prod ten_a shared RDS USD prosa-rows-1 0.25",
			"massivo prod ten_a shared RDS USD prosa-rows-month-1 -1",
			"massivo prod ten_a shared WAF USD prosa-even-1 0.000000000000000002",
			"massivo prod ten_b dedicated Fargate USD prosa-whole-1 5",
			"massivo prod ten_b shared Fargate USD prosa-cpu-1 2",
			"massivo prod ten_b shared RDS USD prosa-rows-1 0.75",
			"massivo prod ten_b shared RDS USD prosa-rows-month-1 -3",
			"massivo prod ten_b shared WAF USD prosa-even-1 0.000000000000000001",
			"shared shared ten_a shared CloudTrail USD prosa-messages-1 1",
			"shared shared ten_b shared CloudTrail USD prosa-messages-1 3",
			"shared shared ten_e shared CloudTrail USD prosa-messages-1 6",
		}
		want[1] = "enterprise prod ten_e dedicated Fargate USD prosa-even-1 30" // no CPU was measured there, and it is alone
		if got := l.shares(); !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}

		// Nothing changed: nothing is made anew. What changes is seen.
		if made, err := l.Allocate(t.Context(), month); made || err != nil {
			t.Fatal(made, err)
		}
		if _, err := l.PutRules(t.Context(), []Rule{{"", "", Evenly}}, tester()); err != nil {
			t.Fatal(err)
		}
		if got := l.shares(); !slices.Contains(got, "massivo prod ten_a shared RDS USD prosa-even-1 0.5") {
			t.Fatalf("the new rule is not seen: %q", got)
		}
		if _, err := l.Allocate(t.Context(), 202613); !fault.Is(err, fault.Invalid) {
			t.Fatalf("no month: %v", err)
		}
	})
}

// The rule of it all: by currency, what is given to companies and what is
// nobody's is what was charged, to the last digit, with idle cost spread or not;
// and so for each charge of the bill by itself.
func TestSharesOfAMonthSumToTheBill(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		l := newShareBench(t, db)
		totals := map[string]exact.Amount{}
		rapid.Check(t, func(rt *rapid.T) {
			if l.items > 60 {
				return // enough: one ledger grows through the checks
			}
			for range rapid.IntRange(1, 4).Draw(rt, "charges") {
				amount := exact.Amount{Nano: rapid.Int64Range(-1<<40, 1<<40).Draw(rt, "nano")}
				if amount.Nano > 0 {
					amount.Atto = rapid.Int64Range(0, 999_999_999).Draw(rt, "atto")
				}
				b := costed{
					account: rapid.SampledFrom([]string{"111", "222", "333", "444", "999"}).Draw(rt, "account"), category: rapid.SampledFrom([]string{"Compute", "Databases", "Storage", "Other", "Web", "Networking"}).Draw(rt, "category"),
					service: "x", company: rapid.SampledFrom([]string{"", "", "ten_3"}).Draw(rt, "company"), currency: rapid.SampledFrom([]string{"USD", "BRL"}).Draw(rt, "currency"),
					amount: amount.String(), day: nov(rapid.Int64Range(1, 30).Draw(rt, "day")), days: rapid.Int64Range(1, 31).Draw(rt, "days"),
				}
				l.charge(b)
				var err error
				if totals[b.currency], err = totals[b.currency].Add(amount); err != nil {
					rt.Fatal(err)
				}
			}
			kind := rapid.SampledFrom([]meter.Kind{meter.MessagesIn, meter.CPUMillis, meter.MessageBytes, meter.MediaBytes, meter.CapacityMillis}).Draw(rt, "kind")
			company := fmt.Sprintf("ten_%d", rapid.IntRange(0, 7).Draw(rt, "who"))
			if kind == meter.CapacityMillis {
				company = ""
			}
			l.use(rapid.SampledFrom([]string{"massivo-prod", "enterprise-prod", "massivo-homolog"}).Draw(rt, "deployment"), nov(rapid.Int64Range(1, 30).Draw(rt, "used on")), company, kind, fmt.Sprint(l.items), rapid.Int64Range(1, 1<<40).Draw(rt, "used"))
			for _, spread := range []bool{false, true} {
				out, err := l.Companies(context.Background(), month, "USD", spread)
				if err != nil {
					rt.Fatal(err)
				}
				sums := map[string]exact.Amount{}
				add := func(currency string, amount exact.Amount) {
					if sums[currency], err = sums[currency].Add(amount); err != nil {
						rt.Fatal(err)
					}
				}
				for _, item := range out.Items {
					for _, c := range item.Costs {
						add(c.Currency, c.Total)
					}
				}
				for _, r := range out.Nobody {
					add(r.Currency, r.Amount)
				}
				for currency, total := range totals {
					if sums[currency] != total {
						rt.Fatalf("%s: %s was charged, %s was given (idle spread: %v)", currency, total, sums[currency], spread)
					}
				}
			}
			// So do the lines, whose companies move between them; no rate brings the
			// other currency in.
			units, err := l.Units(context.Background(), month, month, "USD")
			if err != nil {
				rt.Fatal(err)
			}
			sum := exact.Amount{}
			for _, u := range units {
				for _, amount := range []exact.Amount{u.Total, u.Building} {
					if sum, err = sum.Add(amount); err != nil {
						rt.Fatal(err)
					}
				}
			}
			if sum != totals["USD"] {
				rt.Fatalf("%s was charged, the lines have %s", totals["USD"], sum)
			}
		})
		err := l.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
			return eachSplit(ctx, tx, month, true, func(c charged, parts []part) error {
				var sum cost
				var ratio exact.Amount
				for _, p := range parts {
					var err error
					if sum, err = sum.add(p.cost); err != nil {
						return err
					}
					if ratio, err = ratio.Add(p.ratio); err != nil {
						return err
					}
				}
				if sum != c.cost || ratio != one() {
					t.Errorf("charge %d of %v: %d parts sum to %v, their ratios to %s", c.itemNo, c.cost, len(parts), sum, ratio)
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
