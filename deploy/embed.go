// Package deploy carries what the binary needs of the deployment's files: the
// schemas that its sources are judged by.
package deploy

import _ "embed"

//go:embed terraform/accounts.schema.json
var accounts string

//go:embed terraform/access.schema.json
var access string

// AccountsSchema is the JSON schema of accounts.yaml.
func AccountsSchema() string { return accounts }

// AccessSchema is the JSON schema of access.yaml.
func AccessSchema() string { return access }
