package crm

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
)

// Status is how the connection is; nothing secret is in it.
type Status struct {
	Connected    bool   `json:"connected"`
	Vendor       string `json:"vendor" doc:"zoho."`
	Centre       string `json:"centre" doc:"Data centre of the account."`
	ClientID     string `json:"client_id"`
	Organization string `json:"organization" doc:"Whose CRM it is, as it told."`
	Trouble      Kind   `json:"trouble" doc:"down, throttled or locked; empty when all is well. Locked needs an operator: connect anew, or mend what the problem says."`
	Problem      string `json:"problem" doc:"What was said last against us."`
	CooldownMS   int64  `json:"cooldown_ms" doc:"No access token is asked for until then; 0: it may be."`
	TestedMS     int64  `json:"tested_ms" doc:"0: never."`
	SuccessMS    int64  `json:"success_ms" doc:"The last call that went well, to the minute; 0: none."`
	Credits      int64  `json:"credits" doc:"Calls left in the vendor's day; -1: it did not say, which it does not before half are used."`
	CreatedMS    int64  `json:"created_ms"`
	UpdatedMS    int64  `json:"updated_ms"`
}

// connection is the row, opened.
type connection struct {
	Status
	secret, refresh secret.Text
	access          secret.Text
	apiDomain       string
	generation      int64
	grantedMS       int64
	refreshMS       int64
	expiresMS       int64
	leaseMS         int64
	version         int64
}

func (c *connection) app() App {
	return App{Centre: c.Centre, ClientID: c.ClientID, Secret: c.secret}
}

// platform is the scope of all that this package does.
func platform() database.Scope {
	return database.Platform("the CRM belongs to the installation, no company has a part in it")
}

func (s *Service) place(what string) string {
	return secretbox.AAD("crm_connection", s.vendor.Name(), what)
}

const connectionColumns = `centre, client_id, credentials, organization, access, api_domain, generation, granted_ms, refresh_ms, expires_ms, lease_ms,
	cooldown_ms, trouble, problem, tested_ms, success_ms, credits, created_ms, updated_ms, version`

// load reads the connection. Errors: ErrOff, fault.Refused for credentials that
// can't be opened any more.
func (s *Service) load(ctx context.Context, tx *database.Tx) (*connection, error) {
	c := &connection{Status: Status{Connected: true, Vendor: s.vendor.Name()}}
	var credentials, access string
	err := tx.QueryRow(ctx, `SELECT `+connectionColumns+` FROM crm_connection WHERE vendor = $1`, s.vendor.Name()).Scan(
		&c.Centre, &c.ClientID, &credentials, &c.Organization, &access, &c.apiDomain, &c.generation, &c.grantedMS, &c.refreshMS, &c.expiresMS, &c.leaseMS,
		&c.CooldownMS, &c.Trouble, &c.Problem, &c.TestedMS, &c.SuccessMS, &c.Credits, &c.CreatedMS, &c.UpdatedMS, &c.version)
	if errors.Is(err, database.ErrNoRows) {
		return nil, ErrOff
	}
	if err != nil {
		return nil, err
	}
	if c.CooldownMS <= tx.Now() {
		c.CooldownMS = 0
	}
	return c, s.open(c, credentials, access)
}

// kept is how credentials are sealed.
type kept struct {
	Secret  string `json:"secret"`
	Refresh string `json:"refresh"`
}

func (s *Service) open(c *connection, credentials, access string) error {
	plain, err := s.sealer.Open(s.place("credentials"), credentials)
	if err != nil {
		return err
	}
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil {
		return fault.Wrap(err, fault.Internal, "the credentials of the CRM can't be read")
	}
	c.secret, c.refresh = secret.New(k.Secret), secret.New(k.Refresh)
	if access == "" {
		return nil
	}
	token, err := s.sealer.Open(s.place("access"), access)
	c.access = secret.New(string(token))
	return err
}

// Status tells how the connection is. Credentials that can't be opened any more
// are told as locked, to be connected anew.
func (s *Service) Status(ctx context.Context) (status Status, err error) {
	err = s.db.Read(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		c, err := s.load(ctx, tx)
		switch {
		case errors.Is(err, ErrOff):
			status = Status{Vendor: s.vendor.Name(), Credits: -1}
			return nil
		case c != nil && fault.CodeOf(err) == fault.Refused:
			c.Trouble, c.Problem = Locked, fault.MessageOf(err)
		case err != nil:
			return err
		}
		status = c.Status
		return nil
	})
	return status, err
}

// Centres are the vendor's data centres.
func (s *Service) Centres() []Centre { return s.vendor.Centres() }

// Connect is what an operator gives to connect the CRM: a code, or a refresh
// token that exists already.
type Connect struct {
	Centre   string
	ClientID string
	Secret   secret.Text
	Code     secret.Text
	Refresh  secret.Text
}

func (in *Connect) check(centres []Centre) error {
	in.ClientID = strings.TrimSpace(in.ClientID)
	switch {
	case !slices.ContainsFunc(centres, func(c Centre) bool { return c.Key == in.Centre }):
		return fault.OnField("centre", "the vendor has no such data centre")
	case in.ClientID == "":
		return fault.OnField("client_id", "is needed")
	case in.Secret.IsZero():
		return fault.OnField("client_secret", "is needed")
	case in.Code.IsZero() == in.Refresh.IsZero():
		return fault.OnField("code", "give either a grant code or a refresh token")
	}
	for field, text := range map[string]string{"client_id": in.ClientID, "client_secret": in.Secret.Reveal(), "code": in.Code.Reveal(), "refresh_token": in.Refresh.Reveal()} {
		if len(text) > 500 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fault.OnField(field, "has at most 500 characters, without spaces")
		}
	}
	return nil
}

// Connect connects the CRM, or connects it anew. Nothing is kept of what the
// vendor does not accept. Errors: fault.Invalid, and fault.Refused with what the
// vendor said (reason crm_refused), fault.Unavailable when it can't be asked.
func (s *Service) Connect(ctx context.Context, in Connect, by event.Actor, ip string) (Status, error) {
	if err := in.check(s.vendor.Centres()); err != nil {
		return Status{}, err
	}
	app := App{Centre: in.Centre, ClientID: in.ClientID, Secret: in.Secret}
	grant := Grant{Refresh: in.Refresh}
	var err error
	if in.Code.IsZero() {
		grant.Token, err = s.vendor.Refresh(ctx, app, in.Refresh)
	} else {
		grant, err = s.vendor.Redeem(ctx, app, in.Code.Reveal())
	}
	if err != nil {
		return Status{}, told(err)
	}
	// Whose CRM it is can be asked again; what matters is kept first.
	organization, problem := s.vendor.Organization(ctx, Access{APIDomain: grant.APIDomain, Token: grant.Access})
	if err := s.keep(ctx, in, grant, organization, problem, by, ip); err != nil {
		return Status{}, err
	}
	return s.Status(ctx)
}

func (s *Service) keep(ctx context.Context, in Connect, grant Grant, organization string, problem error, by event.Actor, ip string) error {
	plain, err := json.Marshal(kept{Secret: in.Secret.Reveal(), Refresh: grant.Refresh.Reveal()})
	if err != nil {
		return err
	}
	credentials, err := s.sealer.Seal(s.place("credentials"), plain)
	if err != nil {
		return err
	}
	access, err := s.sealer.Seal(s.place("access"), []byte(grant.Access.Reveal()))
	if err != nil {
		return err
	}
	trouble, said := state(problem)
	return s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		refreshMS, expiresMS := tokenTimes(tx.Now(), grant.LifeMS)
		_, err := tx.Exec(ctx, `INSERT INTO crm_connection (vendor, centre, client_id, credentials, organization, access, api_domain, generation, granted_ms,
				refresh_ms, expires_ms, lease_ms, lease_owner, cooldown_ms, trouble, problem, tested_ms, success_ms, credits, created_ms, updated_ms, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, 0, '', 0, $11, $12, $8, 0, -1, $8, $8, 1)
			ON CONFLICT (vendor) DO UPDATE SET centre = $2, client_id = $3, credentials = $4, organization = $5, access = $6, api_domain = $7,
				generation = crm_connection.generation + 1, granted_ms = $8, refresh_ms = $9, expires_ms = $10, lease_ms = 0, lease_owner = '', cooldown_ms = 0,
				trouble = $11, problem = $12, tested_ms = $8, credits = -1, updated_ms = $8, version = crm_connection.version + 1`,
			s.vendor.Name(), in.Centre, in.ClientID, credentials, organization, access, grant.APIDomain, tx.Now(), refreshMS, expiresMS, string(trouble), said)
		if err != nil {
			return err
		}
		// Another account has other fields.
		if _, err := tx.Exec(ctx, `DELETE FROM crm_shape WHERE vendor = $1`, s.vendor.Name()); err != nil {
			return err
		}
		return s.audit(ctx, tx, "crm.connected", map[string]string{"centre": in.Centre, "organization": organization}, by, ip)
	})
}

// Disconnect forgets the connection and its credentials; the settings stay.
// Error: fault.NotFound when there is none.
func (s *Service) Disconnect(ctx context.Context, by event.Actor, ip string) error {
	return s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		gone, err := tx.Exec(ctx, `DELETE FROM crm_connection WHERE vendor = $1`, s.vendor.Name())
		if err != nil {
			return err
		}
		if gone == 0 {
			return fault.New(fault.NotFound, "no CRM is connected")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM crm_shape WHERE vendor = $1`, s.vendor.Name()); err != nil {
			return err
		}
		return s.audit(ctx, tx, "crm.disconnected", nil, by, ip)
	})
}

// Test asks the CRM whose it is, and keeps the answer. It asks for a token also
// where others would still wait, since an operator who tests has mended
// something. What the vendor says against it is in the status, not an error.
// Error: ErrOff.
func (s *Service) Test(ctx context.Context, by event.Actor, ip string) (Status, error) {
	if err := s.warm(ctx); err != nil {
		return Status{}, err
	}
	var organization string
	problem := s.call(ctx, func(ctx context.Context, access Access) (err error) {
		organization, err = s.vendor.Organization(ctx, access)
		return err
	})
	if errors.Is(problem, ErrOff) {
		return Status{}, ErrOff
	}
	err := s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		trouble, said := state(problem)
		if _, err := tx.Exec(ctx, `UPDATE crm_connection SET tested_ms = $2, trouble = $3, problem = $4,
				organization = CASE WHEN $3 = '' THEN $5 ELSE organization END, success_ms = CASE WHEN $3 = '' THEN $2 ELSE success_ms END
			WHERE vendor = $1`, s.vendor.Name(), tx.Now(), string(trouble), said, organization); err != nil {
			return err
		}
		return s.audit(ctx, tx, "crm.tested", map[string]string{"problem": said}, by, ip)
	})
	if err != nil {
		return Status{}, err
	}
	return s.Status(ctx)
}

// warm ends a cooldown, unless the vendor asked for it.
func (s *Service) warm(ctx context.Context) error {
	return s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE crm_connection SET cooldown_ms = 0 WHERE vendor = $1 AND trouble <> $2`, s.vendor.Name(), string(Throttled))
		return err
	})
}

func (s *Service) audit(ctx context.Context, tx *database.Tx, action string, facts map[string]string, by event.Actor, ip string) error {
	return audit.Write(ctx, tx, audit.Entry{Actor: by, IP: ip, Action: action, Target: s.vendor.Name(), Facts: facts})
}

// told makes what the vendor said an error of a form.
func told(err error) error {
	t := new(Trouble)
	if !errors.As(err, &t) {
		return err // of ours: no CRM, no database
	}
	if t.Kind == Down || t.Kind == Throttled {
		return &fault.Error{Code: fault.Unavailable, Reason: "crm_" + string(t.Kind), Message: t.Message}
	}
	return fault.Refuse("crm_refused", "%s", t.Message)
}

// troubleOf reads an error of the vendor.
func troubleOf(err error) *Trouble {
	if t := new(Trouble); errors.As(err, &t) {
		return t
	}
	return &Trouble{Kind: Down, Message: fault.MessageOf(err)}
}

// state gives what the status says after a call.
func state(problem error) (Kind, string) {
	if problem == nil {
		return "", ""
	}
	t := troubleOf(problem)
	if t.Kind != Down && t.Kind != Throttled {
		return Locked, t.Message
	}
	return t.Kind, t.Message
}
