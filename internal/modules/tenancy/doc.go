// Package tenancy owns the companies that use the platform: the table tenant.
//
// A company is active or suspended; a suspended one keeps its data and its
// customers' messages, but nobody of it may work (identity and the edges ask
// Company.Working). A slug is unique, made of letters, digits and hyphens, and
// never changes.
//
// Events out: tenant.updated. Events in: none.
package tenancy
