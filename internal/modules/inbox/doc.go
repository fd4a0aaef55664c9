// Package inbox owns what only the attendants' tool needs: drafts and files
// chosen but not sent (tables draft and upload). What a list shows of a
// conversation is conversation's own row.
//
// Invariants: a draft or an upload is seen by the person who made it and by
// nobody else; the kind of a file is read from its bytes, never believed.
//
// Events in and out: none.
package inbox
