package stripe

import (
	"context"
	"strings"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/br"
	"prosa/internal/modules/subscription"
)

// The names under which what we make carries our words.
const (
	metaKey       = "prosa_key"       // the wish that made it
	metaReference = "prosa_reference" // the acquisition's or company's id
	metaPlan      = "prosa_plan"      // the plan version's id
	metaTaxID     = "prosa_tax_id"
)

// EnsureCustomer implements subscription.Provider. A customer of the key is
// looked for by address, since the vendor forgets keys; its search by metadata
// would be a minute late.
func (a *Adapter) EnsureCustomer(ctx context.Context, key string, c subscription.Customer) (string, error) {
	known, err := a.findCustomer(ctx, key, c.Email)
	if err != nil {
		return "", trouble(err)
	}
	if known != "" {
		return known, trouble(a.updateCustomer(ctx, key, known, c))
	}
	var made *sdk.Customer
	create := func(withTax bool) error {
		params := customerParams(key, c, withTax)
		// Data that was mended is another call: the vendor refuses a key with other
		// parameters.
		return insist(key+":"+digest([]any{c, withTax}), func(key string) (err error) {
			params.Params = keyed(key)
			made, err = a.api.V1Customers.Create(ctx, params)
			return err
		})
	}
	err = create(true)
	// A CNPJ with letters is newer than many checks; that the vendor does not know
	// it must not keep anybody from paying, and our own records hold it.
	if isCode(err, sdk.ErrorCodeTaxIDInvalid) && strings.ContainsFunc(c.TaxID, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		err = create(false)
	}
	if err != nil {
		return "", trouble(err)
	}
	return made.ID, nil
}

// page is the first page of a list, of so many.
func page(most int64) sdk.ListParams {
	return sdk.ListParams{Limit: sdk.Int64(most), Single: true}
}

// findCustomer gives the customer that was made with the key, empty for none.
func (a *Adapter) findCustomer(ctx context.Context, key, email string) (string, error) {
	if email == "" {
		return "", nil
	}
	for one, err := range a.api.V1Customers.List(ctx, &sdk.CustomerListParams{ListParams: page(100), Email: sdk.String(email)}) {
		if err != nil {
			return "", err
		}
		if one.Metadata[metaKey] == key {
			return one.ID, nil
		}
	}
	return "", nil
}

func (a *Adapter) updateCustomer(ctx context.Context, key, customerID string, c subscription.Customer) error {
	return insist(key+":update:"+digest(c), func(key string) error {
		_, err := a.api.V1Customers.Update(ctx, customerID, &sdk.CustomerUpdateParams{
			Params: keyed(key), Name: sdk.String(c.Name), Phone: optional(c.Phone), Address: addressParams(c.Address), PreferredLocales: locales(c.Locale),
		})
		return err
	})
}

func customerParams(key string, c subscription.Customer, withTax bool) *sdk.CustomerCreateParams {
	params := &sdk.CustomerCreateParams{
		Name: sdk.String(c.Name), Email: sdk.String(c.Email), Phone: optional(c.Phone), Address: addressParams(c.Address),
		PreferredLocales: locales(c.Locale),
		Metadata:         map[string]string{metaKey: key, metaReference: c.Reference, metaTaxID: c.TaxID},
	}
	if kind, value := taxID(c.TaxID); withTax && kind != "" {
		params.TaxIDData = []*sdk.CustomerCreateTaxIDDataParams{{Type: sdk.String(kind), Value: sdk.String(value)}}
	}
	return params
}

// taxID gives a CPF or CNPJ as the vendor writes it. Source: "Customer tax IDs",
// br_cnpj and br_cpf.
func taxID(number string) (kind, value string) {
	switch len(number) {
	case 11:
		return "br_cpf", br.FormatCPF(number)
	case 14:
		return "br_cnpj", br.FormatCNPJ(number)
	}
	return "", ""
}

func addressParams(a subscription.Address) *sdk.AddressParams {
	if a == (subscription.Address{}) {
		return nil
	}
	return &sdk.AddressParams{
		Country: sdk.String("BR"), PostalCode: optional(a.ZIP), State: optional(a.State), City: optional(a.City),
		Line1: optional(joined(a.Street, a.Number)), Line2: optional(joined(a.Complement, a.District)),
	}
}

func joined(parts ...string) string {
	kept := parts[:0:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ", ")
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func locales(locale string) []*string { return []*string{sdk.String(pageLocale(locale))} }

// pageLocale is the language of the vendor's pages. Source: Checkout Sessions,
// "locale".
func pageLocale(locale string) string {
	if locale == "en" {
		return "en"
	}
	return "pt-BR"
}
