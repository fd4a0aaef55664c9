package mercadopago

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mercadopago/sdk-go/pkg/order"

	"prosa/internal/base/br"
	"prosa/internal/base/money"
	"prosa/internal/modules/payment"
)

// How long an order may be payable. Source: Orders API, "expiration_time". What
// our hold on the stock has less than the least is taken back by Cancel.
const (
	pixLeast  = 30 * time.Minute
	pixMost   = 30 * 24 * time.Hour
	slipLeast = 24 * time.Hour
)

const reais = "BRL"

// createOrder asks for a Pix or boleto. The request is a function of the payment
// as it is stored, so that a repetition is the same.
func (a *Adapter) createOrder(ctx context.Context, account payment.Account, in payment.Asked) (payment.Answered, error) {
	request, err := orderRequest(account, in)
	if err != nil {
		return payment.Answered{}, err
	}
	client, err := a.orders(account, in.PaymentID)
	if err != nil {
		return payment.Answered{}, err
	}
	made, err := client.Create(ctx, request)
	if err != nil {
		return payment.Answered{}, classify(err)
	}
	if made == nil || !isOrder(made.ID) || !wellFormed(made.ID) || len(made.Transactions.Payments) == 0 {
		return payment.Answered{}, unreadable()
	}
	how := made.Transactions.Payments[0].PaymentMethod
	answer := payment.Answered{ExternalID: made.ID, Code: how.QrCode, Link: how.TicketURL}
	if in.Method == payment.Slip {
		answer.Code = how.DigitableLine
	}
	return answer, nil
}

func orderRequest(account payment.Account, in payment.Asked) (order.Request, error) {
	part := order.PaymentRequest{Amount: in.Amount.Decimal()}
	payer := &order.PayerRequest{Email: account.PayerEmail}
	life := time.Duration(in.ExpiresMS-in.CreatedMS) * time.Millisecond
	switch in.Method {
	case payment.Pix:
		part.PaymentMethod = &order.PaymentMethodRequest{ID: "pix", Type: "bank_transfer"}
		if in.ExpiresMS > 0 {
			life = min(max(life, pixLeast), pixMost)
			part.ExpirationTime = fmt.Sprintf("PT%dM", (life+time.Minute-1)/time.Minute)
		}
	case payment.Slip:
		part.PaymentMethod = &order.PaymentMethodRequest{ID: "boleto", Type: "ticket"}
		if in.ExpiresMS > 0 {
			life = min(max(life, slipLeast), pixMost)
			part.ExpirationTime = fmt.Sprintf("P%dD", (life+slipLeast-1)/slipLeast)
		}
		if err := named(payer, in.Bill); err != nil {
			return order.Request{}, err
		}
	default:
		return order.Request{}, refuse("Mercado Pago has no method %s here", in.Method)
	}
	return order.Request{
		Type: "online", ProcessingMode: "automatic", Currency: reais,
		TotalAmount: in.Amount.Decimal(), ExternalReference: in.PaymentID, Description: title(in.Bill),
		Payer: payer, Transactions: &order.TransactionRequest{Payments: []order.PaymentRequest{part}},
	}, nil
}

func title(bill payment.Bill) string { return strings.TrimSpace("Pedido " + bill.Number) }

// named says who pays, which banks want to know for a boleto.
func named(payer *order.PayerRequest, bill payment.Bill) error {
	first, last, _ := strings.Cut(strings.TrimSpace(bill.Name), " ")
	last = strings.TrimSpace(last)
	kind, digits := "", ""
	if number, ok := br.CPF(bill.TaxID); ok {
		kind, digits = "CPF", number
	} else if number, ok := br.CNPJ(bill.TaxID); ok {
		kind, digits = "CNPJ", number
	}
	if first == "" || digits == "" {
		return refuse("a boleto needs the name and the CPF or CNPJ of who pays")
	}
	if last == "" {
		last = first // a company of one word, or who gave one name
	}
	payer.FirstName, payer.LastName = first, last
	payer.Identification = &order.IdentificationRequest{Type: kind, Number: digits}
	if bill.CEP != "" {
		payer.Address = &order.PayerAddressRequest{ZipCode: bill.CEP, StreetName: bill.Street, Neighborhood: bill.Neighbourhood, City: bill.City}
	}
	return nil
}

func (a *Adapter) getOrder(ctx context.Context, account payment.Account, orderID string) (*order.Response, error) {
	client, err := a.orders(account, "")
	if err != nil {
		return nil, err
	}
	found, err := client.Get(ctx, orderID)
	if err != nil {
		return nil, classify(err)
	}
	if found == nil || found.ID == "" {
		return nil, unreadable()
	}
	return found, nil
}

// cancelOrder closes an order that nobody has paid; 409 says that it is over or
// paid.
func (a *Adapter) cancelOrder(ctx context.Context, account payment.Account, orderID string) error {
	client, err := a.orders(account, orderID+"-cancel")
	if err != nil {
		return err
	}
	_, err = client.Cancel(ctx, orderID)
	if statusOf(err) == http.StatusConflict {
		return nil
	}
	return classify(err)
}

// refundOrder sends back a part of an order, or all of it.
func (a *Adapter) refundOrder(ctx context.Context, account payment.Account, in payment.Returned) (payment.Fact, error) {
	found, err := a.getOrder(ctx, account, in.ExternalID)
	if err != nil {
		return payment.Fact{}, err
	}
	if len(found.Transactions.Payments) == 0 {
		return payment.Fact{}, unreadable()
	}
	client, err := a.orders(account, in.RefundID)
	if err != nil {
		return payment.Fact{}, err
	}
	// Always by amount, also for the whole: the same body whatever went back before.
	after, err := client.Refund(ctx, in.ExternalID, &order.RefundRequest{Transactions: []order.RefundTransaction{
		{ID: found.Transactions.Payments[0].ID, Amount: in.Amount.Decimal()},
	}})
	if err != nil {
		return payment.Fact{}, classify(err)
	}
	if after == nil {
		return payment.Fact{}, unreadable()
	}
	// The newest of this amount is the one that was just made.
	for i := len(after.Transactions.Refunds) - 1; i >= 0; i-- {
		refund := after.Transactions.Refunds[i]
		if amount, err := money.ParseDecimal(refund.Amount); err == nil && amount == in.Amount && refund.ID != "" {
			if failed(refund.Status) {
				return payment.Fact{}, refuse("Mercado Pago could not send the refund (%s)", refund.Status)
			}
			return payment.Fact{Key: refund.ID, Kind: payment.WasRefunded, Amount: amount, AtMS: moment(after.LastUpdatedDate)}, nil
		}
	}
	return payment.Fact{}, unreadable()
}

func failed(status string) bool {
	return status == "failed" || status == "rejected" || status == "canceled" || status == "cancelled"
}

// orderFacts reads what happened to an order. Its words are those of "Order
// status"; one that is not known here says that nothing has happened yet.
func orderFacts(found *order.Response) ([]payment.Fact, error) {
	atMS := moment(found.LastUpdatedDate)
	var facts []payment.Fact
	paid, back := money.Amount(0), money.Amount(0)
	for _, part := range found.Transactions.Payments {
		text := part.PaidAmount
		if text == "" && hasPaid(part.Status) {
			text = part.Amount
		}
		if text == "" || !hasPaid(part.Status) {
			continue
		}
		amount, err := money.ParseDecimal(text)
		if err != nil {
			return nil, unreadable()
		}
		if amount > 0 {
			paid += amount
			facts = append(facts, payment.Fact{Key: part.ID, Kind: payment.WasPaid, Amount: amount, AtMS: atMS})
		}
	}
	for _, refund := range found.Transactions.Refunds {
		amount, err := money.ParseDecimal(refund.Amount)
		if err != nil || refund.ID == "" {
			return nil, unreadable()
		}
		if amount > 0 && !failed(refund.Status) {
			back += amount
			facts = append(facts, payment.Fact{Key: refund.ID, Kind: payment.WasRefunded, Amount: amount, AtMS: atMS})
		}
	}
	switch {
	case found.Status == "charged_back" && paid > back:
		facts = append(facts, payment.Fact{Key: found.ID + "/charged_back", Kind: payment.WasChargedBack, Amount: paid - back, AtMS: atMS})
	case paid > 0:
	case found.Status == "expired":
		facts = append(facts, payment.Fact{Key: found.ID + "/expired", Kind: payment.WasExpired, AtMS: atMS})
	case found.Status == "canceled" || found.Status == "cancelled":
		facts = append(facts, payment.Fact{Key: found.ID + "/canceled", Kind: payment.WasCanceled, AtMS: atMS})
	case found.Status == "failed":
		facts = append(facts, payment.Fact{Key: found.ID + "/failed", Kind: payment.WasFailed, AtMS: atMS, Note: found.StatusDetail})
	}
	return facts, nil
}

// hasPaid reports whether money came for a transaction, whatever became of it.
func hasPaid(status string) bool {
	return status == "processed" || status == "refunded" || status == "charged_back" || status == "partially_refunded"
}

// moment reads a time of the vendor, 0 for none.
func moment(text string) int64 {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0
	}
	return at.UnixMilli()
}
