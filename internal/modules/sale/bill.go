package sale

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"rsc.io/qr"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// maxQR bounds the picture of a Pix code, in bytes.
const maxQR = 1 << 20

// draw keeps the picture of a Pix code. It stands before the transaction that
// names it: the same code is the same file.
func (s *Service) draw(ctx context.Context, tenantID, code string) (*message.Media, error) {
	drawn, err := qr.Encode(code, qr.M)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the Pix code can't be drawn")
	}
	ref, err := s.blobs.Put(ctx, tenantID, bytes.NewReader(drawn.PNG()), maxQR)
	if err != nil {
		return nil, err
	}
	return &message.Media{MIME: "image/png", Name: "pix.png", Blob: ref.Hash, Size: ref.Size, SHA256: ref.Hash, State: "ready"}, nil
}

// billOf composes the bill of a payment, without its reference.
func (s *Service) billOf(o order.Order, p payment.Payment, account payment.Setting, qr *message.Media, v vocabulary) message.Content {
	bill := &message.Bill{
		Number: numberOf(o), Subtotal: o.Subtotal, Discount: o.Discount, Shipping: o.Freight, Total: o.Total, Currency: o.Currency, Link: p.Link,
		Page: s.links.Order(o.TenantID, o.ID), ExpiresMS: p.ExpiresMS, Copy: v.copyCode, Pay: v.pay, View: v.view,
	}
	for _, l := range o.Lines {
		line := message.BillLine{RetailerID: l.VariantID, Name: l.Name, Quantity: l.Quantity, Price: l.ListPrice, Sale: l.Price}
		if len(l.Options) > 0 {
			line.Name += " (" + strings.Join(l.Options, ", ") + ")"
		}
		if l.Price >= l.ListPrice {
			line.Price, line.Sale = l.Price, 0
		}
		bill.Lines = append(bill.Lines, line)
	}
	switch p.Choice.Method {
	case payment.Slip:
		bill.Boleto = p.Code
	case payment.Pix:
		if p.Code != "" {
			bill.Pix = &message.PixCode{Code: p.Code, Merchant: account.PixName, Key: account.PixKey, KeyType: keyType(account.PixKey)}
			bill.QR = qr
		}
	}
	if !p.Verified {
		bill.Footer = v.footer
	}
	text := fmt.Sprintf(v.bill, bill.Number, reais(o.Total))
	if p.Amount != o.Total {
		text = fmt.Sprintf(v.billPart, bill.Number, reais(p.Amount))
	}
	return message.Content{Kind: message.Invoice, Text: text, Bill: bill}
}

// keyType names what a Pix key is, in the words of WhatsApp's order_details.
func keyType(key string) string {
	switch {
	case key == "":
		return ""
	case strings.Contains(key, "@"):
		return "EMAIL"
	case strings.HasPrefix(key, "+"):
		return "PHONE"
	case len(key) == 36:
		return "EVP"
	}
	if _, ok := br.CPF(key); ok {
		return "CPF"
	}
	return "CNPJ"
}
