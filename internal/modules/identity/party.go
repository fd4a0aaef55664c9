package identity

import (
	"net"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/webauthn"
)

// parties are what passkeys are bound to, by the host that a browser is at. A
// passkey of one domain is of no use at a host of another (WebAuthn 2, 5.1.3).
type parties struct {
	usual    *webauthn.WebAuthn // of the public URL; nil where it is an address
	byHost   map[string]*webauthn.WebAuthn
	byDomain map[string]*webauthn.WebAuthn
}

// relyingParties makes them of the pages that may ask for passkeys. A host whose
// domain is not Config.PasskeyDomain has its own; an address has none, since no
// passkey can be bound to one (5.1.2: the effective domain).
func relyingParties(cfg Config) parties {
	p := parties{byHost: map[string]*webauthn.WebAuthn{}, byDomain: map[string]*webauthn.WebAuthn{}}
	for i, origin := range append([]string{cfg.PublicURL}, cfg.Origins...) {
		page, err := url.Parse(origin)
		if err != nil || page.Hostname() == "" || net.ParseIP(page.Hostname()) != nil {
			continue
		}
		host := strings.ToLower(page.Hostname())
		domain := domainOf(host, cfg.PasskeyDomain)
		party := p.byDomain[domain]
		if party == nil {
			if party, err = webauthn.New(&webauthn.Config{RPID: domain, RPDisplayName: totpIssuer, RPOrigins: []string{origin}}); err != nil {
				continue
			}
		} else {
			party.Config.RPOrigins = append(party.Config.RPOrigins, origin)
		}
		p.byHost[host], p.byDomain[domain] = party, party
		if i == 0 {
			p.usual = party
		}
	}
	return p
}

// domainOf gives the domain that passkeys of a host are bound to: the one that is
// shared, where the host lies in it and browsers let it claim it, else the host.
// They let nobody claim a name without a dot but its own host: it counts as a
// public suffix.
func domainOf(host, shared string) string {
	shared = strings.ToLower(shared)
	if host == shared || strings.Contains(shared, ".") && strings.HasSuffix(host, "."+shared) {
		return shared
	}
	return host
}

// at gives the party of a host; that of the public URL for a host that is not
// told or not ours, nil where there are no passkeys.
func (p parties) at(host string) *webauthn.WebAuthn {
	if party, ok := p.byHost[strings.ToLower(host)]; ok {
		return party
	}
	return p.usual
}

// takes reports whether a passkey is one of a party's.
func (p parties) takes(party *webauthn.WebAuthn, kept passkey) bool {
	switch {
	case party == nil:
		return false
	case kept.Domain == "":
		return party == p.usual
	default:
		return kept.Domain == party.Config.RPID
	}
}

// of gives the party that a ceremony was begun with; nil when it is gone.
func (p parties) of(begun webauthn.SessionData) *webauthn.WebAuthn {
	return p.byDomain[begun.RelyingPartyID]
}
