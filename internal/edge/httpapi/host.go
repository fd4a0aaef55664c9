package httpapi

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

// console is the operators' own host. Their operations answer there only, as if
// they were not elsewhere, and their powers end at its door: a page of another
// surface, be it of the same domain, can neither call them nor use their session.
type console struct {
	host  string // without port
	cross *http.CrossOriginProtection
}

// newConsole reads the operators' address; nil when it is that of everybody.
func newConsole(address string, public *url.URL) (*console, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // no console apart is no error
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return nil, fault.OnField("PROSA_OPERATOR_URL", "must be a URL with a host")
	}
	if strings.EqualFold(parsed.Hostname(), public.Hostname()) {
		return nil, nil //nolint:nilnil // as above
	}
	c := &console{host: strings.ToLower(parsed.Hostname()), cross: http.NewCrossOriginProtection()}
	if err := c.cross.AddTrustedOrigin(parsed.Scheme + "://" + parsed.Host); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the operators' URL can't be an origin")
	}
	return c, nil
}

// at reports whether a request came to the console; never where there is none.
func (c *console) at(r *http.Request) bool {
	return c != nil && hostOf(r) == c.host
}

// hostOf gives the name that a request asked for, without port and in lower case.
func hostOf(r *http.Request) string {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// admits refuses calls that another site makes with our cookies, and operators'
// calls anywhere but at their host.
func (a *api) admits(r *http.Request, rt route) error {
	cross := a.cross
	if a.console.at(r) {
		cross = a.console.cross // that trusts no page of another surface
	}
	if err := cross.Check(r); err != nil {
		return &fault.Error{Code: fault.Forbidden, Reason: "cross_site", Message: "writes are taken from our own pages only"}
	}
	if a.console != nil && rt.needs.OfPlatform() && !a.console.at(r) {
		return errNoOperation()
	}
	return nil
}

// here gives what somebody is at this host: staff at the console only, and at the
// console nothing but staff.
func (a *api) here(ctx context.Context, who identity.Principal) identity.Principal {
	switch {
	case a.console == nil:
		return who
	case aboutOf(ctx).console:
		if !who.User.Operator {
			who.Role, who.Company = "", tenancy.Company{}
		}
	default:
		who.User.Operator, who.User.Cost = false, false
		if who.Support != nil {
			who.Role, who.Company, who.Support = "", tenancy.Company{}, nil
		}
	}
	return who
}

// looksFromHere reports whether the caller may turn to a company at this host:
// away from the console to one of their own only.
func (a *api) looksFromHere(ctx context.Context, tenantID string) bool {
	return a.console == nil || aboutOf(ctx).console ||
		slices.ContainsFunc(caller(ctx).Companies, func(m identity.Membership) bool { return m.ID == tenantID })
}

func errNoOperation() error { return fault.New(fault.NotFound, "there is no such operation") }
