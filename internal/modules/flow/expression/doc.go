// Package expression is the small language of conditions and templates in a
// flow: paths (contact.name, vars.age), literals, comparison, and/or/not,
// arithmetic, text and a handful of bounded functions. Its syntax is a subset
// of expr-lang's, so that a flow would survive a change of engine.
//
// Invariants: parsed once, when a flow is published; no loops, no recursion, no
// regular expressions, nothing that grows, so the cost of a run is bounded by
// the size of its source; every run draws on the turn's Fuel besides; there are
// no run-time type errors (what makes no sense is the empty value). Text that
// a customer wrote is data: it is never parsed as a template or expression.
//
// docs/adr/0003-expressions.md compares it with expr-lang and cel-go.
package expression
