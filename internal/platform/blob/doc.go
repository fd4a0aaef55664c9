// Package blob keeps files that are too big for a row: media that came in or
// goes out.
//
// Invariants:
//
//   - A blob is named by the SHA-256 of its content and belongs to a company:
//     the same bytes are kept once a company, never shared between two, so that
//     one can't learn what the other holds.
//   - A blob is there whole or not at all; what Put returned survives a power
//     cut.
//   - A blob never changes. Who reads it may cache it for ever.
//   - Whatever the other side claims, no more than the limit is read.
package blob
