package acquisition

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

const columns = `id, tenant_id, state, locale, email, email_proven_ms, code_hash, code_tries, code_until_ms, person, company, tax_id, second_contract,
	version_id, pay_interval, coupon, terms, provider, customer_id, try, contract_no, invitation_id, trade, sample_catalog, created_ms, updated_ms, paid_ms, expires_ms`

func scan(row database.Row) (a Acquisition, err error) {
	var person, company, terms string
	var second, sample int64
	err = row.Scan(&a.ID, &a.TenantID, &a.State, &a.Locale, &a.Email, &a.EmailProvenMS, &a.codeHash, &a.codeTries, &a.codeUntilMS, &person, &company, &a.taxID, &second,
		&a.VersionID, &a.Interval, &a.Coupon, &terms, &a.Provider, &a.CustomerID, &a.Try, &a.ContractNo, &a.InvitationID, &a.Trade, &sample,
		&a.CreatedMS, &a.UpdatedMS, &a.PaidMS, &a.ExpiresMS)
	if err != nil {
		return a, err
	}
	a.SecondContract, a.SampleCatalog = second != 0, sample != 0
	for _, part := range []struct {
		text string
		into any
	}{{person, &a.Person}, {company, &a.Company}, {terms, &a.Terms}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return a, fault.Wrap(err, fault.Internal, "a stored journey can't be read")
		}
	}
	return a, nil
}

// values are those of columns.
func (a Acquisition) values() ([]any, error) {
	encoded := make([]string, 3)
	for i, part := range []any{a.Person, a.Company, a.Terms} {
		raw, err := json.Marshal(part)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a journey could not be encoded")
		}
		encoded[i] = string(raw)
	}
	return []any{
		a.ID, a.TenantID, string(a.State), a.Locale, a.Email, a.EmailProvenMS, a.codeHash, a.codeTries, a.codeUntilMS, encoded[0], encoded[1], a.taxID, number(a.SecondContract),
		a.VersionID, string(a.Interval), a.Coupon, encoded[2], a.Provider, a.CustomerID, a.Try, a.ContractNo, a.InvitationID, a.Trade, number(a.SampleCatalog),
		a.CreatedMS, a.UpdatedMS, a.PaidMS, a.ExpiresMS,
	}, nil
}

func number(flag bool) int64 {
	if flag {
		return 1
	}
	return 0
}

func insert(ctx context.Context, tx *database.Tx, a Acquisition) error {
	values, err := a.values()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO acquisition ("+columns+`) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`, values...)
	return err
}

// save writes a journey that the transaction has read for update.
func save(ctx context.Context, tx *database.Tx, a *Acquisition) error {
	a.UpdatedMS = tx.Now()
	values, err := a.values()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE acquisition SET tenant_id = $2, state = $3, locale = $4, email = $5, email_proven_ms = $6, code_hash = $7, code_tries = $8, code_until_ms = $9,
		person = $10, company = $11, tax_id = $12, second_contract = $13, version_id = $14, pay_interval = $15, coupon = $16, terms = $17, provider = $18, customer_id = $19,
		try = $20, contract_no = $21, invitation_id = $22, trade = $23, sample_catalog = $24, created_ms = $25, updated_ms = $26, paid_ms = $27, expires_ms = $28 WHERE id = $1`, values...)
	return err
}

// load reads a journey; lock is tx.ForUpdate() or empty. Error: fault.NotFound.
func load(ctx context.Context, tx *database.Tx, acquisitionID, lock string) (Acquisition, error) {
	a, err := scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM acquisition WHERE id = $1"+lock, acquisitionID))
	if errors.Is(err, database.ErrNoRows) {
		return a, errNoJourney()
	}
	return a, err
}

func errNoJourney() error {
	return &fault.Error{Code: fault.NotFound, Reason: "no_journey", Message: "there is no purchase under way in this browser"}
}

// attempt is one page of a provider on which a journey could be paid.
type attempt struct {
	acquisitionID string
	try           int64
	provider      string
	checkoutID    string // empty until the provider answered
	state         string
	dropped       bool
	versionID     string
	interval      string
	coupon        string
	quote         Quote
	method        string
	detail        detail
	problem       string
	dueMS         int64
	createdMS     int64
	updatedMS     int64
}

// detail is what a provider told of a checkout.
type detail struct {
	URL            string `json:"url,omitempty"`
	ExpiresMS      int64  `json:"expires_ms,omitempty"`
	SubscriptionID string `json:"subscription_id,omitempty"`
	CustomerID     string `json:"customer_id,omitempty"`
	PixCode        string `json:"pix_code,omitempty"`
	BoletoLine     string `json:"boleto_line,omitempty"`
	BoletoURL      string `json:"boleto_url,omitempty"`
	// Buyer is ours: for whom the page was opened.
	Buyer *buyer `json:"buyer,omitempty"`
}

// States of an attempt, besides those of subscription.CheckoutStep.
const attemptAsked = "asked"

const attemptColumns = "acquisition_id, try, provider, checkout_id, state, dropped, version_id, pay_interval, coupon, quote, method, detail, problem, due_ms, created_ms, updated_ms"

func scanAttempt(row database.Row) (t attempt, err error) {
	var quote, told string
	var dropped int64
	err = row.Scan(&t.acquisitionID, &t.try, &t.provider, &t.checkoutID, &t.state, &dropped, &t.versionID, &t.interval, &t.coupon, &quote, &t.method, &told, &t.problem, &t.dueMS, &t.createdMS, &t.updatedMS)
	if err != nil {
		return t, err
	}
	t.dropped = dropped != 0
	if err := errors.Join(json.Unmarshal([]byte(quote), &t.quote), json.Unmarshal([]byte(told), &t.detail)); err != nil {
		return t, fault.Wrap(err, fault.Internal, "a stored checkout can't be read")
	}
	return t, nil
}

// put writes an attempt, new or not.
func (t *attempt) put(ctx context.Context, tx *database.Tx) error {
	quote, err := json.Marshal(t.quote)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a quote could not be encoded")
	}
	told, err := json.Marshal(t.detail)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a checkout could not be encoded")
	}
	t.updatedMS = tx.Now()
	if t.createdMS == 0 {
		t.createdMS = tx.Now()
	}
	_, err = tx.Exec(ctx, "INSERT INTO acquisition_checkout ("+attemptColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (acquisition_id, try) DO UPDATE SET provider = $3, checkout_id = $4, state = $5, dropped = $6, version_id = $7, pay_interval = $8, coupon = $9,
			quote = $10, method = $11, detail = $12, problem = $13, due_ms = $14, updated_ms = $16`,
		t.acquisitionID, t.try, t.provider, t.checkoutID, t.state, number(t.dropped), t.versionID, t.interval, t.coupon, string(quote), t.method, string(told), t.problem, t.dueMS, t.createdMS, t.updatedMS)
	return err
}

// attempts reads those of a journey, oldest first.
func attempts(ctx context.Context, tx *database.Tx, acquisitionID string) ([]attempt, error) {
	rows, err := tx.Query(ctx, "SELECT "+attemptColumns+" FROM acquisition_checkout WHERE acquisition_id = $1 ORDER BY try", acquisitionID)
	if err != nil {
		return nil, err
	}
	return scanAttempts(rows)
}

func scanAttempts(rows *database.Rows) (list []attempt, err error) {
	defer rows.Close()
	for rows.Next() {
		t, err := scanAttempt(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// nextContract counts contracts: "CTR-000123".
func nextContract(ctx context.Context, tx *database.Tx) (n int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO acquisition_series (name, number) VALUES ('contract', 1)
		ON CONFLICT (name) DO UPDATE SET number = acquisition_series.number + 1 RETURNING number`).Scan(&n)
	return n, err
}

// taxIDTaken tells whether a company has the tax number, or is being made with
// it.
func taxIDTaken(ctx context.Context, tx *database.Tx, taxID, butID string) (taken bool, err error) {
	if taxID == "" {
		return false, nil
	}
	var n int64
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM acquisition WHERE tax_id = $1 AND id <> $2 AND state IN ('paid', 'active')", taxID, butID).Scan(&n)
	if err != nil || n > 0 {
		return n > 0, err
	}
	return tenancy.HasTaxID(ctx, tx, taxID)
}

// byCheckout finds the journey of a provider's checkout; empty for none.
func byCheckout(ctx context.Context, tx *database.Tx, provider, checkoutID string) (acquisitionID string, err error) {
	err = tx.QueryRow(ctx, "SELECT acquisition_id FROM acquisition_checkout WHERE provider = $1 AND checkout_id = $2 AND checkout_id <> ''", provider, checkoutID).Scan(&acquisitionID)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return acquisitionID, err
}

// latestOf finds the purchase that was touched last with an e-mail and is not
// over. One whose e-mail was proven goes before those that anybody may have begun
// with the address.
func latestOf(ctx context.Context, tx *database.Tx, email string) (a Acquisition, found bool, err error) {
	a, err = scan(tx.QueryRow(ctx, "SELECT "+columns+` FROM acquisition WHERE email = $1 AND state <> 'canceled'
		ORDER BY CASE WHEN email_proven_ms > 0 AND state <> 'active' THEN 0 ELSE 1 END, updated_ms DESC, id DESC LIMIT 1`, email))
	if errors.Is(err, database.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// byInvitation finds the journey whose first admin was invited; empty for none.
func byInvitation(ctx context.Context, tx *database.Tx, invitationID string) (acquisitionID string, err error) {
	err = tx.QueryRow(ctx, "SELECT id FROM acquisition WHERE invitation_id = $1 AND invitation_id <> ''", invitationID).Scan(&acquisitionID)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return acquisitionID, err
}
