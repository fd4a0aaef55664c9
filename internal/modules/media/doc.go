// Package media brings files in and looks at them: it fetches what customers
// sent, by jobs that try again, reads from the bytes what a file is (type, size
// in pixels, length in seconds), and draws small pictures of pictures. The
// bytes lie in platform/blob; what is known of them stands in the message that
// names them. It owns no table.
//
// Invariants:
//
//   - A file's type is read from its bytes. What its sender declared decides
//     only between types that a browser never runs.
//   - A message whose file has not come is visible with a placeholder; the file
//     comes, or the message says in a sentence why it never will.
//   - A file of a stranger costs bounded memory and time, whatever its headers
//     claim: readers of headers read a bounded number of bytes, pictures over a
//     number of pixels are not drawn, and few are drawn at once.
//
// Events in and out: none; conversation tells of the message that changed.
package media
