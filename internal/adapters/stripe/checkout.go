package stripe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// Bounds of the vendor. Source: Checkout Sessions, "payment_method_options".
const (
	boletoDaysMost = 60
	pixSecondsLess = 10
	pixSecondsMost = 14 * 24 * 60 * 60
	dayMS          = 24 * 60 * 60 * 1000
)

// StartCheckout implements subscription.Provider. The one that the key made is
// looked for first: until when its vouchers may be paid is told from now, so that
// a later call would be another one to the vendor.
func (a *Adapter) StartCheckout(ctx context.Context, key string, c subscription.Checkout) (subscription.Started, error) {
	known, err := a.findCheckout(ctx, key, c.CustomerID)
	if err != nil {
		return subscription.Started{}, trouble(err)
	}
	if known != nil {
		return startedOf(known), nil
	}
	product, err := a.ensureProduct(ctx, c.PlanRef, c.Plan)
	if err != nil {
		return subscription.Started{}, trouble(err)
	}
	params := a.sessionParams(c, product)
	params.Metadata[metaKey] = key
	if c.Discount > 0 {
		coupon, err := a.ensureCoupon(ctx, c)
		if err != nil {
			return subscription.Started{}, trouble(err)
		}
		params.Discounts = []*sdk.CheckoutSessionCreateDiscountParams{{Coupon: sdk.String(coupon)}}
	}
	var made *sdk.CheckoutSession
	err = insist(key+":"+digest([]any{c, lives(params.PaymentMethodOptions)}), func(key string) (err error) {
		params.Params = keyed(key)
		made, err = a.api.V1CheckoutSessions.Create(ctx, params)
		return err
	})
	if err != nil {
		return subscription.Started{}, trouble(err)
	}
	return startedOf(made), nil
}

func startedOf(session *sdk.CheckoutSession) subscription.Started {
	return subscription.Started{CheckoutID: session.ID, URL: session.URL, ExpiresMS: session.ExpiresAt * 1000}
}

// findCheckout gives the checkout that was made with the key, nil for none.
func (a *Adapter) findCheckout(ctx context.Context, key, customerID string) (*sdk.CheckoutSession, error) {
	for one, err := range a.api.V1CheckoutSessions.List(ctx, &sdk.CheckoutSessionListParams{ListParams: page(100), Customer: sdk.String(customerID)}) {
		if err != nil {
			return nil, err
		}
		if one.Metadata[metaKey] == key {
			return one, nil
		}
	}
	return nil, nil
}

func (a *Adapter) sessionParams(c subscription.Checkout, product string) *sdk.CheckoutSessionCreateParams {
	about := func() map[string]string { return map[string]string{metaReference: c.Reference, metaPlan: c.PlanRef} }
	params := &sdk.CheckoutSessionCreateParams{
		Mode:                    sdk.String(sdk.CheckoutSessionModeSubscription),
		Customer:                sdk.String(c.CustomerID),
		ClientReferenceID:       sdk.String(c.Reference),
		Metadata:                about(),
		Locale:                  sdk.String(pageLocale(c.Locale)),
		SuccessURL:              sdk.String(c.SuccessURL),
		CancelURL:               sdk.String(c.CancelURL),
		PaymentMethodCollection: sdk.String(sdk.CheckoutSessionPaymentMethodCollectionAlways),
		PaymentMethodTypes:      sdk.StringSlice(a.methods(c)),
		SubscriptionData:        &sdk.CheckoutSessionCreateSubscriptionDataParams{Metadata: about()},
		LineItems: []*sdk.CheckoutSessionCreateLineItemParams{{
			Quantity: sdk.Int64(1),
			PriceData: &sdk.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: sdk.String(currency(c.Currency)), UnitAmount: sdk.Int64(int64(c.Price)), Product: sdk.String(product),
				Recurring: &sdk.CheckoutSessionCreateLineItemPriceDataRecurringParams{Interval: sdk.String(string(c.Interval))},
			},
		}},
		PaymentMethodOptions: a.methodOptions(c),
	}
	if c.TrialDays > 0 {
		params.SubscriptionData.TrialPeriodDays = sdk.Int64(int64(c.TrialDays))
	}
	return params
}

// methods are the ways to pay of a checkout. A trial takes none that must be paid
// at once: Pix leaves nothing behind to be charged later.
func (a *Adapter) methods(c subscription.Checkout) []string {
	list := slices.DeleteFunc(a.Methods(), func(method string) bool {
		return len(c.Methods) > 0 && !slices.Contains(c.Methods, method) || c.TrialDays > 0 && method == pix
	})
	if len(list) == 0 {
		return []string{card}
	}
	return list
}

// methodOptions says until when a voucher may be paid.
func (a *Adapter) methodOptions(c subscription.Checkout) *sdk.CheckoutSessionCreatePaymentMethodOptionsParams {
	if c.DueMS == 0 {
		return nil
	}
	left := max(c.DueMS-a.clock.Now().UnixMilli(), 0)
	options := &sdk.CheckoutSessionCreatePaymentMethodOptionsParams{}
	methods := a.methods(c)
	if slices.Contains(methods, boleto) {
		days := min((left+dayMS-1)/dayMS, boletoDaysMost)
		options.Boleto = &sdk.CheckoutSessionCreatePaymentMethodOptionsBoletoParams{ExpiresAfterDays: sdk.Int64(days)}
	}
	if slices.Contains(methods, pix) {
		seconds := min(max(left/1000, pixSecondsLess), pixSecondsMost)
		options.Pix = &sdk.CheckoutSessionCreatePaymentMethodOptionsPixParams{ExpiresAfterSeconds: sdk.Int64(seconds)}
	}
	return options
}

// lives gives how long the vouchers of a checkout live: boleto in days, Pix in
// seconds.
func lives(options *sdk.CheckoutSessionCreatePaymentMethodOptionsParams) (found [2]int64) {
	if options != nil && options.Boleto != nil {
		found[0] = *options.Boleto.ExpiresAfterDays
	}
	if options != nil && options.Pix != nil {
		found[1] = *options.Pix.ExpiresAfterSeconds
	}
	return found
}

func currency(c money.Currency) string { return strings.ToLower(string(c)) }

// ensureProduct gives the product of a plan version: its id is made of the
// version's, so that there is one however often it is asked for.
func (a *Adapter) ensureProduct(ctx context.Context, planRef, name string) (string, error) {
	productID := "prosa_" + planRef
	_, err := a.api.V1Products.Retrieve(ctx, productID, &sdk.ProductRetrieveParams{})
	if !isMissing(err) {
		return productID, err
	}
	return productID, a.createProduct(ctx, productID, planRef, name)
}

func (a *Adapter) createProduct(ctx context.Context, productID, planRef, name string) error {
	err := insist("prosa:product:"+planRef+":"+digest(name), func(key string) error {
		_, err := a.api.V1Products.Create(ctx, &sdk.ProductCreateParams{
			Params: keyed(key), ID: sdk.String(productID), Name: sdk.String(name), Metadata: map[string]string{metaPlan: planRef},
		})
		return err
	})
	if isCode(err, sdk.ErrorCodeResourceAlreadyExists) {
		return nil // another checkout made it meanwhile
	}
	return err
}

func isMissing(err error) bool {
	return isCode(err, sdk.ErrorCodeResourceMissing)
}

// ensureCoupon gives the vendor's coupon of a discount. Its id says all that it
// is, so that equal discounts share one.
func (a *Adapter) ensureCoupon(ctx context.Context, c subscription.Checkout) (string, error) {
	length := couponLength(c, a.clock.Now())
	couponID := fmt.Sprintf("prosa_%s_%d_%d", currency(c.Currency), min(c.Discount, c.Price), length)
	_, err := a.api.V1Coupons.Retrieve(ctx, couponID, &sdk.CouponRetrieveParams{})
	if !isMissing(err) {
		return couponID, err
	}
	return a.createCoupon(ctx, couponID, c, length)
}

func (a *Adapter) createCoupon(ctx context.Context, couponID string, c subscription.Checkout, length int64) (string, error) {
	off := min(c.Discount, c.Price)
	params := &sdk.CouponCreateParams{
		ID: sdk.String(couponID), Name: sdk.String("− " + off.Text(c.Currency)), AmountOff: sdk.Int64(int64(off)), Currency: sdk.String(currency(c.Currency)),
	}
	switch length {
	case 0:
		params.Duration = sdk.String(sdk.CouponDurationForever)
	case -1:
		params.Duration = sdk.String(sdk.CouponDurationOnce)
	default:
		params.Duration, params.DurationInMonths = sdk.String(sdk.CouponDurationRepeating), sdk.Int64(length)
	}
	err := insist("prosa:coupon:"+couponID, func(key string) error {
		params.Params = keyed(key)
		_, err := a.api.V1Coupons.Create(ctx, params)
		return err
	})
	if isCode(err, sdk.ErrorCodeResourceAlreadyExists) {
		return couponID, nil // another checkout made it meanwhile
	}
	return couponID, err
}

// couponLength is how long a discount lasts in months, 0 for ever, -1 once. The
// vendor counts months from the start of the subscription and not the invoices,
// and a coupon that counts once may end with the empty invoice of a trial; so it
// lasts as many months as it takes to be behind the last bill that it is for, and
// no more.
func couponLength(c subscription.Checkout, start time.Time) int64 {
	months := c.DiscountCycles
	if c.Interval == subscription.Annual {
		months *= 12
	}
	switch {
	case c.DiscountCycles == 0:
		return 0
	case c.TrialDays == 0 && c.DiscountCycles == 1:
		return -1
	}
	each := months / c.DiscountCycles
	last := inMonths(start.AddDate(0, 0, c.TrialDays), months-each)
	for !inMonths(start, months).After(last) {
		months++
	}
	return int64(months)
}

// inMonths is the same day of a later month, or that month's last one.
func inMonths(from time.Time, months int) time.Time {
	to := from.AddDate(0, months, 0)
	if to.Day() != from.Day() {
		to = to.AddDate(0, 0, -to.Day())
	}
	return to
}

// LookCheckout implements subscription.Provider.
func (a *Adapter) LookCheckout(ctx context.Context, checkoutID string) (subscription.CheckoutState, error) {
	params := &sdk.CheckoutSessionRetrieveParams{}
	params.AddExpand("subscription.default_payment_method")
	session, err := a.api.V1CheckoutSessions.Retrieve(ctx, checkoutID, params)
	if err != nil {
		return subscription.CheckoutState{}, trouble(err)
	}
	state := subscription.CheckoutState{AtMS: session.Created * 1000}
	if session.Customer != nil {
		state.CustomerID = session.Customer.ID
	}
	if session.Subscription != nil {
		state.SubscriptionID = session.Subscription.ID
		state.Method = methodOf(session.Subscription.DefaultPaymentMethod)
	}
	switch {
	case session.Status == sdk.CheckoutSessionStatusExpired:
		state.State = subscription.CheckoutExpired
	case session.Status != sdk.CheckoutSessionStatusComplete:
		state.State, err = a.declined(ctx, session, state.CustomerID)
	case session.PaymentStatus == sdk.CheckoutSessionPaymentStatusUnpaid:
		err = a.lookVoucher(ctx, session, &state)
	default:
		state.State = subscription.CheckoutPaid
		err = a.lookPaid(ctx, session, &state)
	}
	return state, trouble(err)
}

// declined tells an open checkout at which a card was refused from one at which
// nothing was tried: the session itself does not say.
func (a *Adapter) declined(ctx context.Context, session *sdk.CheckoutSession, customerID string) (subscription.CheckoutStep, error) {
	if customerID == "" {
		return subscription.CheckoutOpen, nil
	}
	for intent, err := range a.api.V1PaymentIntents.List(ctx, &sdk.PaymentIntentListParams{ListParams: page(1), Customer: sdk.String(customerID)}) {
		if err != nil {
			return "", err
		}
		if intent.Created >= session.Created && intent.Status == sdk.PaymentIntentStatusRequiresPaymentMethod && intent.LastPaymentError != nil {
			return subscription.CheckoutFailed, nil
		}
	}
	return subscription.CheckoutOpen, nil
}

// lookPaid adds what was paid, and when.
func (a *Adapter) lookPaid(ctx context.Context, session *sdk.CheckoutSession, state *subscription.CheckoutState) error {
	if session.PaymentStatus != sdk.CheckoutSessionPaymentStatusPaid {
		return nil // a trial: the way to pay was taken, no money
	}
	state.Paid = money.Amount(session.AmountTotal)
	if session.Invoice == nil {
		return nil
	}
	invoice, err := a.invoice(ctx, session.Invoice.ID)
	if err != nil {
		return err
	}
	if invoice.StatusTransitions != nil && invoice.StatusTransitions.PaidAt > 0 {
		state.AtMS = invoice.StatusTransitions.PaidAt * 1000
	}
	return nil
}

// lookVoucher reads what a payer was given to pay with later.
func (a *Adapter) lookVoucher(ctx context.Context, session *sdk.CheckoutSession, state *subscription.CheckoutState) error {
	state.State = subscription.CheckoutPending
	if session.Subscription != nil && over(session.Subscription.Status) {
		state.State = subscription.CheckoutExpired
	}
	if session.Invoice == nil {
		return nil
	}
	invoice, err := a.invoice(ctx, session.Invoice.ID)
	if err != nil {
		return err
	}
	intentID := intentOf(invoice)
	if invoice.Status == sdk.InvoiceStatusVoid || invoice.Status == sdk.InvoiceStatusUncollectible {
		state.State = subscription.CheckoutExpired
	}
	if intentID == "" {
		return nil
	}
	intent, err := a.voucher(ctx, intentID)
	if err != nil {
		return err
	}
	if method := methodOf(intent.PaymentMethod); method != "" {
		state.Method = method
	}
	v := voucherOf(intent)
	state.PixCode, state.BoletoLine, state.BoletoURL, state.DueMS = v.pix, v.line, v.url, v.dueMS
	if intent.Status == sdk.PaymentIntentStatusCanceled || intent.Status == sdk.PaymentIntentStatusRequiresPaymentMethod {
		state.State = subscription.CheckoutExpired // its time is over; the page is closed
	}
	return nil
}

func (a *Adapter) voucher(ctx context.Context, intentID string) (*sdk.PaymentIntent, error) {
	params := &sdk.PaymentIntentRetrieveParams{}
	params.AddExpand("payment_method")
	return a.api.V1PaymentIntents.Retrieve(ctx, intentID, params)
}

// ExpireCheckout implements subscription.Provider. A page is closed; a voucher
// that is out already is made void with its subscription.
func (a *Adapter) ExpireCheckout(ctx context.Context, checkoutID string) error {
	session, err := a.api.V1CheckoutSessions.Retrieve(ctx, checkoutID, &sdk.CheckoutSessionRetrieveParams{})
	if err != nil {
		return trouble(err)
	}
	switch {
	case session.Status == sdk.CheckoutSessionStatusOpen:
		_, err = a.api.V1CheckoutSessions.Expire(ctx, checkoutID, &sdk.CheckoutSessionExpireParams{Params: fresh()})
		if isStatus(err, http.StatusBadRequest) {
			return nil // completed or expired since it was read; a look tells
		}
	case session.Status == sdk.CheckoutSessionStatusComplete && session.PaymentStatus == sdk.CheckoutSessionPaymentStatusUnpaid:
		err = a.voidVoucher(ctx, session)
	}
	return trouble(err)
}

func (a *Adapter) voidVoucher(ctx context.Context, session *sdk.CheckoutSession) error {
	if session.Invoice != nil {
		invoice, err := a.invoice(ctx, session.Invoice.ID)
		if err != nil {
			return err
		}
		if invoice.Status == sdk.InvoiceStatusPaid {
			return nil
		}
		if invoice.Status == sdk.InvoiceStatusOpen {
			if _, err := a.api.V1Invoices.VoidInvoice(ctx, invoice.ID, &sdk.InvoiceVoidInvoiceParams{Params: fresh()}); err != nil {
				return err
			}
		}
	}
	if session.Subscription == nil {
		return nil
	}
	return a.end(ctx, session.Subscription.ID)
}
