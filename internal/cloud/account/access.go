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
	j.rights(a)
	inGroup := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(a.Groups)) {
		group := a.Groups[name]
		for i, person := range group.People {
			inGroup[person] = true
			if _, ok := a.People[person]; !ok {
				j.say(fmt.Sprintf("groups.%s.people[%d]", name, i), "there is nobody called %s", person)
			}
		}
		j.grants(a, name, group)
	}
	j.kept(a)
	j.people(a, inGroup)
	for _, name := range slices.Sorted(maps.Keys(a.Pipelines)) {
		pipeline := a.Pipelines[name]
		path := "pipelines." + name + ".rights"
		j.takes(a, path, pipeline.Rights, byPipelines)
		if pipeline.Rights != name {
			j.say(path, "the role %s may %s: roles are called after what they may do, and judged by it", name, name)
		}
		if a.Rights[pipeline.Rights].Changes && pipeline.From != FromEnvironment {
			j.say("pipelines."+name+".from", "changes things: only a step of the account's own environment may take it, not any pull request")
		}
	}
	j.takes(a, "sealed.rights", a.Sealed.Rights, bySealed)
	if hands := a.handsInProduction(); len(hands) > a.MostInProduction {
		j.say("most_in_production", "%d people may change production, or the organization that rules it, by hand, more than %d: %v", len(hands), a.MostInProduction, hands)
	}
	return j.problems
}

// reaches reports whether a grant is about an account; line and environment of
// one without a workload are empty.
func (g Grant) reaches(account Account) bool {
	if account.Environment == "" {
		return slices.Contains(g.Holders, account.Name)
	}
	return slices.Contains(g.Environments, account.Environment) && (len(g.Lines) == 0 || slices.Contains(g.Lines, account.Line))
}
