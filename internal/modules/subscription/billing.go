package subscription

import (
	"context"
	"encoding/csv"
	"io"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Billing is all that a company sees of its plan.
type Billing struct {
	Subscription *Subscription  `json:"subscription,omitempty" doc:"Absent for a company without a plan."`
	Plan         *plan.Version  `json:"plan,omitempty"`
	Offers       []plan.Version `json:"offers" doc:"The plans that can be taken now."`
	Payer        Payer          `json:"payer"`
	Wishes       []Wish         `json:"wishes" doc:"What is under way: a change, a page to pay on, a refund."`
	Due          []Invoice      `json:"due" doc:"Invoices that await money, the oldest first."`
	Vendors      []string       `json:"vendors" doc:"Who takes payments by a page."`
	MethodPage   bool           `json:"method_page" doc:"The way to pay can be changed at the vendor."`
	Steps        []Step         `json:"steps" doc:"What follows while a payment is missing, with its time."`
	ReturnMS     int64          `json:"return_ms" doc:"Until when an ended subscription can be taken up again, 0 while it runs."`
}

// Step is a rung of the ladder with its time.
type Step struct {
	Name  string `json:"name" enum:"retry,reminder,warning,read_only,suspended,deletion_notice"`
	AtMS  int64  `json:"at_ms"`
	Taken bool   `json:"taken"`
}

// Billing tells what a company's plan is and costs. Error: fault.NotFound for an
// unknown company.
func (s *Service) Billing(ctx context.Context, tenantID string) (b Billing, err error) {
	b = Billing{Vendors: s.Vendors(), Offers: []plan.Version{}, Steps: []Step{}}
	var company tenancy.Company
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if company, err = tenancy.Load(ctx, tx, tenantID); err != nil {
			return err
		}
		if b.Payer, err = loadPayer(ctx, tx, tenantID); err != nil {
			return err
		}
		if b.Wishes, err = openWishes(ctx, tx, tenantID); err != nil {
			return err
		}
		b.Due = []Invoice{}
		sub, err := loadSubscription(ctx, tx, tenantID, "")
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		b.Subscription = &sub
		version, err := s.plans.VersionIn(ctx, tx, sub.VersionID)
		if err != nil {
			return err
		}
		b.Plan = &version
		invoices, err := billed(ctx, tx, sub)
		for _, i := range invoices {
			if i.Payable() {
				b.Due = append(b.Due, i)
			}
		}
		b.follow(sub, s.cfg.ReturnAfter, tx.Now())
		return err
	})
	if err != nil {
		return b, err
	}
	if b.Subscription != nil {
		_, known := s.providers[b.Subscription.Provider]
		b.MethodPage = known && b.Subscription.Provider != ManualProvider && b.Subscription.runs()
	}
	offers, err := s.plans.Public(ctx, company.Line)
	b.Offers = append(b.Offers, offers...)
	return b, err
}

func (b *Billing) follow(sub Subscription, within time.Duration, nowMS int64) {
	if sub.State == Ended {
		b.ReturnMS = sub.EndedMS + within.Milliseconds()
		return
	}
	if sub.OverdueMS == 0 {
		return
	}
	for _, r := range ladder() {
		at := sub.OverdueMS + r.days*day
		b.Steps = append(b.Steps, Step{Name: r.name, AtMS: at, Taken: at <= nowMS})
	}
}

// Invoices gives a company's, newest first. Error: fault.Invalid for a cursor
// that is not ours.
func (s *Service) Invoices(ctx context.Context, tenantID, cursor string, limit int) (list page.List[Invoice], err error) {
	before := "z" // behind any number
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list.Items, err = listInvoices(ctx, tx, tenantID, before, size+1)
		return err
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].Number)
	}
	return list, err
}

const exportMax = 10_000 // invoices of one company in one file

// Export writes a company's invoices, oldest first, as the fiscal record that a
// bookkeeper needs: UTF-8 with a mark, as spreadsheets in Brazil want it, and
// semicolons.
func (s *Service) Export(ctx context.Context, tenantID string, w io.Writer) error {
	var list []Invoice
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		list, err = collectInvoices(tx.Query(ctx, `SELECT `+invoiceColumns+` FROM invoice WHERE tenant_id = $1 ORDER BY number LIMIT $2`, tenantID, exportMax))
		return err
	})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	out.UseCRLF = true
	header := []string{"numero", "emissao", "vencimento", "pagamento", "situacao", "moeda", "valor", "pago", "devolvido", "inicio", "fim", "nome", "cpf_cnpj", "inscricao_estadual",
		"inscricao_municipal", "regime", "iss_retido", "email", "cep", "logradouro", "numero_endereco", "complemento", "bairro", "municipio", "codigo_ibge", "uf", "nfse", "referencia"}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, i := range list {
		if err := out.Write(i.record()); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// record is an invoice as a line of the export.
func (i Invoice) record() []string {
	p := i.Payer
	withheld := "nao"
	if p.ISSWithheld {
		withheld = "sim"
	}
	line := []string{
		i.Number, bookDay(i.IssuedMS), bookDay(i.DueMS), bookDay(i.PaidMS), string(i.State), string(i.Currency), comma(i.Amount.Decimal()), comma(i.Paid.Decimal()), comma(i.Refunded.Decimal()),
		bookDay(i.PeriodStartMS), bookDay(i.PeriodEndMS), p.LegalName, p.TaxID, p.StateRegistration, p.MunicipalRegistration, p.Regime, withheld, p.Email, p.ZIP, p.Street, p.Number,
		p.Complement, p.District, p.City, p.CityCode, p.State, i.NFSeNumber, i.Provider + ":" + i.BillID,
	}
	for n, cell := range line {
		line[n] = inert(cell)
	}
	return line
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func comma(decimal string) string { return strings.Replace(decimal, ".", ",", 1) }

// bookDay spells a day as the seller's books have it, empty for none.
func bookDay(ms int64) string {
	if ms == 0 {
		return ""
	}
	return clock.FromMS(ms).In(zoneOf(homeZone)).Format(time.DateOnly)
}

// SetNFSe notes the number of the fiscal document of an invoice, entered by hand;
// empty takes it back. Errors: fault.NotFound, fault.Invalid.
func (s *Service) SetNFSe(ctx context.Context, tenantID, invoiceID, number string, by By) (invoice Invoice, err error) {
	number = strings.TrimSpace(number)
	if len(number) > 50 || database.Text(number) != nil || clean(number) != number {
		return invoice, fault.OnField("nfse_number", "at most 50 characters")
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		// The subscription's row is taken first by all who write invoices.
		if _, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate()); err != nil {
			return err
		}
		if invoice, err = loadInvoice(ctx, tx, tenantID, invoiceID); err != nil {
			return err
		}
		invoice.NFSeNumber, invoice.NFSeMS = number, tx.Now()
		if number == "" {
			invoice.NFSeMS = 0
		}
		if err := saveInvoice(ctx, tx, invoice); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "invoice.nfse_entered", invoiceID, map[string]string{"number": invoice.Number, "nfse": number})
	})
	return invoice, err
}

// PayWay is how the oldest missing payment can be made.
type PayWay struct {
	Invoice Invoice `json:"invoice"`
	URL     string  `json:"url" doc:"Of the vendor's page, empty when there is none."`
}

// Pay tells how to pay what is missing; the vendor is asked before, since codes
// run out. Errors: fault.NotFound; fault.Refused with reason nothing_due;
// fault.Unavailable.
func (s *Service) Pay(ctx context.Context, tenantID string) (way PayWay, err error) {
	sub, err := s.Of(ctx, tenantID)
	if err != nil {
		return way, err
	}
	if sub.runs() {
		if err := s.Look(ctx, tenantID); err != nil {
			return way, outside(err)
		}
	}
	b, err := s.Billing(ctx, tenantID)
	if err != nil {
		return way, err
	}
	if len(b.Due) == 0 {
		return way, fault.Refuse("nothing_due", "no payment is missing")
	}
	return PayWay{Invoice: b.Due[0], URL: b.Due[0].URL}, nil
}

// MethodPage opens the vendor's page on which the way to pay is changed. Errors:
// fault.NotFound; fault.Refused with reason no_method_page; fault.Unavailable.
func (s *Service) MethodPage(ctx context.Context, tenantID string) (url string, err error) {
	sub, err := s.Of(ctx, tenantID)
	if err != nil {
		return "", err
	}
	if sub.runs() {
		provider, err := s.provider(sub.Provider)
		if err != nil {
			return "", err
		}
		if url, err = provider.MethodPage(ctx, sub.CustomerID, s.page()); err != nil {
			return "", outside(err)
		}
	}
	if url == "" {
		return "", fault.Refuse("no_method_page", "the way to pay is not changed on a page")
	}
	return url, nil
}

// Wishes tells what was asked of vendors for a company, newest first, at most
// a hundred; for operators.
func (s *Service) Wishes(ctx context.Context, tenantID string) (list []Wish, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err = collectWishes(tx.Query(ctx, `SELECT `+wishColumns+` FROM wish WHERE tenant_id = $1 ORDER BY id DESC LIMIT 100`, tenantID))
		return err
	})
	return list, err
}
