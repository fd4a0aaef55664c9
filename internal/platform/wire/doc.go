// Package wire makes one HTTP call to somebody we do not trust with our time,
// our memory or our secrets, and tells what is known of its fate.
//
// Invariants:
//   - A failed call says whether the request may have reached the other side
//     (Failure.Sent). Only then may a send be doubled by repeating it.
//   - Redirects are never followed: a token must not travel to another host.
//     Who wants to follow one looks at the answer and decides.
//   - Answers are read up to a limit, and no error text holds a URL, since a
//     URL may hold a token (Telegram's does).
//   - Clean makes a body that came from outside safe for every parser and every
//     database behind it: bounded in size and depth, valid UTF-8, without NUL.
package wire
