// Package template owns the message templates of WhatsApp: what the company
// wrote, what the platform thinks of it, and how one is filled in for a
// customer. It owns the tables template, template_news and template_sync.
//
// Invariants:
//
//   - A template belongs to a WhatsApp business account (WABA): the numbers of
//     one share its templates, and (company, WABA, name, language) names one.
//
//   - What the platform would refuse for its form is refused before the call,
//     with the field that is wrong; what only the platform can judge is told in
//     a sentence.
//
//   - Only an approved template is filled in, and only as a whole: a variable
//     without a value, or a text that grows too long, is an error and never a
//     gap in front of a customer.
//
//   - News of a template act once and in any order: each of status, quality and
//     category keeps the time of what it was told last, and older news are kept
//     in the history only.
//
//   - The platform is never called inside a transaction. A template that
//     vanished there is marked as gone, by a whole reading only.
//
// Events out: template.updated, which says which template, or that all of an
// account were read. Events in: none; news come by HearNews, in the transaction
// of the batch that brought them.
package template
