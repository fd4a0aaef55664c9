// Package inventory is the list of everything that runs and waits: targets,
// subjects, consumers, queues, jobs, tables, endpoints, outside hosts, settings
// and secrets, each with the package that answers for it, joined with the
// resources of Terraform's plans that carry it.
//
// Who moves a system that nobody has listed finds its queues and functions by
// what breaks. So the list is gathered from the code and the schema by app, and
// the check of the tree fails when the committed one (docs/inventory.md) is
// stale, or when a queue has no owner or nowhere for what can't be worked on.
//
// The package is pure: it is given what was gathered, judges, joins and prints.
package inventory
