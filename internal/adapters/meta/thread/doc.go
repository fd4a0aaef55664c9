// Package thread speaks the Messenger Platform, by which Facebook pages and
// Instagram accounts talk to people: it cuts and reads their webhooks, renders
// canonical messages and sends them. What tells the two products apart is a
// Dialect; who they are and where they are called is the business of the
// adapters messenger and instagram.
//
// Invariants:
//   - Split and Parse never panic and lose nothing: what cannot be read becomes
//     a Piece with a Problem or an error, which both end in quarantine.
//   - A message with several attachments gives a piece for each, numbered; the
//     words go with the first. All of them name the message's mid, and what goes
//     out names it without the number.
//   - Render gives only requests within the platform's limits, and says in words
//     what the platform has no form for.
//   - The tag HUMAN_AGENT stands only in the late form of what a person wrote.
//   - A file is fetched from the platform's own hosts only, and the token goes to
//     none of them but Meta's lookaside, hop by hop.
//   - Send calls an error ambiguous only when the request went out and no whole
//     answer came back; uploading a file first never makes it so.
package thread
