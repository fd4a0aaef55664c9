// Package change says what differs between two texts of a flow, by meaning: not
// which lines, but "the exit 'Sim' of confirmar now leads to pagamento".
//
// It reads the JSON of a flow, not its compiled form, so that drafts compare
// which do not compile, nor even parse. What it must know of the language of
// flows stands in vocabulary.go: which fields lead to nodes, which hold texts,
// and by what the items of a list are known. A field of a new kind of node that
// is in none of these tables is compared as a plain value.
//
// Invariants: a flow has no change to itself; equal meaning in another notation
// (order of fields, a bare text for the default language's) is no change; every
// other difference is at least one; the order of changes follows the flow that
// came after, what was removed last.
package change
