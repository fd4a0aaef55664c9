package stripe

import (
	"testing"
	"time"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

func TestStatesOfSubscriptions(t *testing.T) {
	for status, want := range map[sdk.SubscriptionStatus]subscription.RemoteState{
		"incomplete": subscription.RemotePending, "trialing": subscription.RemoteTrialing, "active": subscription.RemoteActive, "past_due": subscription.RemotePastDue,
		"unpaid": subscription.RemotePastDue, "paused": subscription.RemotePastDue, "canceled": subscription.RemoteEnded, "incomplete_expired": subscription.RemoteEnded,
		"one of tomorrow": subscription.RemotePastDue,
	} {
		if got := stateOf(status); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
	first := []*sdk.Invoice{{BillingReason: sdk.InvoiceBillingReasonSubscriptionCreate, Status: sdk.InvoiceStatusOpen}}
	for name, one := range map[string]struct {
		sub      *sdk.Subscription
		invoices []*sdk.Invoice
		want     subscription.RemoteState
	}{
		"active before anything was paid": {&sdk.Subscription{Status: sdk.SubscriptionStatusActive}, first, subscription.RemotePending},
		"active, the first one paid":      {&sdk.Subscription{Status: sdk.SubscriptionStatusActive}, []*sdk.Invoice{{BillingReason: "subscription_create", Status: "paid"}}, subscription.RemoteActive},
		"active, a later one open":        {&sdk.Subscription{Status: sdk.SubscriptionStatusActive}, append([]*sdk.Invoice{{Status: sdk.InvoiceStatusOpen}}, first...), subscription.RemoteActive},
		"trialing":                        {&sdk.Subscription{Status: sdk.SubscriptionStatusTrialing}, first, subscription.RemoteTrialing},
	} {
		if got := remoteOf(one.sub, one.invoices); got.State != one.want {
			t.Errorf("%s: %s, want %s", name, got.State, one.want)
		}
	}
	if got := remoteOf(&sdk.Subscription{CancelAt: 5}, nil); !got.EndsAtPeriod {
		t.Error("one that ends on a day is not seen to end")
	}
}

func TestStatesOfBills(t *testing.T) {
	failed := &sdk.Error{Code: "card_declined", DeclineCode: "lost_card"}
	code := &sdk.PaymentIntentNextAction{PixDisplayQRCode: &sdk.PaymentIntentNextActionPixDisplayQRCode{Data: "000201", ExpiresAt: 7, HostedInstructionsURL: "u"}}
	charged := func(refunded int64) *sdk.PaymentIntent {
		return &sdk.PaymentIntent{Status: "succeeded", LatestCharge: &sdk.Charge{AmountRefunded: refunded}}
	}
	for name, one := range map[string]struct {
		invoice sdk.Invoice
		intent  *sdk.PaymentIntent
		want    subscription.BillState
	}{
		"a draft":                        {sdk.Invoice{Status: "draft"}, nil, subscription.BillOpen},
		"open, nothing tried":            {sdk.Invoice{Status: "open"}, nil, subscription.BillOpen},
		"open, being confirmed":          {sdk.Invoice{Status: "open"}, &sdk.PaymentIntent{Status: "requires_confirmation"}, subscription.BillOpen},
		"open, under way":                {sdk.Invoice{Status: "open"}, &sdk.PaymentIntent{Status: "processing"}, subscription.BillPending},
		"open, a code is out":            {sdk.Invoice{Status: "open"}, &sdk.PaymentIntent{Status: "requires_action", NextAction: code}, subscription.BillPending},
		"open, the code of before":       {sdk.Invoice{Status: "open"}, &sdk.PaymentIntent{Status: "requires_payment_method", NextAction: code, LastPaymentError: failed}, subscription.BillFailed},
		"open, refused":                  {sdk.Invoice{Status: "open"}, &sdk.PaymentIntent{Status: "requires_payment_method", LastPaymentError: failed}, subscription.BillFailed},
		"paid":                           {sdk.Invoice{Status: "paid", AmountPaid: 100}, charged(0), subscription.BillPaid},
		"paid outside of the vendor":     {sdk.Invoice{Status: "paid", AmountPaid: 100}, nil, subscription.BillPaid},
		"paid, a part sent back":         {sdk.Invoice{Status: "paid", AmountPaid: 100}, charged(99), subscription.BillPaid},
		"paid and sent back":             {sdk.Invoice{Status: "paid", AmountPaid: 100}, charged(100), subscription.BillRefunded},
		"paid by credit":                 {sdk.Invoice{Status: "paid"}, nil, subscription.BillPaid},
		"void":                           {sdk.Invoice{Status: "void"}, charged(0), subscription.BillVoid},
		"given up":                       {sdk.Invoice{Status: "uncollectible"}, nil, subscription.BillFailed},
		"of a state that is not known":   {sdk.Invoice{Status: "dreaming"}, nil, subscription.BillOpen},
		"paid, though refused before it": {sdk.Invoice{Status: "paid", AmountPaid: 100}, &sdk.PaymentIntent{Status: "succeeded", LastPaymentError: failed, LatestCharge: &sdk.Charge{}}, subscription.BillPaid},
	} {
		if got := billOf(&one.invoice, one.intent); got.State != one.want {
			t.Errorf("%s: %s, want %s", name, got.State, one.want)
		}
	}
	bill := billOf(&sdk.Invoice{
		ID: "in_1", Status: "open", Total: 150, Currency: "brl", DueDate: 3, HostedInvoiceURL: "page", AttemptCount: 2,
		Lines: &sdk.InvoiceLineItemList{Data: []*sdk.InvoiceLineItem{{Period: &sdk.Period{Start: 1, End: 9}}, {Period: &sdk.Period{Start: 2, End: 4}}, {}}},
	}, &sdk.PaymentIntent{Status: "requires_action", NextAction: code, LastPaymentError: failed})
	want := subscription.Bill{
		BillID: "in_1", State: subscription.BillPending, Amount: 150, Currency: money.BRL, PeriodStartMS: 1000, PeriodEndMS: 9000, DueMS: 7000, Attempts: 2,
		Problem: "card_declined lost_card", URL: "u", PixCode: "000201",
	}
	if bill != want {
		t.Errorf("read as %+v, want %+v", bill, want)
	}
}

func TestThePaymentThatCounts(t *testing.T) {
	payment := func(id, status string, usual bool) *sdk.InvoicePayment {
		return &sdk.InvoicePayment{Status: status, IsDefault: usual, Payment: &sdk.InvoicePaymentPayment{PaymentIntent: &sdk.PaymentIntent{ID: id}}}
	}
	for want, list := range map[string][]*sdk.InvoicePayment{
		"pi_paid":    {payment("pi_usual", "open", true), payment("pi_paid", "paid", false)},
		"pi_usual":   {payment("pi_other", "canceled", false), payment("pi_usual", "open", true)},
		"pi_first":   {payment("pi_first", "open", false), payment("pi_second", "open", false)},
		"pi_the one": {{Status: "paid"}, {Status: "paid", Payment: &sdk.InvoicePaymentPayment{Charge: &sdk.Charge{}}}, payment("pi_the one", "open", false)},
		"":           nil,
	} {
		if got := intentOf(&sdk.Invoice{Payments: &sdk.InvoicePaymentList{Data: list}}); got != want {
			t.Errorf("%q counts, want %q", got, want)
		}
	}
	if got := intentOf(&sdk.Invoice{}); got != "" {
		t.Errorf("of an invoice without payments %q counts", got)
	}
}

func TestWhatACheckoutOffers(t *testing.T) {
	now := time.Unix(1760000000, 0)
	a := listener(t, now)
	for name, one := range map[string]struct {
		wish subscription.Checkout
		want []string
	}{
		"all":                    {subscription.Checkout{}, []string{card, pix, boleto}},
		"a choice":               {subscription.Checkout{Methods: []string{boleto}}, []string{boleto}},
		"what is not configured": {subscription.Checkout{Methods: []string{"cheque"}}, []string{card}},
		"a trial":                {subscription.Checkout{TrialDays: 7}, []string{card, boleto}},
		"a trial by Pix alone":   {subscription.Checkout{TrialDays: 7, Methods: []string{pix}}, []string{card}},
	} {
		got := a.methods(one.wish)
		if len(got) != len(one.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i := range got {
			if got[i] != one.want[i] {
				t.Errorf("%s: %v, want %v", name, got, one.want)
			}
		}
	}
	for left, want := range map[time.Duration][2]int64{
		-time.Hour: {0, pixSecondsLess}, time.Second: {1, pixSecondsLess}, 24 * time.Hour: {1, 86400}, 25 * time.Hour: {2, 90000}, 90 * 24 * time.Hour: {boletoDaysMost, pixSecondsMost},
	} {
		if got := lives(a.methodOptions(subscription.Checkout{DueMS: now.Add(left).UnixMilli()})); got != want {
			t.Errorf("with %v left vouchers live %v, want %v", left, got, want)
		}
	}
	if a.methodOptions(subscription.Checkout{}) != nil || lives(nil) != [2]int64{} {
		t.Error("without a due time something is said of it")
	}
}

func TestTaxNumbersAndAddresses(t *testing.T) {
	for number, want := range map[string][2]string{
		"52998224725": {"br_cpf", "529.982.247-25"}, "12ABC34501DE35": {"br_cnpj", "12.ABC.345/01DE-35"}, "11222333000181": {"br_cnpj", "11.222.333/0001-81"}, "": {}, "123": {},
	} {
		if kind, value := taxID(number); kind != want[0] || value != want[1] {
			t.Errorf("%s is %s %s", number, kind, value)
		}
	}
	full := addressParams(payer().Address)
	if *full.Line1 != "Rua Onze de Agosto, 100" || *full.Line2 != "Sala 2, Centro" || *full.Country != "BR" || *full.PostalCode != "13015904" {
		t.Errorf("address %v, %v", *full.Line1, *full.Line2)
	}
	if addressParams(subscription.Address{}) != nil || addressParams(subscription.Address{City: "X"}).Line2 != nil {
		t.Error("empty parts are sent")
	}
}
