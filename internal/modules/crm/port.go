package crm

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Vendor is the CRM. Its calls are made outside of any transaction, and all of
// them may be repeated.
//
// Errors of all calls: *Trouble; any other counts as Down.
type Vendor interface {
	// Name is stored with what belongs to it: "zoho".
	Name() string
	// Centres are the vendor's data centres; an account lives in one.
	Centres() []Centre
	// Usual gives the settings that a new installation begins with.
	Usual() Settings

	// Redeem trades a grant code, which works once and for minutes, for a refresh
	// token, which works until it is revoked.
	Redeem(ctx context.Context, app App, code string) (Grant, error)
	// Refresh fetches an access token.
	Refresh(ctx context.Context, app App, refresh secret.Text) (Token, error)
	// Organization gives the name of whose CRM it is.
	Organization(ctx context.Context, access Access) (string, error)
	// Fields tells what a kind of record is made of.
	Fields(ctx context.Context, access Access, entity Entity) ([]Field, error)
	// Check compares the fields of the CRM with what is written into them.
	Check(settings Settings, fields map[Entity][]Field) []Finding

	// Account, Contact, Deal and Lead make a record, or change the one that has the
	// same unique field.
	Account(ctx context.Context, s Session, a Account) (Written, error)
	Contact(ctx context.Context, s Session, c Contact) (Written, error)
	Deal(ctx context.Context, s Session, d Deal) (Written, error)
	Lead(ctx context.Context, s Session, l Lead) (Written, error)
	// Stage changes the stage of a deal, by its id or, where that is empty or gone,
	// by its contract.
	Stage(ctx context.Context, s Session, contractID, dealID string, stage Stage) (Written, error)
}

// Sealer keeps credentials: what is sealed for one place opens for that place
// only.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// Centre is a data centre of the vendor.
type Centre struct {
	Key  string `json:"key" doc:"us, eu, in ..."`
	Host string `json:"host" doc:"Host on which people sign in there."`
}

// App is who we are at the vendor.
type App struct {
	Centre   string
	ClientID string
	Secret   secret.Text
}

// Token lets calls in.
type Token struct {
	Access    secret.Text
	APIDomain string // where calls with it go
	LifeMS    int64  // from now
}

// Grant is what a code was traded for.
type Grant struct {
	Refresh secret.Text
	Token
}

// Access is what a call needs.
type Access struct {
	APIDomain string
	Token     secret.Text
}

// Session is what the writing of a record needs.
type Session struct {
	Access
	Settings Settings
	Fields   []Field // of the record's kind, empty when unknown
}

// Field is what the CRM tells of a field.
type Field struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`             // the vendor's word: text, picklist, lookup ...
	Length    int      `json:"length,omitempty"` // characters at most, 0 when it has none
	Custom    bool     `json:"custom,omitempty"`
	Mandatory bool     `json:"mandatory,omitempty"`
	Unique    bool     `json:"unique,omitempty"`
	Values    []string `json:"values,omitempty"` // of a pick list
}

// Written is what became of a record.
type Written struct {
	ID      string // the CRM's
	New     bool
	Credits int64 // calls left in the vendor's day, -1 when it did not say
}

// Kind of trouble with the CRM.
type Kind string

// Kinds of trouble, by what is done about them.
const (
	Down      Kind = "down"      // all records wait and are tried again
	Throttled Kind = "throttled" // all records wait, at least until UntilMS when it is told
	Locked    Kind = "locked"    // configuration or credentials: all records wait for an operator
	Refused   Kind = "refused"   // this record can't be written as it is
	Held      Kind = "held"      // this record can't be changed now: somebody in the CRM holds it
	Stale     Kind = "stale"     // the token is not accepted; never leaves this package
)

// Trouble is why a record was not written.
type Trouble struct {
	Kind    Kind
	Field   string // of Refused: the vendor's path of the field ("$.data[0].CNPJ"), empty when it named none
	Ours    string // of Refused: our name of that field ("tax_id"), empty when it is none of ours
	Message string // without secrets, shown to operators
	UntilMS int64  // when it is worth asking again, 0 when nobody said
}

// Error implements error.
func (t *Trouble) Error() string { return "CRM, " + string(t.Kind) + ": " + t.Message }

// ErrOff says that no CRM is connected: there is nothing to do.
var ErrOff = fault.Refuse("crm_off", "no CRM is connected")
