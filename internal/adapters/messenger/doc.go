// Package messenger speaks for Facebook pages: it joins the Messenger Platform
// (meta/thread) to channel.Adapter, and sets pages up, checks them and takes them
// down.
//
// Invariants:
//   - An account's ExternalID is the page's id; its customers are page-scoped
//     ids (PSID), good for that page only.
//   - Credentials are "token" (of the page), "app_secret" and "verify_token";
//     with the setting "app_id" we register the webhook ourselves.
//   - A page's events come to the app, which has one address for all pages: they
//     are told apart by the page's id in each event.
package messenger
