package identity

import (
	"slices"

	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/tenancy"
)

// Client is where a request came from, for the list of sessions, the limits
// and the log.
type Client struct {
	IP    string
	Agent string // the browser's own words, cut to 200 bytes
	Host  string // of ours that was asked, without port, for passkeys; empty is that of the public URL
}

// Session is a signed-in browser.
type Session struct {
	ID        string `json:"id"`
	CreatedMS int64  `json:"created_ms"`
	SeenMS    int64  `json:"seen_ms"`
	ExpiresMS int64  `json:"expires_ms"`
	IP        string `json:"ip"`
	Agent     string `json:"agent"`
	Proof     string `json:"proof" enum:"password,totp,passkey,recovery,demo" doc:"How the person proved themselves."`
	ProvedMS  int64  `json:"proved_ms" doc:"When they did so last."`

	userID         string
	activeTenantID string
	rotate         bool
	life           life
}

// Principal is who makes a request: a session, its user, and the company it
// looks at with the role there.
type Principal struct {
	Session Session
	User    User
	// Company is zero and Role empty while no company is looked at.
	Company   tenancy.Company
	Role      Role
	Companies []Membership
	// MustEnrol takes every permission until a second factor is set up.
	MustEnrol bool
	// Support is set while an operator looks into a company that is not theirs.
	Support *Support
	// ClientIP is filled by the edge, for the log.
	ClientIP string
	// Host is filled by the edge as Client.Host is.
	Host string
}

// TenantID is the company looked at, empty for none.
func (p Principal) TenantID() string { return p.Company.ID }

// Actor names the person in events and in the log.
func (p Principal) Actor() event.Actor {
	actor := p.User.Actor()
	if p.Role != "" && p.Support == nil {
		actor.Kind = "user" // what is done as a member is not done as staff
	}
	return actor
}

// By is who asks for a change, for tenancy.
func (p Principal) By() tenancy.By { return tenancy.By{Actor: p.Actor(), IP: p.ClientIP} }

// May reports whether the person holds the permission here and now.
func (p Principal) May(permission Permission) bool {
	if p.MustEnrol || p.Support != nil && !permission.OfPlatform() && !readable[permission] {
		return false
	}
	switch permission {
	case PlatformOperate:
		return p.User.Operator
	case PlatformCost:
		return p.User.Staff()
	}
	return p.leaves(permission) && p.Role.May(permission)
}

// Permissions lists what the person holds here and now, sorted.
func (p Principal) Permissions() []Permission {
	held := []Permission{}
	if p.MustEnrol {
		return held
	}
	if p.Company.ID != "" {
		held = slices.DeleteFunc(p.Role.Permissions(), func(permission Permission) bool { return !p.leaves(permission) })
	}
	held = append(held, PlatformOperate, PlatformCost)
	held = slices.DeleteFunc(held, func(permission Permission) bool { return !p.May(permission) })
	slices.Sort(held)
	return held
}

// Grant is a fresh session: the token goes into the cookie and is shown
// nowhere else.
type Grant struct {
	// Challenge is set, and all else empty, where a second step is to be taken.
	Challenge *Challenge
	Token     secret.Text
	Principal Principal
}
