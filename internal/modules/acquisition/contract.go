package acquisition

import (
	"context"
	"fmt"
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/pdf"
	"prosa/internal/base/secret"
	"prosa/internal/modules/plan"
	"prosa/internal/platform/database"
)

// Contract gives the accepted terms with the company's data as a PDF, in the
// language in which they were accepted. Errors: fault.NotFound with reason
// no_journey; fault.Refused with reason terms_missing before they were accepted.
func (s *Service) Contract(ctx context.Context, token secret.Text) (file []byte, name string, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		a, _, err := opened(ctx, tx, token, cookieToken, "")
		if err != nil {
			return err
		}
		if a.Terms.AtMS == 0 {
			return fault.Refuse("terms_missing", "the terms were not accepted yet")
		}
		version, err := s.plans.VersionIn(ctx, tx, a.VersionID)
		if err != nil {
			return err
		}
		f := facts{}
		if f.attempts, err = attempts(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := s.price(ctx, tx, a, &f); err != nil {
			return err
		}
		file, err = a.contract(version, f.quote)
		name = or(a.ContractNo, "contrato") + ".pdf"
		return err
	})
	return file, name, err
}

// contract writes the document.
func (a Acquisition) contract(version plan.Version, quote *Quote) ([]byte, error) {
	terms, err := CurrentTerms(a.Terms.Locale)
	if err != nil {
		return nil, err
	}
	if terms.Hash != a.Terms.Hash {
		return nil, fault.Refuse("terms_changed", "the text that was accepted is not in this version of the program")
	}
	say := func(pt, en string) string {
		if a.Terms.Locale == "en" {
			return en
		}
		return pt
	}
	var d pdf.Document
	d.Markdown(terms.Markdown)
	d.Add(pdf.Heading, say("Cliente", "Customer"))
	c := a.Company
	number := br.FormatCNPJ(a.taxID)
	if c.Kind == kindPerson {
		number = br.FormatCPF(a.taxID)
	}
	d.Add(pdf.Body, fmt.Sprintf("%s, %s %s", a.billed(), map[string]string{kindCompany: "CNPJ", kindPerson: "CPF"}[c.Kind], number))
	d.Add(pdf.Body, fmt.Sprintf("%s, %s, %s, %s/%s, CEP %s", c.Street, strings.TrimSpace(c.Number+" "+c.Complement), c.District, c.City, c.State, br.FormatCEP(c.ZIP)))
	d.Add(pdf.Body, fmt.Sprintf("%s, %s", a.Person.Name, a.Email))
	d.Add(pdf.Heading, say("Plano", "Plan"))
	d.Add(pdf.Body, fmt.Sprintf(say("%s, versão %d (%s)", "%s, version %d (%s)"), version.Name.In(a.Terms.Locale), version.Number, version.ID))
	if quote != nil {
		period := map[string]string{"month": say("por mês", "a month"), "year": say("por ano", "a year")}[string(a.Interval)]
		d.Add(pdf.Body, quote.Price.Text(quote.Currency)+" "+period)
		if quote.Discount > 0 {
			d.Add(pdf.Body, fmt.Sprintf(say("Desconto de %s por período (%s)", "Discount of %s a period (%s)"), quote.Discount.Text(quote.Currency), quote.Coupon))
		}
		if quote.TrialDays > 0 {
			d.Add(pdf.Body, fmt.Sprintf(say("Teste de %d dias", "Trial of %d days"), quote.TrialDays))
		}
	}
	d.Add(pdf.Heading, say("Aceite", "Acceptance"))
	if a.ContractNo != "" {
		d.Add(pdf.Body, say("Contrato ", "Contract ")+a.ContractNo)
	}
	d.Add(pdf.Small, fmt.Sprintf(say("Aceito eletronicamente em %s, a partir do endereço %s.", "Accepted electronically on %s, from the address %s."),
		clock.FromMS(a.Terms.AtMS).In(houseZone()).Format("02/01/2006 15:04:05 (-07)"), a.Terms.IP))
	d.Add(pdf.Small, say("Versão dos termos ", "Version of the terms ")+a.Terms.Version+", SHA-256 "+a.Terms.Hash)
	return d.Bytes(), nil
}
