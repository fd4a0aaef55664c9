package account

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"prosa/internal/base/place"
)

// Who may take a right.
const (
	byPeople    = "people"
	byPipelines = "pipelines"
	bySealed    = "the sealed users"
)

// keep is the right by which access itself is changed.
const keep = "keep"

// power is what stands behind a right's name in aws/modules/rights: whether its
// policy allows more than looking, and for whom it was written. access.yaml says
// what a right is; it can't make another of it.
type power struct {
	changes bool
	taker   string
}

var powers = map[string]power{
	"cost":       {false, byPeople},
	"observe":    {false, byPeople},
	"audit":      {false, byPeople},
	"operate":    {true, byPeople},
	keep:         {true, byPeople},
	"plan":       {false, byPipelines},
	"push":       {true, byPipelines},
	"apply":      {true, byPipelines},
	"everything": {true, bySealed},
}

// rights holds what is said of each right against its policy.
func (j *judge) rights(a Access) {
	for _, name := range slices.Sorted(maps.Keys(a.Rights)) {
		right := a.Rights[name]
		power, written := powers[name]
		switch {
		case !written:
			j.say("rights."+name, "no policy is behind it in aws/modules/rights")
		case right.Changes != power.changes:
			j.say("rights."+name+".changes", "the policy behind it in aws/modules/rights says otherwise")
		}
		if right.Changes && right.Hours > 4 {
			j.say("rights."+name+".hours", "a session that may change things ends after four hours at most")
		}
	}
}

// takes refuses a right that there is not, or that is not for the taker.
func (j *judge) takes(a Access, path, rights, taker string) {
	if _, known := a.Rights[rights]; !known {
		j.say(path, "there is no right %s", rights)
		return
	}
	if power, written := powers[rights]; written && power.taker != taker {
		j.say(path, "%s is for %s: %s never take it", rights, power.taker, taker)
	}
}

// grants judges what a group may do. Production, and the organization that rules
// it, are changed with a key in the hand; access to anything is too.
func (j *judge) grants(a Access, name string, group Group) {
	for i, grant := range group.Grants {
		path := fmt.Sprintf("groups.%s.grants[%d].rights", name, i)
		j.takes(a, path, grant.Rights, byPeople)
		if !powers[grant.Rights].changes {
			continue
		}
		if len(grant.Holders) > 0 && grant.Rights != keep {
			j.say(path, "only keep changes the organization's own accounts: there is nothing else to %s there", grant.Rights)
		}
		if (grant.high() || grant.Rights == keep) && group.SecondFactor != hardest {
			j.say("groups."+name+".second_factor", "%s in production or of access asks for a security-key: a code can be talked out of somebody", grant.Rights)
		}
	}
}

// kept wants somebody for every account who may keep it: without one nobody could
// ever change again who may enter.
func (j *judge) kept(a Access) {
	var left []string
	for _, account := range everyAccount() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(a.Groups)), func(g Group) bool {
			return slices.ContainsFunc(g.Grants, func(grant Grant) bool { return grant.Rights == keep && grant.reaches(account) })
		}) {
			left = append(left, account.Name)
		}
	}
	if len(left) > 0 {
		j.say("groups", "nobody may keep %s: who may enter could not be changed there any more", strings.Join(left, ", "))
	}
}

// everyAccount names those that can be entered, without the file that has the rest
// of them.
func everyAccount() (accounts []Account) {
	for _, line := range place.Lines() {
		for _, environment := range place.Environments() {
			accounts = append(accounts, Account{Name: line + "-" + environment, Line: line, Environment: environment})
		}
	}
	for _, holder := range (File{}).holders() {
		accounts = append(accounts, Account{Name: holder.name})
	}
	return accounts
}

// hardest is the second factor that nobody can be talked out of.
const hardest = "security-key"

// high reports whether a grant reaches production, or an account that rules it.
func (g Grant) high() bool { return slices.Contains(g.Environments, prod) || len(g.Holders) > 0 }

// handsInProduction are the people who may change something there, or in the
// accounts of the organization, from which production can be changed.
func (a Access) handsInProduction() []string {
	hands := map[string]bool{}
	for _, group := range a.Groups {
		for _, grant := range group.Grants {
			if !grant.high() || !a.Rights[grant.Rights].Changes && !powers[grant.Rights].changes {
				continue
			}
			for _, person := range group.People {
				hands[person] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(hands))
}
