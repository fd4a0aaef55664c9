package finops

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/finops/share"
	"prosa/internal/platform/database"
)

// idle is the key of what nobody used: behind any id.
const idle = "~idle"

// meters are what all deployments used in a month, by day.
type meters struct {
	firstDay, lastDay int64
	// days holds deployment -> day -> company; the empty company is the processes.
	days      map[string]map[int64]map[string]consumed
	splitters map[string]splitting
}

// splitting is how a basis splits what some days cost.
type splitting struct {
	splitter *share.Splitter // nil: nobody is known
	ratios   map[string]exact.Amount
	method   string
	whole    bool // one company bears all
}

// monthDays gives the first and last day of a month.
func monthDays(month int64) (first, last int64) {
	return firstDay(month), firstDay(nextMonth(month, 1)) - 1
}

// loadMeters reads what bears on shares of a month.
func loadMeters(ctx context.Context, tx *database.Tx, month int64) (*meters, error) {
	first, last := monthDays(month)
	m := &meters{firstDay: first, lastDay: last, days: map[string]map[int64]map[string]consumed{}, splitters: map[string]splitting{}}
	rows, err := tx.Query(ctx, `SELECT deployment, day, company_id, kind, CAST(SUM(amount) AS BIGINT) FROM finops_use
		WHERE day >= $1 AND day <= $2 GROUP BY deployment, day, company_id, kind`, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var deployment, company string
		var day, amount int64
		var kind meter.Kind
		if err := rows.Scan(&deployment, &day, &company, &kind, &amount); err != nil {
			return nil, err
		}
		m.at(deployment, day, company)[kind] += amount
	}
	return m, rows.Err()
}

func (m *meters) at(deployment string, day int64, company string) consumed {
	days := m.days[deployment]
	if days == nil {
		days = map[int64]map[string]consumed{}
		m.days[deployment] = days
	}
	companies := days[day]
	if companies == nil {
		companies = map[string]consumed{}
		days[day] = companies
	}
	u := companies[company]
	if u == nil {
		u = consumed{}
		companies[company] = u
	}
	return u
}

// sum adds up what a deployment's companies used in some days; of all
// deployments that serve customers when it is empty.
func (m *meters) sum(deployment string, from, until int64) map[string]consumed {
	total := map[string]consumed{}
	for name, days := range m.days {
		if name != deployment && (deployment != "" || !strings.HasSuffix(name, "-"+prod)) {
			continue
		}
		for day := from; day <= until; day++ {
			for company, u := range days[day] {
				if total[company] == nil {
					total[company] = consumed{}
				}
				for kind, amount := range u {
					total[company][kind] += amount
				}
			}
		}
	}
	return total
}

// splitting gives how a basis splits what a deployment cost from a day on; by the
// meters of those days, else by those of the month, else not at all.
func (m *meters) splitting(deployment string, basis Basis, day, days int64) (splitting, error) {
	from, until := max(day, m.firstDay), min(day+max(days, 1)-1, m.lastDay)
	key := strings.Join([]string{deployment, string(basis), strconv.FormatInt(from, 10), strconv.FormatInt(until, 10)}, " ")
	if known, ok := m.splitters[key]; ok {
		return known, nil
	}
	s, err := weighed(m.sum(deployment, from, until), basis, false)
	if err == nil && s.splitter == nil {
		s, err = weighed(m.sum(deployment, m.firstDay, m.lastDay), basis, true)
	}
	if err == nil {
		m.splitters[key] = s
	}
	return s, err
}

// weighed makes a splitting of what companies used.
func weighed(companies map[string]consumed, basis Basis, ofMonth bool) (s splitting, err error) {
	weights, total := weightsOf(companies, basis)
	if len(weights) == 0 {
		return splitting{}, nil
	}
	if total == 0 {
		basis = Evenly // nobody weighs anything, and it is called so
		weights, _ = weightsOf(companies, basis)
	}
	s.whole = len(weights) == 1
	if capacity := companies[""][meter.CapacityMillis]; basis == ByCPU && capacity > total {
		weights = append(weights, share.Weight{Key: idle, Value: capacity - total})
	}
	s.method = method(basis, ofMonth)
	if s.splitter, err = share.New(weights); err != nil {
		return splitting{}, err
	}
	ratios, err := s.splitter.Ratios()
	s.ratios = make(map[string]exact.Amount, len(ratios))
	for _, r := range ratios {
		s.ratios[r.Key] = r.Amount
	}
	return s, err
}

// weightsOf gives the companies' weights in a basis, and their sum.
func weightsOf(companies map[string]consumed, basis Basis) (weights []share.Weight, total int64) {
	for company, u := range companies {
		if company == "" {
			continue // the processes
		}
		weight := u.weigh(basis)
		total += weight
		weights = append(weights, share.Weight{Key: company, Value: weight})
	}
	return weights, total
}

// one is an exact 1.
func one() exact.Amount { return exact.Amount{Nano: 1_000_000_000} }

// split gives the parts of a charge.
func (m *meters) split(at placed, basis Basis, day, days int64, c cost) ([]part, error) {
	whole := func(company, kind string) []part {
		return []part{{company, kind, share.Whole, basis, one(), c}}
	}
	switch {
	case at.companyID != "":
		return whole(at.companyID, kindDedicated), nil
	case at.building():
		return whole("", kindBuilding), nil
	case at.line == "":
		return whole("", kindOpen), nil
	}
	s, err := m.splitting(at.deployment(), basis, day, days)
	if err != nil {
		return nil, err
	}
	if s.splitter == nil {
		return whole("", kindOpen), nil
	}
	billed, err := s.splitter.Split(c.billed)
	if err != nil {
		return nil, err
	}
	billed = slices.Clone(billed) // the splitter uses it again
	effective, err := s.splitter.Split(c.effective)
	if err != nil {
		return nil, err
	}
	parts := make([]part, len(billed))
	for i := range billed {
		p := part{billed[i].Key, kindShared, s.method, basis, s.ratios[billed[i].Key], cost{billed[i].Amount, effective[i].Amount}}
		switch {
		case p.companyID == idle:
			p.companyID, p.kind = "", kindIdle
		case s.whole && at.line != shared:
			p.kind = kindDedicated // the deployment of one company
		}
		parts[i] = p
	}
	return parts, nil
}

// Metered is a day of a deployment whose meters were read.
type Metered struct {
	Deployment string `json:"deployment"`
	Day        string `json:"day"`
	Revision   int64  `json:"revision"`
	Rows       int64  `json:"rows"`
	ImportedMS int64  `json:"imported_ms"`
}

// Metered lists the days of a month whose meters were read. Error: fault.Invalid.
func (s *Service) Metered(ctx context.Context, month int64) (list []Metered, err error) {
	if err := checkPeriod("month", month); err != nil {
		return nil, err
	}
	first, last := monthDays(month)
	list = []Metered{}
	err = s.each(ctx, "SELECT deployment, day, revision, row_count, imported_ms FROM finops_use_file WHERE day >= $1 AND day <= $2 ORDER BY deployment, day", []any{first, last}, func(row database.Row) error {
		var m Metered
		var day int64
		err := row.Scan(&m.Deployment, &day, &m.Revision, &m.Rows, &m.ImportedMS)
		m.Day = isoDay(day)
		list = append(list, m)
		return err
	})
	return list, err
}
