package payment

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/mail"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
)

// Account is a company's account at a vendor. Its credentials are never shown.
type Account struct {
	TenantID   string   `json:"-"`
	Provider   string   `json:"provider"`
	Methods    []Method `json:"methods" nullable:"false" doc:"What customers are offered of it."`
	PayerEmail string   `json:"payer_email" doc:"Told to the vendor as the payer's, since customers in a chat give none."`
	Problem    string   `json:"problem" doc:"Why the last test failed; empty when it did not."`
	TestedMS   int64    `json:"tested_ms" doc:"0: never."`
	CreatedMS  int64    `json:"created_ms"`
	UpdatedMS  int64    `json:"updated_ms"`
	Version    int64    `json:"version"`
	// Signed is false until the vendor's secret is known, which it gives when it is
	// told where to call; until then it is only polled.
	Signed bool `json:"signed" doc:"We hold the secret that signs the vendor's callbacks. Without it they are refused, and payments are only noticed by asking."`
	// Hook is the random path segment of its callback URL.
	Hook string `json:"-"`
	// Token calls the vendor, Secret signs its callbacks.
	Token  secret.Text `json:"-"`
	Secret secret.Text `json:"-"`
}

// Accounts keeps the companies' accounts at vendors, and takes the vendors'
// callbacks for them.
type Accounts struct {
	db      *database.DB
	sealer  Sealer
	cfg     Config
	logger  *slog.Logger
	vendors map[string]Vendor
	reach   func(ctx context.Context, tenantID, paymentID string) (Payment, error)
}

// NewAccounts makes it. Bind must follow before the start.
func NewAccounts(cfg Config, db *database.DB, sealer Sealer, logger *slog.Logger) *Accounts {
	return &Accounts{db: db, sealer: sealer, cfg: cfg, logger: logger, vendors: map[string]Vendor{}}
}

// Bind names the vendors of this installation, and the one path by which a
// payment is brought to what its vendor says. app calls it once.
func (a *Accounts) Bind(payments *Service, vendors ...Vendor) {
	a.reach = payments.Reach
	for _, vendor := range vendors {
		a.vendors[vendor.Name()] = vendor
	}
}

func (a *Accounts) vendor(name string) (Vendor, error) {
	if vendor := a.vendors[name]; vendor != nil {
		return vendor, nil
	}
	return nil, fault.New(fault.NotFound, "no such vendor of payments")
}

// List gives the accounts of a company, without their credentials.
func (a *Accounts) List(ctx context.Context, tenantID string) ([]Account, error) {
	list := []Account{}
	err := a.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM payment_account WHERE tenant_id = $1 ORDER BY provider`, tenantID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			account, sealed, err := scanAccount(rows)
			if err != nil {
				return err
			}
			// What can't be opened any more is shown as it is, to be connected anew.
			if err := a.open(&account, sealed); err != nil && fault.CodeOf(err) != fault.Refused {
				return err
			}
			account.Token, account.Secret = secret.Text{}, secret.Text{}
			list = append(list, account)
		}
		return rows.Err()
	})
	return list, err
}

// Of gives a company's account at a vendor, with its credentials, for calling
// it. Error: fault.NotFound.
func (a *Accounts) Of(ctx context.Context, tenantID, provider string) (account Account, err error) {
	err = a.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		account, err = a.load(ctx, tx, tenantID, provider)
		return err
	})
	return account, err
}

func (a *Accounts) load(ctx context.Context, tx *database.Tx, tenantID, provider string) (Account, error) {
	account, sealed, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM payment_account WHERE tenant_id = $1 AND provider = $2`, tenantID, provider))
	if err != nil {
		return account, absent(err, "account at this vendor")
	}
	return account, a.open(&account, sealed)
}

// Names of what is sealed.
const (
	sealedToken  = "token"
	sealedSecret = "secret"
)

func accountPlace(account Account) string {
	return secretbox.AAD(account.TenantID, "payment_account", account.Provider)
}

func (a *Accounts) seal(account Account) (string, error) {
	plain, err := json.Marshal(map[string]string{sealedToken: account.Token.Reveal(), sealedSecret: account.Secret.Reveal()})
	if err != nil {
		return "", err
	}
	return a.sealer.Seal(accountPlace(account), plain)
}

func (a *Accounts) open(account *Account, sealed string) error {
	plain, err := a.sealer.Open(accountPlace(*account), sealed)
	if err != nil {
		return err
	}
	var credentials map[string]string
	if err := json.Unmarshal(plain, &credentials); err != nil {
		return fault.Wrap(err, fault.Internal, "the credentials of an account can't be read")
	}
	account.Token, account.Secret = secret.New(credentials[sealedToken]), secret.New(credentials[sealedSecret])
	account.Signed = !account.Secret.IsZero()
	return nil
}

// Connect makes or changes a company's account; an empty token or secret stays
// as it is. The secret may come later, since the vendor gives it for the address
// that is known only then. It is not tested here. Errors: fault.Invalid, fault.NotFound for an
// unknown vendor, fault.Conflict for a version that is not the newest.
func (a *Accounts) Connect(ctx context.Context, in Account, by event.Actor) (Account, error) {
	vendor, err := a.vendor(in.Provider)
	if err != nil {
		return in, err
	}
	if err := in.check(vendor); err != nil {
		return in, err
	}
	err = a.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		before, err := a.load(ctx, tx, in.TenantID, in.Provider)
		switch {
		case err == nil && in.Version != 0 && in.Version != before.Version:
			return fault.New(fault.Conflict, "the account was changed by somebody else; load it again")
		case err == nil:
			in.Hook, in.CreatedMS, in.Version = before.Hook, before.CreatedMS, before.Version
		case fault.Is(err, fault.NotFound):
			in.Hook, in.CreatedMS, in.Version = newHook(), tx.Now(), 0
		case fault.CodeOf(err) != fault.Refused: // what can't be opened any more may be replaced
			return err
		default:
			if in.Token.IsZero() {
				return err
			}
			in.Hook, in.CreatedMS, in.Version = before.Hook, before.CreatedMS, before.Version
		}
		if in.Token.IsZero() {
			in.Token = before.Token
		}
		if in.Secret.IsZero() {
			in.Secret = before.Secret
		}
		if in.Token.IsZero() {
			return fault.OnField("access_token", "is needed to call the vendor")
		}
		in.Signed = !in.Secret.IsZero()
		in.UpdatedMS, in.Version, in.Problem, in.TestedMS = tx.Now(), in.Version+1, "", 0
		sealed, err := a.seal(in)
		if err != nil {
			return err
		}
		if err := saveAccount(ctx, tx, in, sealed); err != nil {
			return err
		}
		return a.audit(ctx, tx, in, "payment.account_connected", by)
	})
	return in, err
}

func (a *Accounts) audit(ctx context.Context, tx *database.Tx, account Account, action string, by event.Actor) error {
	return audit.Write(ctx, tx, audit.Entry{
		TenantID: account.TenantID, Actor: by, Action: action, Target: account.Provider, Facts: map[string]string{"methods": joinMethods(account.Methods)},
	})
}

func (a *Account) check(vendor Vendor) error {
	offered := vendor.Methods()
	for _, method := range a.Methods {
		if !slices.Contains(offered, method) {
			return fault.OnField("methods", "the vendor has no method %s", method)
		}
	}
	a.Methods = slices.Compact(slices.Sorted(slices.Values(a.Methods)))
	if len(a.Methods) == 0 {
		return fault.OnField("methods", "at least one is needed")
	}
	a.PayerEmail = strings.TrimSpace(a.PayerEmail)
	if address, err := mail.ParseAddress(a.PayerEmail); err != nil || address.Address != a.PayerEmail || len(a.PayerEmail) > 250 {
		return fault.OnField("payer_email", "must be an e-mail address")
	}
	for field, text := range map[string]string{"access_token": a.Token.Reveal(), "webhook_secret": a.Secret.Reveal()} {
		// What goes into a header is one visible line.
		if len(text) > 500 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fault.OnField(field, "has at most 500 characters, without spaces")
		}
	}
	return nil
}

// Test asks the vendor whether the credentials work, and keeps the answer.
// Errors: fault.NotFound, and what the vendor says.
func (a *Accounts) Test(ctx context.Context, tenantID, provider string) (Account, error) {
	vendor, err := a.vendor(provider)
	if err != nil {
		return Account{}, err
	}
	account, err := a.Of(ctx, tenantID, provider)
	if err != nil {
		return account, err
	}
	problem := vendor.Test(ctx, account)
	account.Problem = ""
	if problem != nil {
		account.Problem = fault.MessageOf(problem)
	}
	err = a.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		account.TestedMS = tx.Now()
		// One that was connected anew meanwhile is not tested yet.
		_, err := tx.Exec(ctx, `UPDATE payment_account SET problem = $3, tested_ms = $4 WHERE tenant_id = $1 AND provider = $2 AND version = $5`,
			tenantID, provider, account.Problem, account.TestedMS, account.Version)
		return err
	})
	return account, err
}

// Disconnect forgets a company's account, its credentials and the callbacks that
// wait. Payments that were asked for can't be looked at any more. Error:
// fault.NotFound.
func (a *Accounts) Disconnect(ctx context.Context, tenantID, provider string, by event.Actor) error {
	return a.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		account, _, err := scanAccount(tx.QueryRow(ctx, `DELETE FROM payment_account WHERE tenant_id = $1 AND provider = $2 RETURNING `+accountColumns, tenantID, provider))
		if err != nil {
			return absent(err, "account at this vendor")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM payment_notice WHERE tenant_id = $1 AND provider = $2`, tenantID, provider); err != nil {
			return err
		}
		return a.audit(ctx, tx, account, "payment.account_disconnected", by)
	})
}

// offers reports whether a company's account offers a method.
func offers(ctx context.Context, tx *database.Tx, tenantID string, choice Choice) (bool, error) {
	account, _, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM payment_account WHERE tenant_id = $1 AND provider = $2`, tenantID, choice.Provider))
	if errors.Is(err, database.ErrNoRows) {
		return false, nil
	}
	return slices.Contains(account.Methods, choice.Method), err
}

const accountColumns = `tenant_id, provider, hook, methods, payer_email, credentials, problem, tested_ms, created_ms, updated_ms, version`

func scanAccount(row database.Row) (account Account, sealed string, err error) {
	var methods string
	err = row.Scan(&account.TenantID, &account.Provider, &account.Hook, &methods, &account.PayerEmail, &sealed, &account.Problem, &account.TestedMS,
		&account.CreatedMS, &account.UpdatedMS, &account.Version)
	account.Methods = []Method{}
	for name := range strings.SplitSeq(methods, ",") {
		account.Methods = append(account.Methods, Method(name))
	}
	return account, sealed, err
}

func saveAccount(ctx context.Context, tx *database.Tx, account Account, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO payment_account (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (tenant_id, provider) DO UPDATE SET methods = excluded.methods, payer_email = excluded.payer_email, credentials = excluded.credentials,
		problem = excluded.problem, tested_ms = excluded.tested_ms, updated_ms = excluded.updated_ms, version = excluded.version`,
		account.TenantID, account.Provider, account.Hook, joinMethods(account.Methods), account.PayerEmail, sealed, account.Problem, account.TestedMS,
		account.CreatedMS, account.UpdatedMS, account.Version)
	return err
}

func joinMethods(methods []Method) string {
	names := make([]string, len(methods))
	for i, method := range methods {
		names[i] = string(method)
	}
	return strings.Join(names, ",")
}

func newHook() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return hex.EncodeToString(raw)
}
