package account

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"prosa/deploy"
	"prosa/internal/base/fault"
)

// Access is access.yaml: who may do what.
type Access struct {
	Rights map[string]Right
	// MostInProduction is how many people may change production by hand.
	MostInProduction int `yaml:"most_in_production"`
	People           map[string]Person
	Groups           map[string]Group
	Pipelines        map[string]Pipeline
	Sealed           Sealed

	document document
}

// Right is a named set of permissions.
type Right struct {
	Says    string
	Changes bool // allows more than looking
	Hours   int  // of a session, at most
}

// Person is somebody of the directory.
type Person struct{ Name, Email string }

// Group is people who may do the same.
type Group struct {
	Says         string
	People       []string
	SecondFactor string `yaml:"second_factor"`
	Grants       []Grant
}

// Grant is a right in some accounts: those of Environments, of Lines only where
// there are any, and of Holders (management, security, network).
type Grant struct {
	Rights       string
	Lines        []string
	Environments []string
	Holders      []string
}

// Pipeline is a role that a pipeline takes, From any step of the repository or
// only from the account's deployment environment.
type Pipeline struct{ Rights, From string }

// FromEnvironment binds a pipeline's role to the account's deployment
// environment.
const FromEnvironment = "environment"

// Sealed is the way in for the day on which no other works.
type Sealed struct {
	Users               []string
	Rights              string
	SecondFactor        string `yaml:"second_factor"`
	SecondFactorMinutes int    `yaml:"second_factor_minutes"`
}

// LoadAccess reads access.yaml. What is wrong with its contents is told by
// Problems; the error is about a file that can't be read at all.
func LoadAccess(path string) (Access, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Access{}, fault.Wrap(err, fault.NotFound, "who may do what can't be read")
	}
	return ParseAccess(text)
}

// ParseAccess reads the text of an access.yaml, as LoadAccess does.
func ParseAccess(text []byte) (Access, error) {
	d, err := readDocument(text, deploy.AccessSchema())
	if err != nil {
		return Access{}, err
	}
	var a Access
	if err := d.decode(&a); err != nil {
		return Access{}, err
	}
	a.document = d
	return a, nil
}

// Problems judges the file; where its shape is wrong, its shape alone.
func (a Access) Problems() []Problem {
	if len(a.document.problems) > 0 {
		return a.document.problems
	}
	j := judge{document: a.document}
	known := func(path, rights string) {
		if _, ok := a.Rights[rights]; !ok {
			j.say(path, "there is no right %s", rights)
		}
	}
	inGroup, emails := map[string]bool{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(a.Groups)) {
		group := a.Groups[name]
		for i, person := range group.People {
			inGroup[person] = true
			if _, ok := a.People[person]; !ok {
				j.say(fmt.Sprintf("groups.%s.people[%d]", name, i), "there is nobody called %s", person)
			}
		}
		for i, grant := range group.Grants {
			known(fmt.Sprintf("groups.%s.grants[%d].rights", name, i), grant.Rights)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.People)) {
		email := a.People[name].Email
		if first, twice := emails[email]; twice {
			j.say("people."+name+".email", "is that of %s: two people would share what one may do", first)
		}
		emails[email] = name
		if !inGroup[name] {
			j.say("people."+name, "is in no group: take the entry out")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Pipelines)) {
		pipeline := a.Pipelines[name]
		known("pipelines."+name+".rights", pipeline.Rights)
		if a.Rights[pipeline.Rights].Changes && pipeline.From != FromEnvironment {
			j.say("pipelines."+name+".from", "changes things: only a step of the account's own environment may take it, not any pull request")
		}
	}
	known("sealed.rights", a.Sealed.Rights)
	if hands := a.handsInProduction(); len(hands) > a.MostInProduction {
		j.say("most_in_production", "%d people may change production by hand, more than %d: %v", len(hands), a.MostInProduction, hands)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Rights)) {
		if a.Rights[name].Changes && a.Rights[name].Hours > 4 {
			j.say("rights."+name+".hours", "a session that may change things ends after four hours at most")
		}
	}
	return j.problems
}

// handsInProduction are the people who may change something there.
func (a Access) handsInProduction() []string {
	hands := map[string]bool{}
	for _, group := range a.Groups {
		for _, grant := range group.Grants {
			if a.Rights[grant.Rights].Changes && slices.Contains(grant.Environments, prod) {
				for _, person := range group.People {
					hands[person] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(hands))
}

// reaches reports whether a grant is about an account; line and environment of
// one without a workload are empty.
func (g Grant) reaches(account Account) bool {
	if account.Environment == "" {
		return slices.Contains(g.Holders, account.Name)
	}
	return slices.Contains(g.Environments, account.Environment) && (len(g.Lines) == 0 || slices.Contains(g.Lines, account.Line))
}
