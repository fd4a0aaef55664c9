package account

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/base/place"
)

const prod = place.Prod

// Problems judges the file. A file whose shape is wrong is told of its shape
// alone: rules about values that could not be read would mislead.
func (f File) Problems() []Problem {
	if len(f.document.problems) > 0 {
		return f.document.problems
	}
	j := judge{document: f.document}
	j.complete(f)
	for i, account := range f.Accounts {
		j.identity(f, i, account)
	}
	j.unique(f)
	if !f.excerpt {
		j.organization(f)
		for i, account := range f.Accounts {
			j.account(f, i, account)
		}
		j.networks(f)
		j.domains(f)
		j.pipelines(f)
	}
	slices.SortStableFunc(j.problems, func(a, b Problem) int { return a.Line - b.Line })
	return j.problems
}

// judge collects what the rules find.
type judge struct {
	document document
	problems []Problem
}

func (j *judge) say(path, format string, args ...any) {
	j.problems = append(j.problems, Problem{Path: path, Line: j.document.lines[path], Message: fmt.Sprintf(format, args...)})
}

func at(i int, field string) string { return fmt.Sprintf("accounts[%d].%s", i, field) }

func (j *judge) organization(f File) {
	o := f.Organization
	if _, known := o.Zones[o.Region]; !known {
		j.say("organization.region", "the zones of %s are not among the regions", o.Region)
	}
	j.regions(f)
	j.office(f.text.Organization.Office)
	if keeper, known := f.Account(o.Ledger); !known {
		j.say("organization.ledger", "there is no account %s", o.Ledger)
	} else if keeper.Environment != prod {
		j.say("organization.ledger", "%s sleeps, and what it reads is of production: the cost ledger is kept by a deployment of production", o.Ledger)
	}
}

// complete wants each product line in each environment, once.
func (j *judge) complete(f File) {
	count := map[string]int{}
	for i, account := range f.Accounts {
		name := account.Line + "-" + account.Environment
		if count[name]++; count[name] > 1 {
			j.say(at(i, "environment"), "%s has an account already: one for each product line and environment", name)
		}
	}
	for _, line := range place.Lines() {
		for _, environment := range place.Environments() {
			if count[line+"-"+environment] == 0 {
				j.say("accounts", "%s-%s is missing: each product line has an account for each environment", line, environment)
			}
		}
	}
}

// identity judges who an account is and what it may cost.
func (j *judge) identity(f File, i int, a Account) {
	if want := a.Line + "-" + a.Environment; a.Name != want {
		j.say(at(i, "name"), "%s is the account of %s: its name follows from the product line and the environment", a.Name, want)
	}
	if amount, err := money.ParseDecimal(f.text.Accounts[i].Budget.Amount); err != nil || amount <= 0 {
		j.say(at(i, "budget.amount"), "%q is no amount above zero", f.text.Accounts[i].Budget.Amount)
	}
}

// account judges what one account says for itself.
func (j *judge) account(f File, i int, a Account) {
	text := f.text.Accounts[i]
	letters, known := f.Organization.Zones[a.Region]
	switch {
	case !known:
		j.say(at(i, "region"), "the zones of %s are not among organization.regions", a.Region)
	case text.Zones > len(letters):
		j.say(at(i, "zones"), "%s has %d zones, not %d", a.Region, len(letters), text.Zones)
	case a.Environment == prod && text.Zones < 3:
		j.say(at(i, "zones"), "production lies in three zones: three NATS nodes agree when one is lost")
	case a.Environment != prod && text.Zones < 2:
		j.say(at(i, "zones"), "the database and the load balancer want two zones")
	}
	j.hours(f, i, a)
	j.size(i, a)
	j.settings(i, a)
	if a.Environment == prod && a.Retention.Backups < 7 {
		j.say(at(i, "retention_days.backups"), "production keeps its backups for a week at least")
	}
}

// noID has the form of an account's id and is that of none.
const noID = "000000000000"

// unique refuses an id, an address or a domain that two have.
func (j *judge) unique(f File) {
	taken := map[string]string{} // value -> path of the first
	check := func(path, what, value string) {
		if value == "" {
			return // left out of an excerpt
		}
		key := what + " " + strings.ToLower(value) // mail does not tell capitals from small letters
		if first, twice := taken[key]; twice {
			j.say(path, "the %s %s is that of %s already", what, value, first)
			return
		}
		taken[key] = path
	}
	id := func(path, value string) {
		if value == noID {
			j.say(path, "%s is of no account", value)
		}
		check(path, "account id", value)
	}
	for _, holder := range f.holders() {
		id(holder.path+".account_id", holder.ID)
		check(holder.path+".email", "e-mail address", holder.Email)
	}
	for i, a := range f.Accounts {
		id(at(i, "account_id"), a.ID)
		check(at(i, "email"), "e-mail address", a.Email)
		check(at(i, "domain"), "domain", a.Domain)
	}
}

type namedHolder struct {
	Holder
	name, path, cidr string
}

func (f File) holders() []namedHolder {
	o, text := f.Organization, f.text.Organization
	return []namedHolder{
		{o.Management, "management", "organization.management", text.Management.CIDR},
		{o.Security, "security", "organization.security", text.Security.CIDR},
		{o.Network, "network", "organization.network", text.Network.CIDR},
	}
}

// networks refuses networks that are none, that do not hold their subnets, and
// each pair that overlaps.
func (j *judge) networks(f File) {
	var blocks []block
	take := func(owner, path, text string, ours bool) {
		network, err := parseNetwork(text)
		if err != nil {
			j.say(path, "%s", sentence(err))
			return
		}
		blocks = append(blocks, block{owner, path, network, ours})
	}
	for _, holder := range f.holders() {
		if holder.cidr != "" {
			take(holder.name, holder.path+".cidr", holder.cidr, false)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Organization.Neighbours)) {
		take("the neighbour "+name, "organization.neighbours."+name, f.text.Organization.Neighbours[name], false)
	}
	for i, a := range f.Accounts {
		take(a.Name, at(i, "cidr"), f.text.Accounts[i].CIDR, true)
		if a.CIDR == (netip.Prefix{}) || len(a.Zones) == 0 {
			continue
		}
		if _, err := Subnets(a.CIDR, a.Zones); err != nil {
			j.say(at(i, "cidr"), "%s", sentence(err))
		}
	}
	for _, pair := range overlaps(blocks) {
		j.say(pair[1].path, "%s overlaps %s", pair[1], pair[0])
	}
}

// surfaces are the first words of an account's hosts, beside the domain itself, as
// the contract module hosts gives them.
var surfaces = []string{"planos", "operator", "api", "hooks"}

// domains wants every name under the apex, and no name below that of another
// account: who may write a domain, as its zone or by the role of its names, may
// answer for every name in it.
func (j *judge) domains(f File) {
	apex := f.Organization.Apex
	for i, a := range f.Accounts {
		if !within(a.Domain, apex) || a.Domain == apex {
			j.say(at(i, "domain"), "%s does not lie under %s", a.Domain, apex)
		}
		if a.Environment == prod && len(a.NameServers) > 0 {
			j.say(at(i, "name_servers"), "names of production stand in the zone of %s itself: they have no name servers of their own", apex)
		}
		for k, other := range f.Accounts {
			if k == i || other.Domain == a.Domain || !within(other.Domain, a.Domain) {
				continue
			}
			host := strings.TrimSuffix(other.Domain, "."+a.Domain)
			switch {
			case slices.Contains(surfaces, host):
				j.say(at(k, "domain"), "lies in the domain of %s (%s), which has %s as a host of its own", a.Name, a.Domain, other.Domain)
			case a.Environment == prod && other.Environment != prod && other.Line == a.Line:
				// Its own environments may lie below production, which is trusted with more.
			case a.Environment == prod:
				j.say(at(k, "domain"), "%s lies below the domain of %s (%s), which may write every name there", other.Domain, a.Name, a.Domain)
			default:
				j.say(at(k, "domain"), "%s lies in the zone of %s (%s), which could answer for it", other.Domain, a.Name, a.Domain)
			}
		}
	}
}

// within reports whether a name is a zone's own or one below it.
func within(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// pipelines wants somebody to be able to log in, and each account to be bound to
// an environment of its own.
func (j *judge) pipelines(f File) {
	b := f.Organization.Bitbucket
	if b == nil && f.Organization.GitHub == nil {
		j.say("organization.ci", "no pipeline can log in: bitbucket, github, or both")
	}
	if b == nil {
		return
	}
	if !strings.Contains(b.Issuer, "/workspaces/"+b.Workspace+"/") {
		j.say("organization.ci.bitbucket.issuer", "signs for another workspace than %s", b.Workspace)
	}
	const path = "organization.ci.bitbucket.environments"
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(b.Environments)) {
		if _, known := f.Account(name); !known {
			j.say(path+"."+name, "there is no account %s", name)
		}
		uuid := b.Environments[name]
		if first, twice := taken[uuid]; twice {
			j.say(path+"."+name, "is the environment of %s already: whoever deploys the one could deploy the other", first)
		}
		taken[uuid] = name
	}
	for _, a := range f.Accounts {
		if b.Environments[a.Name] == "" {
			j.say(path, "%s has no deployment environment", a.Name)
		}
	}
}

// sentence is an error without its code.
func sentence(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Message
	}
	return err.Error()
}
