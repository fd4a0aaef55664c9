package httpapi

import (
	"net"
	"net/http"
	"net/url"
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
	if c == nil {
		return false
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.EqualFold(host, c.host)
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
	if a.console != nil && rt.needs == identity.PlatformOperate && !a.console.at(r) {
		return errNoOperation()
	}
	return nil
}

// here gives what somebody is at this host: staff at the console only, and at the
// console nothing but staff.
func (a *api) here(r *http.Request, who identity.Principal) identity.Principal {
	switch {
	case a.console == nil:
		return who
	case a.console.at(r):
		if !who.User.Operator {
			who.Role, who.Company = "", tenancy.Company{}
		}
	default:
		who.User.Operator = false
		if who.Support != nil {
			who.Role, who.Company, who.Support = "", tenancy.Company{}, nil
		}
	}
	return who
}

func errNoOperation() error { return fault.New(fault.NotFound, "there is no such operation") }
