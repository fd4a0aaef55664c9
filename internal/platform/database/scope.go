package database

import (
	"strings"

	"prosa/internal/base/fault"
)

// Scope names the companies that a transaction may touch. The zero value names
// none and is refused: a transaction without a scope is a defect.
type Scope struct {
	tenants []string
	why     string // why all companies; only for Platform
}

// everyone is how the row level security policies spell "all companies".
const everyone = "*"

// Company is the scope of a request: one company.
func Company(tenantID string) Scope { return Scope{tenants: []string{tenantID}} }

// Companies is the scope of a worker's batch: the companies in it.
func Companies(tenantIDs []string) Scope { return Scope{tenants: tenantIDs} }

// Platform is the scope of sweepers, relays and operators: all companies. It
// says why; a test on the tree lists its callers.
func Platform(why string) Scope { return Scope{why: why} }

// setting spells the scope for the policies: an id, several with a comma before
// and behind each, or "*". It refuses ids that could be read as more than one.
func (s Scope) setting() (string, error) {
	if s.why != "" {
		return everyone, nil
	}
	if len(s.tenants) == 0 {
		return "", fault.New(fault.Internal, "a transaction names no company")
	}
	for _, id := range s.tenants {
		if !plain(id) {
			return "", fault.New(fault.Internal, "%q can't be the id of a company", id)
		}
	}
	if len(s.tenants) == 1 {
		return s.tenants[0], nil
	}
	return "," + strings.Join(s.tenants, ",") + ",", nil
}

// plain reports whether id is made of letters, digits, '_' and '-' only.
func plain(id string) bool {
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return id != ""
}
