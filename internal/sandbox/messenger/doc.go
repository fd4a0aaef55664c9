// Package messenger simulates the Messenger Platform: messages to Facebook
// pages (webhook object page) and to Instagram professional accounts (object
// instagram), as a reading of its own of Meta's documents. What the product's
// adapters get wrong, this package refuses. It is stateful and keeps its state
// in a folder, so that it can be the witness of a test that kills the product,
// and so that a company can try its bot without a page.
//
// Instagram accounts come in two flavours that differ in host, token and ids:
//
//   - page: linked to a page and reached with the page's token under
//     graph.facebook.com (POST /{page}/messages to an Instagram-scoped id);
//   - login: "Instagram API with Instagram Login", reached with an Instagram
//     user token of 60 days under graph.instagram.com.
//
// One Server answers:
//
//   - graph.facebook.com: ServeHTTP, for the calls that Owns names, so that it
//     can share Meta's one host with the simulators beside it;
//   - graph.instagram.com: the handler that Instagram gives;
//   - the CDN: /media/{file}/{signature}/{name}, without a token, until the
//     address expires; a story's dies with the story;
//   - the control API: /_sandbox/..., which plays everything that is not the
//     business: the app's dashboard, the people and their telephones, the
//     page's own inbox, other apps, and the faults of the network. See
//     control.go.
//
// Webhooks are batched by object, signed over the raw bytes (non-ASCII as
// lowercase escapes, as Meta sends them) and repeated with growing gaps until
// they are answered by 2xx. First attempts keep the order of a chat; repeats do
// not. An echo may come before or after the answer of the call that made it.
//
// Sources: Messenger Platform reference (Send API, Webhooks, Handover Protocol,
// Messenger Profile), Instagram Messaging reference, Graph API reference "Page
// Messages" v25.0. Where the text of an error is not documented it follows what
// the platform was seen to answer. Limits of Messenger count code points, those
// of Instagram's text count bytes.
//
// Invariants: a message that was answered with an id is in the ledger and in
// the journal before the answer leaves; nothing that is shown carries a token
// or a secret, except what the control API lists as its own set-up; an account
// sees only the people who wrote to it, each under an id of its own.
package messenger
