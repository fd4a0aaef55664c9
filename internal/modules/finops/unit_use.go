package finops

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strings"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/finops/share"
	"prosa/internal/platform/database"
)

// companyUse is what a company used in a month, at one deployment or at all.
type companyUse struct {
	deployment              string // where it was measured last
	days                    int64  // on which it was measured
	lastDay                 int64
	conversations, messages int64
	contacts                int64
	price                   int64 // minor units, of a month; the one that was told last
	priceCurrency           string
	priceDay                int64
}

// uses are what each company used in a month, by deployment; the one where it
// was measured last comes last.
type uses map[string][]companyUse

// daysMeasured marks the rows that count days in what loadUses reads.
const daysMeasured meter.Kind = ""

// loadUses reads what companies used in a month, and the price that was told
// last.
func loadUses(ctx context.Context, tx *database.Tx, month int64) (uses, error) {
	first, last := monthDays(month)
	type place struct{ company, deployment string }
	known := map[place]*companyUse{}
	err := eachRow(ctx, tx, `SELECT deployment, company_id, kind, '', CAST(SUM(amount) AS BIGINT), MAX(amount), MAX(day) AS last_day
		FROM finops_use WHERE day >= $1 AND day <= $2 AND company_id <> '' AND kind IN ('messages_in', 'messages_out', 'conversations', 'active_contacts')
		GROUP BY deployment, company_id, kind
		UNION ALL SELECT deployment, company_id, kind, detail, amount, amount, day
		FROM finops_use WHERE day >= $1 AND day <= $2 AND company_id <> '' AND kind = 'plan_price'
		UNION ALL SELECT deployment, company_id, '', '', COUNT(DISTINCT day), 0, MAX(day)
		FROM finops_use WHERE day >= $1 AND day <= $2 AND company_id <> '' AND kind IN ('messages_in', 'messages_out', 'conversations', 'active_contacts', 'plan_price')
		GROUP BY deployment, company_id ORDER BY last_day, deployment, kind`, []any{first, last}, func(row database.Row) error {
		var at place
		var kind meter.Kind
		var currency string
		var sum, most, day int64
		if err := row.Scan(&at.deployment, &at.company, &kind, &currency, &sum, &most, &day); err != nil {
			return err
		}
		u := known[at]
		if u == nil {
			u = &companyUse{deployment: at.deployment}
			known[at] = u
		}
		switch kind {
		case daysMeasured:
			u.days, u.lastDay = sum, day
		case meter.Conversations:
			u.conversations += sum
		case meter.ActiveContacts:
			u.contacts = max(u.contacts, most)
		case meter.PlanPrice:
			u.price, u.priceCurrency, u.priceDay = most, currency, day
		default:
			u.messages += sum
		}
		return nil
	})
	list := uses{}
	for at, u := range known {
		list[at.company] = append(list[at.company], *u)
	}
	for _, of := range list {
		slices.SortFunc(of, func(a, b companyUse) int {
			return cmp.Or(cmp.Compare(a.lastDay, b.lastDay), strings.Compare(a.deployment, b.deployment))
		})
	}
	return list, err
}

// sum adds up what some deployments measured of a company.
func sum(of []companyUse) (total companyUse) {
	for _, u := range of {
		total.deployment, total.lastDay = u.deployment, u.lastDay
		total.days += u.days
		total.conversations += u.conversations
		total.messages += u.messages
		total.contacts = max(total.contacts, u.contacts)
		if u.priceCurrency != "" && u.priceDay >= total.priceDay {
			total.price, total.priceCurrency, total.priceDay = u.price, u.priceCurrency, u.priceDay
		}
	}
	return total
}

// at gives what a company used wherever it was measured.
func (u uses) at(companyID string) companyUse { return sum(u[companyID]) }

// production gives what a company used where customers are served, one for each
// line.
func (u uses) production(companyID string) (list []companyUse) {
	for _, one := range u[companyID] {
		if one.environment() == prod {
			list = append(list, one)
		}
	}
	return list
}

// pays gives the price of a month.
func (u companyUse) pays() (exact.Amount, error) {
	return exact.RoundRat(big.NewRat(u.price, 100))
}

func (u companyUse) line() string {
	line, _, _ := strings.Cut(u.deployment, "-")
	return line
}

func (u companyUse) environment() string {
	_, environment, _ := strings.Cut(u.deployment, "-")
	return environment
}

// among splits what a company bears or brings without regard to a line between
// the lines where it was, by its days at each: a company that moved was at two.
// The parts sum to the amount exactly.
func among(lines []companyUse, amount exact.Amount) ([]share.Part, error) {
	weights := make([]share.Weight, len(lines))
	for i, u := range lines {
		weights[i] = share.Weight{Key: u.line(), Value: u.days}
	}
	parts, _, err := share.Split(amount, weights)
	return parts, err
}
