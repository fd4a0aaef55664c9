package crm

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// Entity is a kind of record in the CRM.
type Entity string

// Kinds of records.
const (
	EntityAccount Entity = "account"
	EntityContact Entity = "contact"
	EntityDeal    Entity = "deal"
	EntityLead    Entity = "lead"
)

// Account is a company, or a person who buys, found again by TaxID.
type Account struct {
	Key     string // the acquisition's id, for the log
	Name    string
	TaxID   string // CNPJ or CPF, without punctuation
	Phone   string
	Street  string // with number and complement
	City    string
	State   string
	ZIP     string
	Country string // a name, may be empty
	Note    string
}

// Contact is a person of an account, found again by Email.
type Contact struct {
	Email     string
	Name      string
	Phone     string
	AccountID string // the CRM's
}

// Deal is a contract, found again by ContractID.
type Deal struct {
	ContractID string
	Name       string
	Amount     money.Amount
	Currency   money.Currency
	ClosingMS  int64
	AccountID  string // the CRM's
	ContactID  string // the CRM's, empty for none
	Stage      Stage
}

// Lead is somebody who began to buy and did not, found again by Email.
type Lead struct {
	Email   string
	Name    string
	Company string
	Phone   string
	Note    string
}

// Stage is how far a contract is.
type Stage string

// Stages of a contract. What they are called in the CRM is a setting.
const (
	StageWon      Stage = "won"      // paid
	StageActive   Stage = "active"   // its people have signed in
	StageCanceled Stage = "canceled" // ended, or never begun
)

// Stages lists them in order.
func Stages() []Stage { return []Stage{StageWon, StageActive, StageCanceled} }

// refused is what is wrong with a record before anybody is asked.
func refused(ours, message string) error {
	return &Trouble{Kind: Refused, Ours: ours, Message: message}
}

func (a Account) check() error {
	switch {
	case strings.TrimSpace(a.Name) == "":
		return refused("name", "the account has no name")
	case strings.TrimSpace(a.TaxID) == "":
		// Without it the CRM would compare names, and merge two companies of one name.
		return refused("tax_id", "the account has no tax id")
	}
	return nil
}

func (c Contact) check() error {
	if strings.TrimSpace(c.Email) == "" {
		return refused("email", "the contact has no e-mail address")
	}
	return nil
}

func (d Deal) check() error {
	switch {
	case strings.TrimSpace(d.ContractID) == "":
		return refused("contract_id", "the deal has no contract number")
	case d.AccountID == "":
		return refused("account_id", "the deal has no account")
	case d.Amount < 0:
		return refused("amount", "the deal has a negative amount")
	}
	return d.Stage.check()
}

func (s Stage) check() error {
	for _, known := range Stages() {
		if s == known {
			return nil
		}
	}
	return fault.New(fault.Internal, "there is no stage %q", s)
}

func (l Lead) check() error {
	if strings.TrimSpace(l.Email) == "" {
		return refused("email", "the lead has no e-mail address")
	}
	return nil
}
