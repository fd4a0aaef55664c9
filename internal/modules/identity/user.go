package identity

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// User is a person who signs in.
type User struct {
	ID       string `json:"id"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Locale   string `json:"locale" enum:"pt-BR,en"`
	Operator bool   `json:"operator" doc:"The platform's staff."`
	Cost     bool   `json:"cost" doc:"Reads what the platform costs, and nothing else of it."`

	state        string
	passwordHash string
	factors      int64 // in use
	reenrol      bool
}

// Staff reports whether the user has any power over the platform, be it to read
// costs: then a second factor, and the short sessions of operators.
func (u User) Staff() bool { return u.Operator || u.Cost }

// Actor names the user in events and in the log.
func (u User) Actor() event.Actor {
	kind := "user"
	if u.Operator {
		kind = "operator"
	}
	return event.Actor{Kind: kind, ID: u.ID, Name: u.Name}
}

// States of a user and of a membership.
const (
	stateActive   = "active"
	stateDisabled = "disabled"
	stateRemoved  = "removed"
)

// Draft is a user to be made.
type Draft struct {
	Email    string
	Name     string
	Password secret.Text
	Locale   string
	Operator bool
}

// Member is a user in a company.
type Member struct {
	UserID    string `json:"user_id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Role      Role   `json:"role" enum:"attendant,supervisor,admin"`
	State     string `json:"state" enum:"active,removed"`
	CreatedMS int64  `json:"created_ms"`
	Version   int64  `json:"version"`
}

// Membership is a company that a user may look at.
type Membership struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	Slug  string        `json:"slug"`
	State tenancy.State `json:"state" enum:"active,past_due,read_only,suspended,canceled,erased"`
	Role  Role          `json:"role" enum:"attendant,supervisor,admin"`
}

// cleanEmail folds an address to the form in which it is stored and compared.
// Error: fault.Invalid on field.
func cleanEmail(field, email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > 254 || database.Text(email) != nil {
		return "", fault.OnField(field, "is not an e-mail address")
	}
	return email, nil
}

func cleanName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > 120 || database.Text(name) != nil {
		return "", fault.OnField(field, "must have 1 to 120 characters")
	}
	return name, nil
}

func cleanLocale(locale string) (string, error) {
	switch locale {
	case "":
		return tenancy.DefaultLocale, nil
	case "pt-BR", "en":
		return locale, nil
	default:
		return "", fault.OnField("locale", "must be pt-BR or en")
	}
}
