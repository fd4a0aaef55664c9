package account

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Role is one line of the table of who may do what: a person or a role, an
// account, the rights there, and what is asked beside a password or a token.
type Role struct {
	Who          string `json:"who"`
	As           string `json:"as"`
	Account      string `json:"account"`
	Rights       string `json:"rights"`
	Changes      bool   `json:"changes"`
	SecondFactor string `json:"second_factor"`
	Hours        int    `json:"hours"` // of a session, at most
}

// Roles lists everyone who can enter an account, by account, then people,
// pipelines, and the sealed users. Both files are without Problems.
func Roles(file File, access Access) []Role {
	var roles []Role
	for _, account := range file.entered() {
		roles = append(roles, access.peopleIn(account)...)
		if account.Environment == "" {
			continue // no pipeline enters the organization's own accounts
		}
		roles = append(roles, access.pipelinesIn(file.Organization, account)...)
		for _, user := range access.Sealed.Users {
			roles = append(roles, access.role(user, "sealed", account.Name, access.Sealed.Rights,
				fmt.Sprintf("%s, used in the last %d minutes", factorWords[access.Sealed.SecondFactor], access.Sealed.SecondFactorMinutes)))
		}
	}
	return roles
}

// entered are the accounts that somebody can enter: the workloads', then those of
// the organization.
func (f File) entered() []Account {
	accounts := slices.Clone(f.Accounts)
	for _, holder := range f.holders() {
		accounts = append(accounts, Account{Name: holder.name, ID: holder.ID, Owner: Owner{Team: "organization", Email: holder.Email}})
	}
	return accounts
}

// factorWords say a second factor to a reader.
var factorWords = map[string]string{
	"security-key":    "security key",
	"passkey-or-code": "passkey or authenticator's code",
}

func (a Access) role(who, as, account, rights, factor string) Role {
	return Role{Who: who, As: as, Account: account, Rights: rights, Changes: a.Rights[rights].Changes, SecondFactor: factor, Hours: a.Rights[rights].Hours}
}

func (a Access) peopleIn(account Account) []Role {
	var roles []Role
	for _, name := range slices.Sorted(maps.Keys(a.Groups)) {
		group := a.Groups[name]
		for _, grant := range group.Grants {
			if !grant.reaches(account) {
				continue
			}
			for _, person := range group.People {
				roles = append(roles, a.role(a.called(person), "group "+name, account.Name, grant.Rights, factorWords[group.SecondFactor]))
			}
		}
	}
	slices.SortStableFunc(roles, func(a, b Role) int { return cmp.Or(strings.Compare(a.Who, b.Who), strings.Compare(a.Rights, b.Rights)) })
	return roles
}

func (a Access) pipelinesIn(o Organization, account Account) []Role {
	var roles []Role
	for _, name := range slices.Sorted(maps.Keys(a.Pipelines)) {
		pipeline := a.Pipelines[name]
		for _, vendor := range o.vendors() {
			from := "token of one step of the repository"
			if pipeline.From == FromEnvironment {
				from = "token of one step in the environment " + vendor.environment(account.Name)
			}
			roles = append(roles, a.role(vendor.name+" pipeline", "role "+account.Name+"-"+name, account.Name, pipeline.Rights, from))
		}
	}
	return roles
}

// vendor is who runs pipelines, as a reader must recognize it.
type vendor struct {
	name, issuer, repository string
	environment              func(account string) string
}

// vendors are those whose tokens are trusted.
func (o Organization) vendors() (used []vendor) {
	if b := o.Bitbucket; b != nil {
		used = append(used, vendor{
			"Bitbucket", b.Issuer, fmt.Sprintf("{%s} of the workspace %s {%s}", b.RepositoryUUID, b.Workspace, b.WorkspaceUUID),
			func(account string) string { return account + " {" + b.Environments[account] + "}" },
		})
	}
	if g := o.GitHub; g != nil {
		used = append(used, vendor{"GitHub", g.Issuer, g.Owner + "/" + g.Repository, func(account string) string { return account }})
	}
	return used
}

// RolesMarkdown is the document of who may do what: where people and pipelines
// come from, who the people are, what the rights are, then a table an account.
func RolesMarkdown(file File, access Access) string {
	var text strings.Builder
	text.WriteString("# Who may do what in which account\n\n" +
		"Printed by `prosa account roles --markdown` from `deploy/terraform/accounts.yaml` and `deploy/terraform/access.yaml`, which Terraform reads too. " +
		"Nobody but these has a way in: the organization's policies refuse users and keys in the accounts.\n\n")
	text.WriteString(file.Organization.sourcesMarkdown())
	text.WriteString(access.peopleMarkdown())
	text.WriteString("## Rights\n\n| Right | Allows | Changes things | Session |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(access.Rights)) {
		right := access.Rights[name]
		fmt.Fprintf(&text, "| `%s` | %s | %s | %d h |\n", name, right.Says, yes(right.Changes), right.Hours)
	}
	fmt.Fprintf(&text, "\nPeople who may change production, or the organization that rules it, by hand: %s (at most %d).\n",
		strings.Join(access.names(access.handsInProduction()), ", "), access.MostInProduction)
	roles := Roles(file, access)
	for _, account := range file.entered() {
		names := ""
		if account.Domain != "" {
			names = ", names under " + account.Domain
		}
		fmt.Fprintf(&text, "\n## %s\n\nAccount %s, %s <%s>%s.\n\n| Who | As | Rights | Changes things | Second factor | Session |\n|---|---|---|---|---|---|\n",
			account.Name, account.ID, account.Owner.Team, account.Owner.Email, names)
		for _, role := range roles {
			if role.Account == account.Name {
				fmt.Fprintf(&text, "| %s | %s | `%s` | %s | %s | %d h |\n", role.Who, role.As, role.Rights, yes(role.Changes), role.SecondFactor, role.Hours)
			}
		}
	}
	return text.String()
}

// sourcesMarkdown says who vouches for people, pipelines, and the one process that
// reads in other accounts than its own.
func (o Organization) sourcesMarkdown() string {
	var text strings.Builder
	fmt.Fprintf(&text, "## Where they come from\n\nPeople sign in at the directory `%s` (`%s`).\n\n"+
		"| Pipelines of | Tokens signed by | Repository |\n|---|---|---|\n", o.Directory.Store, o.Directory.Instance)
	for _, vendor := range o.vendors() {
		fmt.Fprintf(&text, "| %s | `%s` | %s |\n", vendor.name, vendor.issuer, vendor.repository)
	}
	fmt.Fprintf(&text, "\nThe worker of %s, which keeps the cost ledger, reads the bill and what the other deployments measured; no other process reads in an account that is not its own.\n\n", o.Ledger)
	return text.String()
}

// peopleMarkdown says who a name is: what somebody signs in as, and the address
// at which the directory lets them choose their password.
func (a Access) peopleMarkdown() string {
	var text strings.Builder
	text.WriteString("## People\n\n| Signs in as | Name | E-mail | Groups |\n|---|---|---|---|\n")
	for _, person := range slices.Sorted(maps.Keys(a.People)) {
		var groups []string
		for _, name := range slices.Sorted(maps.Keys(a.Groups)) {
			if slices.Contains(a.Groups[name].People, person) {
				groups = append(groups, name)
			}
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", person, a.People[person].Name, a.People[person].Email, strings.Join(groups, ", "))
	}
	text.WriteString("\n")
	return text.String()
}

// called is how somebody stands in the table: the name, which people read, and
// what it stands for.
func (a Access) called(person string) string { return a.People[person].Name + " (" + person + ")" }

func (a Access) names(people []string) []string {
	names := make([]string, 0, len(people))
	for _, person := range people {
		names = append(names, a.called(person))
	}
	return names
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
