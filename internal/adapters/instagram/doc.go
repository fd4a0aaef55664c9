// Package instagram speaks for Instagram's professional accounts: it joins the
// Messenger Platform (meta/thread) to channel.Adapter in both of its flavours.
//
// Flavours (the setting "flavour" of an account):
//   - "page", the default: by the Facebook page that the account is linked to,
//     at graph.facebook.com, with the page's token; the setting "page_id" names
//     the page.
//   - "login": by Instagram Login, at graph.instagram.com, with the account's
//     own token, which lives 60 days and is renewed.
//
// Invariants:
//   - An account's ExternalID is the id of the professional account, which the
//     webhooks of both flavours carry; its customers are Instagram-scoped ids
//     (IGSID).
//   - An account's token goes to the host of its flavour only.
package instagram
