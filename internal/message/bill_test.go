package message

import (
	"errors"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

func aBill(change func(*Bill)) *Bill {
	b := &Bill{
		Reference: "1023-1", Number: "1023", Currency: money.BRL, Native: true,
		Lines:    []BillLine{{Name: "Camiseta", Quantity: 2, Price: 5990, Sale: 4990}, {Name: "Boné", Quantity: 1, Price: 3000}},
		Subtotal: 12980, Discount: 1000, Shipping: 1200, Tax: 10, Total: 13190,
	}
	change(b)
	return b
}

func TestBillsThatDoNotAddUpAreRefused(t *testing.T) {
	if err := aBill(func(*Bill) {}).Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reason string
		change func(*Bill)
	}{
		{"bill_sum", func(b *Bill) { b.Total++ }},
		{"bill_sum", func(b *Bill) { b.Subtotal++; b.Total++ }},
		{"bill_sum", func(b *Bill) { b.Shipping = -1; b.Total = b.Sum() }},
		{"bill_sum", func(b *Bill) { b.Discount = 20000; b.Total = b.Sum() }},
		{"bill_sum", func(b *Bill) { b.Lines[0].Quantity = 1 << 60 }},
		{"bill_lines", func(b *Bill) { b.Lines = nil }},
		{"bill_lines", func(b *Bill) { b.Lines[0].Quantity = 0 }},
		{"bill_lines", func(b *Bill) { b.Lines[0].Sale = b.Lines[0].Price }},
		{"bill_reference", func(b *Bill) { b.Reference = "" }},
		{"bill_reference", func(b *Bill) { b.Reference = strings.Repeat("a", 36) }},
		{"bill_reference", func(b *Bill) { b.Reference = "pedido 1" }},
	} {
		err := aBill(c.change).Check()
		var failure *fault.Error
		if !errors.As(err, &failure) || failure.Reason != c.reason {
			t.Errorf("want %s, got %v", c.reason, err)
		}
	}
	if err := aBill(func(b *Bill) { b.Native, b.Reference = false, "" }).Check(); err != nil {
		t.Errorf("a bill in words needs no reference: %v", err)
	}
}

func TestABillInWords(t *testing.T) {
	want := "Falta pagar\n\nPedido #1023\n2 x Camiseta: R$ 99,80\n1 x Boné: R$ 30,00\n\nSubtotal: R$ 129,80\nDesconto: -R$ 10,00\nEntrega: R$ 12,00\nImpostos: R$ 0,10\nTotal: R$ 131,90\n\nLoja Aurora"
	if got := aBill(func(b *Bill) { b.Footer = "Loja Aurora" }).Written("Falta pagar", "pt-BR"); got != want {
		t.Errorf("%q", got)
	}
	plain := &Bill{Lines: []BillLine{{Name: "Cap", Quantity: 1, Price: 3000}}, Subtotal: 3000, Total: 3000, Currency: money.USD}
	if got := plain.Written("", "en"); got != "Order\n1 x Cap: US$ 30.00\n\nTotal: US$ 30.00" {
		t.Errorf("%q", got)
	}
	if b := (Bill{Pay: "Pagar já"}).Worded("en"); b.Pay != "Pagar já" || b.Copy != "Copy Pix code" || b.View != "See order" {
		t.Errorf("%+v", b)
	}
}

func TestNewsInWords(t *testing.T) {
	p := &Progress{Number: "7", Step: StepShipped, Note: "Com o João"}
	if got := p.Written("", "pt-BR"); got != "Pedido #7: enviado\n\nCom o João" {
		t.Errorf("%q", got)
	}
	if got := p.Written("Saiu!", "en"); got != "Saiu!\n\nCom o João" || p.Viewed("en") != "See order" {
		t.Errorf("%q", got)
	}
	for _, step := range []OrderStep{StepPending, StepProcessing, StepPartShip, StepShipped, StepCompleted, StepCanceled} {
		for _, language := range []string{"pt-BR", "en"} {
			if shopWordsOf(language).steps[step] == "" {
				t.Errorf("no words for %s in %s", step, language)
			}
		}
	}
}
