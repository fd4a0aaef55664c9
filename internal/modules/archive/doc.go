// Package archive lets a company take along what it has here: one ZIP with a
// file of JSON lines a table, the files of messages and products beside them,
// and a manifest that counts it all.
//
// Invariants:
//
//   - Only what sheets lists goes out. A table or a column that nobody listed
//     stays here: new ones are secret until somebody decides otherwise, and a
//     test asks for that decision.
//   - No hash, token, credential or sealed text goes out.
//   - Each page is read in a short transaction of its own, so that a slow line
//     holds nothing; what changes meanwhile may be in the archive or not.
//   - An archive without its manifest, which comes last, broke off.
//
// It also ends a company's data: what goes lists is erased once the time to come
// back is over, in pieces, and what remains says what the law or the contract
// wants kept.
//
// It is the one module that reads tables of others: a copy of everything that
// goes through each module's own words would be written twice and forget what
// is new.
package archive
