// Package httpclient makes the only two kinds of HTTP client that the house
// uses, and neither has an off switch:
//
//   - Provider calls the outside services that the operator configured, and no
//     other host.
//   - Guarded calls any URL that a company, a flow or a webhook names, and never
//     reaches a machine of ours: every address is checked when the connection is
//     made, after the name was resolved, on every redirect hop, so that a name
//     that resolves differently the second time gains nothing.
//
// Both bound time, redirects, headers and bodies, use no proxy from the
// environment and keep no cookies. The rules live in the transport, so that a
// caller who copies the client keeps them.
//
// Errors of net/http hold the whole URL, and a URL may hold a token (Telegram's
// does): pass them through Redact before they are logged or shown.
//
// Sources: reference rules S1 and S2 of the bot engine; IANA IPv4 and IPv6
// Special-Purpose Address Registries; RFC 6890, 6052 (NAT64), 4193 (ULA).
package httpclient
