// Package zoho writes records into Zoho CRM: crm.Vendor over its REST API of
// version 8 and its OAuth 2.0.
//
// Source of facts: zoho.com/crm/developer/docs/api/v8 (authentication, upsert,
// search, get and update records, fields metadata, organization, status codes)
// and zoho/crm-oas v8.0; what those pages leave out comes from reference
// acquisition, section 3.1:
//
//   - The header is "Zoho-oauthtoken", not "Bearer".
//   - The token endpoint answers 200 also when it refuses ({"error":
//     "invalid_code"} for a refresh token that was revoked). Success is that there
//     is an access_token, whatever the status.
//   - A refresh gives no new refresh token. The api_domain of the answer is where
//     calls go.
//   - There is no idempotency key. Only upsert and update are repeated safely, so
//     nothing else is called, and always with duplicate_check_fields: without them
//     the vendor compares names, and merges two companies of one name.
//   - "trigger": [] is always sent: absent, workflows, approvals and blueprints
//     would run again on each retry.
//   - 200, 207 and 400 carry data[] in the order of the request; each entry is
//     judged by its own status. We send one record a call.
package zoho
