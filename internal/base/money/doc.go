// Package money counts in minor units (centavos) and never in floating point:
// what is added up here is charged to somebody.
//
// Invariants:
//
//   - An Amount is an integer of minor units. All currencies here have two
//     decimals; one that has not is not in the list of currencies.
//   - No operation rounds in silence: a text with more decimals than the currency
//     has is refused, a percentage is rounded half up, a sum that is split adds
//     up to itself again.
//   - Amounts stay within Max either way, so that a product of an amount and a
//     quantity of ours can't overflow unseen.
package money
