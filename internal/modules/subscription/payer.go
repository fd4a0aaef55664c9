package subscription

import (
	"context"
	"net/mail"
	"reflect"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/br"
	"prosa/internal/base/card"
	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const payerTextMax = 150 // characters of any of a payer's texts

// tidy brings a payer into its stored form. Error: fault.Invalid.
func (p Payer) tidy() (Payer, error) {
	fields := reflect.ValueOf(&p).Elem()
	for i := range fields.NumField() {
		field := fields.Field(i)
		if field.Kind() != reflect.String {
			continue
		}
		name, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		text := strings.TrimSpace(field.String())
		if database.Text(text) != nil || utf8.RuneCountInString(text) > payerTextMax || strings.ContainsAny(text, "\r\n") {
			return p, fault.OnField(name, "must be one line of at most %d characters", payerTextMax)
		}
		if card.Within(text) {
			return p, fault.OnField(name, "holds a card's number: cards are typed on the vendor's page alone")
		}
		field.SetString(text)
	}
	var ok bool
	switch p.Kind {
	case "company":
		p.TaxID, ok = br.CNPJ(p.TaxID)
	case "person":
		p.TaxID, ok = br.CPF(p.TaxID)
	default:
		return p, fault.OnField("kind", "must be company or person")
	}
	if !ok {
		return p, fault.OnField("tax_id", "is not a tax number")
	}
	if p.LegalName == "" {
		return p, fault.OnField("legal_name", "must not be empty")
	}
	if address, err := mail.ParseAddress(p.Email); err != nil || address.Address != p.Email {
		return p, fault.OnField("email", "is not an e-mail address")
	}
	if p.ZIP != "" {
		if p.ZIP, ok = br.CEP(p.ZIP); !ok {
			return p, fault.OnField("zip", "is not a postal code")
		}
	}
	return p, nil
}

// SetPayer says whom the invoices that come are made out to. Error:
// fault.Invalid.
func (s *Service) SetPayer(ctx context.Context, tenantID string, p Payer, by By) (Payer, error) {
	p, err := p.tidy()
	if err != nil {
		return p, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := savePayer(ctx, tx, tenantID, p); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "payer.changed", tenantID, nil)
	})
	return p, err
}
