// Package account reads the two files that say which cloud accounts there are
// (deploy/terraform/accounts.yaml) and who may do what in them (access.yaml),
// and judges them: their shape by a JSON schema, what no schema can say by rules
// of its own.
//
// Invariants of a file without Problems: six workload accounts, one for each
// product line and environment; no account id, address, domain or network is
// given twice; no two networks overlap, those of the organization and of its
// neighbours among them; every subnet of the plan lies in its account's network;
// production runs always and its names lie in no delegated zone.
//
// Everything but Load and LoadAccess is pure.
package account
