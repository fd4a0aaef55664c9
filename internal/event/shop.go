package event

// Types of event of the shop: product, order and payment.
const (
	ProductUpdated = "product.updated"
	StockUpdated   = "stock.updated"
	CartUpdated    = "cart.updated"
	OrderPlaced    = "order.placed"
	OrderPaid      = "order.paid" // the sum of its payments reached its total
	OrderUpdated   = "order.updated"
	PaymentReady   = "payment.ready"  // the payer has what they need: a code or a link
	PaymentFailed  = "payment.failed" // the vendor would not take it
)
