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
	"prosa/internal/cloud/schedule"
)

// Lines and Environments of which there is an account each.
var (
	lines        = []string{"massivo", "enterprise"}
	environments = []string{"dev", "homolog", "prod"}
)

const prod = "prod"

// Problems judges the file. A file whose shape is wrong is told of its shape
// alone: rules about values that could not be read would mislead.
func (f File) Problems() []Problem {
	if len(f.document.problems) > 0 {
		return f.document.problems
	}
	j := judge{document: f.document}
	j.organization(f)
	j.complete(f)
	for i, account := range f.Accounts {
		j.account(f, i, account)
	}
	j.unique(f)
	j.networks(f)
	j.domains(f)
	j.pipelines(f)
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
	if office, err := schedule.Parse(f.text.Organization.Office); err != nil {
		j.say("organization.office", "%s", sentence(err))
	} else if office.Kind != schedule.Office {
		j.say("organization.office", "an office has hours: days from-to, as in mon-fri 08:00-20:00")
	}
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
	for _, line := range lines {
		for _, environment := range environments {
			if count[line+"-"+environment] == 0 {
				j.say("accounts", "%s-%s is missing: each product line has an account for each environment", line, environment)
			}
		}
	}
}

// account judges what one account says for itself.
func (j *judge) account(f File, i int, a Account) {
	text := f.text.Accounts[i]
	if want := a.Line + "-" + a.Environment; a.Name != want {
		j.say(at(i, "name"), "%s is the account of %s: its name follows from the product line and the environment", a.Name, want)
	}
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
	if hours, err := f.schedule(text.Schedule); err != nil {
		j.say(at(i, "schedule"), "%s", sentence(err))
	} else if (hours.Kind == schedule.Always) != (a.Environment == prod) {
		j.say(at(i, "schedule"), "production runs always, and nothing else does: %s is %s", a.Name, text.Schedule)
	}
	if amount, err := money.ParseDecimal(text.Budget.Amount); err != nil || amount <= 0 {
		j.say(at(i, "budget.amount"), "%q is no amount above zero", text.Budget.Amount)
	}
	j.size(i, a)
	for _, name := range a.Secrets {
		if _, plain := a.Settings[name]; plain {
			j.say(at(i, "settings."+name), "is a secret and stands here in clear")
		}
	}
	if a.Environment == prod && a.Retention.Backups < 7 {
		j.say(at(i, "retention_days.backups"), "production keeps its backups for a week at least")
	}
}

func (j *judge) size(i int, a Account) {
	for name, task := range map[string]Task{"gateway": a.Size.Gateway, "api": a.Size.API, "worker": a.Size.Worker} {
		path := at(i, "size."+name)
		if task.Most < task.Count {
			j.say(path+".most", "at most %d can't be fewer than the %d that run", task.Most, task.Count)
		}
		if a.Environment == prod && task.Count < 2 {
			j.say(path+".count", "one alone is no production: a second takes over when it falls")
		}
		if task.Memory < 2*task.CPU || task.Memory > 8*task.CPU {
			j.say(path+".memory", "%d MiB beside %d of CPU: the runtime takes two to eight times as many", task.Memory, task.CPU)
		}
	}
}

// unique refuses an id, an address or a domain that two have.
func (j *judge) unique(f File) {
	taken := map[string]string{} // value -> path of the first
	check := func(path, what, value string) {
		key := what + " " + value
		if first, twice := taken[key]; twice {
			j.say(path, "the %s %s is that of %s already", what, value, first)
			return
		}
		taken[key] = path
	}
	for _, holder := range f.holders() {
		check(holder.path+".account_id", "account id", holder.ID)
		check(holder.path+".email", "e-mail address", holder.Email)
	}
	for i, a := range f.Accounts {
		check(at(i, "account_id"), "account id", a.ID)
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

// domains wants every name under the apex, and no name in the zone of another:
// who may write a delegated zone may answer for every name in it.
func (j *judge) domains(f File) {
	apex := f.Organization.Apex
	for i, a := range f.Accounts {
		if !within(a.Domain, apex) || a.Domain == apex {
			j.say(at(i, "domain"), "%s does not lie under %s", a.Domain, apex)
		}
		if a.Environment == prod {
			if len(a.NameServers) > 0 {
				j.say(at(i, "name_servers"), "names of production stand in the zone of %s itself: they have no name servers of their own", apex)
			}
			continue
		}
		for k, other := range f.Accounts {
			if k != i && other.Domain != a.Domain && within(other.Domain, a.Domain) {
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

// CheckSettings refuses names among settings and secrets that the product does
// not know, and secrets in clear. known tells of a name whether it is a secret.
func (f File) CheckSettings(known map[string]bool) []Problem {
	j := judge{document: f.document}
	for i, a := range f.Accounts {
		for _, name := range slices.Sorted(maps.Keys(a.Settings)) {
			if isSecret, is := known[name]; !is {
				j.say(at(i, "settings."+name), "the product has no such setting")
			} else if isSecret {
				j.say(at(i, "settings."+name), "is a secret and stands here in clear: name it among secrets")
			}
		}
		for k, name := range a.Secrets {
			if isSecret, is := known[name]; !is || !isSecret {
				j.say(fmt.Sprintf("%s[%d]", at(i, "secrets"), k), "%s is no secret of the product", name)
			}
		}
	}
	return j.problems
}
