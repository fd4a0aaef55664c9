// Package httpapi is the API that the browser uses, under /api/v1: one file a
// resource, thin functions over the modules' services. The contract is
// api/openapi.yaml, emitted from these registrations and committed; a test
// fails when the two differ.
//
// Invariants: every operation declares who may call it (route.needs), and a
// call without that right ends before its body is read. The company of a call
// is that of the session, never taken from the request. A write is taken only
// from our own pages (CrossOriginProtection). Errors are told once, in
// problem.go, as RFC 9457 problems; what is ours to know stays in the log. No
// secret, query or body reaches the log. Lists are never null.
//
// It holds no business rules; those are in the modules.
package httpapi
