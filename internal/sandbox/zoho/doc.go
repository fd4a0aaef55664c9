// Package zoho simulates the part of Zoho CRM that writes contracts into it: the
// OAuth 2.0 of its accounts (self clients, grant codes, refresh and access
// tokens) and version 8 of the REST API (organization, fields, upsert, search,
// reading and updating records), as a reading of its own of the vendor's
// documents. It is stateful and keeps its state in a folder, so that it can be
// the witness of a test that kills the product, and so that a demo shows what
// sales would see without an account.
//
// One Server answers:
//
//   - /oauth/v2/token: codes work once and for 3 minutes, access tokens live an
//     hour, at most 10 are given for a refresh token in 10 minutes ("Access
//     Denied" then, with status 400), at most 15 live (a 16th ends the oldest),
//     and a refusal answers 200;
//   - /crm/v8/...: header "Zoho-oauthtoken", errors in the vendor's shapes;
//   - /console: where a code is made, as in the vendor's API console, and / :
//     what the CRM holds, with a switch that takes it off line;
//   - the control API: /_sandbox/... (control.go).
//
// Semantics of upsert: a record is looked for by duplicate_check_fields in their
// order, and when there are none by the field that the vendor chose: Email of
// contacts and leads, Account_Name of accounts, Deal_Name of deals, which merges
// what only shares a name. A value of a unique field that another record has is
// DUPLICATE_DATA. Texts are compared without regard to case. trigger absent runs
// the workflows; how often they ran stands in the record.
//
// Sources: zoho.com/crm/developer/docs/api/v8 ("Multi DC", "Access and refresh
// tokens", "Upsert Records", "Search Records", "Fields Metadata", "API limits"),
// zoho/crm-oas v8.0 for the shapes of errors.
//
// Invariants: what was answered is in the journal before the answer leaves;
// tokens and secrets never appear in what the control API shows, but for the
// code and the refresh token that a call was made to get.
package zoho
