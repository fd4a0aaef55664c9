// Package plan owns what companies subscribe to and what it costs: the tables
// plan, plan_version, promotion and promotion_redemption. They are the
// platform's and belong to no company.
//
// Invariants:
//
//   - The content of a published version never changes: contracts name it. The
//     only statement that writes content names the state draft. A plan has at
//     most one draft and one published version; publishing withdraws the one
//     before.
//   - A withdrawn version is honoured for 30 days by those who had chosen it.
//   - Monthly and annual price are each said; none is computed from the other.
//   - A coupon's uses are counted under the lock of its row: the last one goes
//     to one subject. Held, used and released are idempotent per subject.
//   - Money is in minor units, and every sum is exact: what was credited and
//     charged over a period adds up to what was used of it.
//
// Events: none. Every change by an operator is in the log.
package plan
