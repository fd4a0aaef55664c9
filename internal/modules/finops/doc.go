// Package finops is the cost ledger: what each product line, environment,
// service, resource and company costs, from bills in the FOCUS format. It owns
// the tables finops_*; they are the platform's, and only operators see them.
//
// Invariants:
//
//   - The numbers of a (source, billing period) are those of one reading of its
//     bill, the current one. A reading is written beside the current one and
//     takes its place in one transaction; one that was killed or refused leaves
//     the numbers as they were.
//   - Sums are exact: what the ledger says of a bill equals the sum of its rows
//     to the last digit. Nothing is a float.
//   - Currencies are never added. Taxes and credits are told apart.
//   - What an account is for is said by the map of accounts, with the days for
//     which it holds. A tag that says otherwise is a finding, never an answer.
//   - BilledCost is counted in the billing period and compared with invoices;
//     EffectiveCost in the month of its charge period. They are never mixed.
//   - Files are read outside of transactions.
//
// Events: none. What operators change is in the log.
package finops
