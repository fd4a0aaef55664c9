// Package stand is a shop in memory: it answers what the shop's nodes of a flow
// ask (kinds "shop.*") from a list of products, with a cart, a delivery and
// orders of its own. Tests of flows, made-up customers and the builder's
// simulator run against it, so that a bot that sells can be tried without a
// cart or an order of the real shop being touched.
//
// It is a second reading of the questions, not the shop: prices and stock are
// those of its list, and an order counts as paid when it is asked about for the
// second time. It does no I/O and knows no clock; what it keeps can be written
// down between two turns (State, Restore).
package stand
