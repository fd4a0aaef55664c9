package realtime

import (
	"testing"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

// A connection ends with whatever it rests on.
func TestRightsOfAConnection(t *testing.T) {
	opened := identity.Principal{Role: identity.Supervisor, Company: tenancy.Company{ID: "ten_1", State: tenancy.Active}}
	if !sameRights(opened, opened) {
		t.Fatal("nothing changed")
	}
	for name, change := range map[string]func(*identity.Principal){
		"another company":       func(p *identity.Principal) { p.Company.ID = "ten_2" },
		"another role":          func(p *identity.Principal) { p.Role = identity.Attendant },
		"a suspended company":   func(p *identity.Principal) { p.Company.State = tenancy.Suspended },
		"a factor is demanded":  func(p *identity.Principal) { p.MustEnrol = true },
		"a look, no member now": func(p *identity.Principal) { p.Support = &identity.Support{ID: "sup_1"} },
	} {
		now := opened
		change(&now)
		if sameRights(now, opened) || sameRights(opened, now) {
			t.Errorf("%s: the connection stays", name)
		}
	}
}
