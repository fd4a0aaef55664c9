package subscription

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

func TestARefundTakesTwoPeople(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		tenantID, _ := b.begins("Padaria")
		invoice := b.invoices(tenantID)[0]
		if _, err := b.RequestRefund(ctx, tenantID, invoice.ID, 0, "no", olga); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		_, err := b.RequestRefund(ctx, tenantID, invoice.ID, 10_001, "they paid twice", olga)
		refused(t, err, "nothing_to_refund")
		w, err := b.RequestRefund(ctx, tenantID, invoice.ID, 4_000, "they paid twice", olga)
		if err != nil || w.State != WishRequested {
			t.Fatal(w, err)
		}
		_, err = b.RequestRefund(ctx, tenantID, invoice.ID, 6_001, "and once more", otto)
		refused(t, err, "nothing_to_refund")
		_, err = b.DecideRefund(ctx, tenantID, w.ID, true, olga)
		refused(t, err, "second_person")
		if len(b.psp.effects) != 0 {
			t.Fatal("money went back without a second person")
		}
		b.psp.lose = true // the money goes back, the answer is lost
		if w, err = b.DecideRefund(ctx, tenantID, w.ID, true, otto); err != nil || w.State != WishAsking {
			t.Fatal(w, err)
		}
		b.psp.lose = false
		b.days(1)
		b.sweep()
		b.sweep()
		if got := b.invoices(tenantID)[0]; got.Refunded != 4_000 || got.State != BillPaid || len(b.psp.effects) != 1 {
			t.Errorf("%+v, %v", got, b.psp.effects)
		}
		_, err = b.DecideRefund(ctx, tenantID, w.ID, true, otto)
		refused(t, err, "refund_decided")
		rest, err := b.RequestRefund(ctx, tenantID, invoice.ID, 0, "the rest of it", olga)
		if err != nil || rest.Amount != 6_000 {
			t.Fatal(rest, err)
		}
		// Who asked may take it back alone.
		if rest, err = b.DecideRefund(ctx, tenantID, rest.ID, false, olga); err != nil || rest.State != WishDropped {
			t.Fatal(rest, err)
		}
	})
}

func TestTheExportIsACompleteFiscalRecord(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, _ := b.begins("Padaria")
	wicked := payer
	wicked.LegalName, wicked.StateRegistration, wicked.ISSWithheld, wicked.ZIP, wicked.CityCode = `=HYPERLINK("x";"y")`, "ISENTO", true, "01310-100", "3550308"
	if _, err := b.SetPayer(ctx, tenantID, wicked, admin); err != nil {
		t.Fatal(err)
	}
	b.days(31)
	b.psp.renews(b.of(tenantID).ExternalID, BillPaid)
	b.sweep()
	list := b.invoices(tenantID)
	if list[0].Payer.LegalName != wicked.LegalName || list[1].Payer.LegalName != payer.LegalName {
		t.Error("an invoice keeps the payer that it was made out to")
	}
	if _, err := b.SetNFSe(ctx, tenantID, list[0].ID, "2026/42", olga); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Export(ctx, tenantID, &out); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	if !marked {
		t.Error("spreadsheets want the mark")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v %v", rows, err)
	}
	cells := map[string]string{}
	for i, name := range rows[0] {
		cells[name] = rows[2][i]
	}
	for name, want := range map[string]string{
		"numero": "2026-000002", "valor": "100,00", "pago": "100,00", "moeda": "BRL", "nome": `'=HYPERLINK("x";"y")`, "cpf_cnpj": "12ABC34501DE35", "iss_retido": "sim", "cep": "01310100",
		"codigo_ibge": "3550308", "nfse": "2026/42", "inscricao_estadual": "ISENTO", "situacao": "paid", "emissao": "2026-04-01",
	} {
		if cells[name] != want {
			t.Errorf("%s is %q, want %q", name, cells[name], want)
		}
	}
}

func TestPayersAreChecked(t *testing.T) {
	for field, spoil := range map[string]func(*Payer){
		"kind": func(p *Payer) { p.Kind = "" }, "tax_id": func(p *Payer) { p.TaxID = "12ABC34501DE36" }, "legal_name": func(p *Payer) { p.LegalName = " " },
		"email": func(p *Payer) { p.Email = "x" }, "zip": func(p *Payer) { p.ZIP = "123" }, "street": func(p *Payer) { p.Street = "a\nb" }, "city": func(p *Payer) { p.City = strings.Repeat("x", 200) },
	} {
		bad := payer
		spoil(&bad)
		if _, err := bad.tidy(); err == nil {
			t.Errorf("%s passes", field)
		} else if f, ok := err.(*fault.Error); !ok || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	person := Payer{Kind: "person", LegalName: "Ana", TaxID: "529.982.247-25", Email: "ana@example.com"}
	if got, err := person.tidy(); err != nil || got.TaxID != "52998224725" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestPayingAndChangingTheWayToPay(t *testing.T) {
	b := open(t, "sqlite")
	tenantID, externalID := b.begins("Padaria")
	_, err := b.Pay(ctx, tenantID)
	refused(t, err, "nothing_due")
	b.days(31)
	b.psp.renews(externalID, BillFailed)
	way, err := b.Pay(ctx, tenantID) // the vendor is read before
	if err != nil || way.URL == "" || way.Invoice.State != BillFailed {
		t.Fatalf("%+v %v", way, err)
	}
	url, err := b.MethodPage(ctx, tenantID)
	if err != nil || !strings.Contains(url, "https://prosa.example.com/billing") {
		t.Errorf("%q %v", url, err)
	}
	billing, err := b.Billing(ctx, tenantID)
	if err != nil || len(billing.Steps) != 6 || !billing.Steps[0].Taken || billing.Steps[1].Taken || len(billing.Due) != 1 || !billing.MethodPage {
		t.Errorf("%+v %v", billing, err)
	}
	none, err := b.Billing(ctx, b.company("Sem plano"))
	if err != nil || none.Subscription != nil || len(none.Offers) != 2 {
		t.Errorf("%+v %v", none, err)
	}
}
