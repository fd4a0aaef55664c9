// Package move takes a company from one deployment to another: out of the shared
// one into an account of its own, or back. The two sides reach no database but
// their own; what one has to tell the other lies in sealed files that both can
// read (Shelf), and, after the cut-over, in signed calls from the source's
// gateway to the target's.
//
// It owns the tables company_move and move_piece, and it is the second module
// (beside archive) that copies tables of others: all that have a company, read
// and written by their keys and columns as the database describes them.
//
// Invariants:
//
//   - Every table of companies goes along, or stands in stays with the reason; a
//     test holds the lists against the schema.
//   - Ids stay. What is sealed by the source's key is sealed anew by the
//     target's, and travels in files that only the move's key opens.
//   - A copy is a list of ranges of keys with a hash each. Loading compares the
//     target's own rows with that list and replaces what differs, so that it may
//     be broken off and repeated at any place, and ends only when every range of
//     every table is equal.
//   - Nobody works on a company at the target before the cut-over, and nobody at
//     the source from the pause on (platform/hold): to both it is as if all
//     processes had died at one moment and others had come up elsewhere.
//   - Whether a move is carried out or called off is decided once, by whoever
//     writes the file "verdict" first. Once a final copy may lie there, the company
//     works again at the source by that verdict only; and it is asked for at the
//     target only while that copy lies there.
//   - A load, or a deletion, writes only while this move holds the company at the
//     level for it (held), looked up in the same transaction; and nothing but rows
//     of this company and its people.
//   - What comes in during the pause, and at the source after it, is put aside
//     in its order, sent on in that order, and worked on before anything that
//     came to the target directly.
package move
