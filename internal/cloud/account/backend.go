package account

import (
	"fmt"

	"prosa/internal/base/fault"
)

// Backend is where the state of a layer lies.
type Backend struct {
	Bucket    string
	Key       string
	Region    string
	AccountID string
}

// Backend tells where a layer keeps its state in an account: a workload's, or
// management, security or network. Error: fault.NotFound for another name, and
// for a layer that is not applied there.
func (f File) Backend(name, layer string) (Backend, error) {
	b := Backend{Bucket: f.Organization.Name + "-" + name + "-state", Region: f.Organization.Region}
	if a, ok := f.Account(name); ok {
		b.Key, b.Region, b.AccountID = fmt.Sprintf("%s/%s/%s.tfstate", a.Line, a.Environment, layer), a.Region, a.ID
	}
	for _, holder := range f.holders() {
		if holder.name == name {
			b.Key, b.AccountID = fmt.Sprintf("organization/%s/%s.tfstate", name, layer), holder.ID
		}
	}
	if b.Key == "" {
		return Backend{}, fault.New(fault.NotFound, "there is no account %s", name)
	}
	if err := f.applied(name, layer); err != nil {
		return Backend{}, err
	}
	return b, nil
}

// Lines are the settings of Terraform's backend, a line each, for a file that
// -backend-config names.
func (b Backend) Lines() string {
	return fmt.Sprintf("bucket              = %q\nkey                 = %q\nregion              = %q\nallowed_account_ids = [%q]\n", b.Bucket, b.Key, b.Region, b.AccountID)
}
