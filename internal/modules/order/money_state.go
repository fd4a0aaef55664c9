package order

// moneyState is what weigh says of an order's money, for a search.
const moneyState = `CASE WHEN refunded > 0 AND paid - refunded <= 0 THEN 'refunded' WHEN refunded > 0 AND paid - refunded < total THEN 'partially_refunded'
	WHEN paid - refunded > total THEN 'overpaid' WHEN paid - refunded = total THEN 'paid' WHEN paid - refunded > 0 THEN 'partially_paid' ELSE 'unpaid' END`
