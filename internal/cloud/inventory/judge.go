package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// Problems says what the inventory may not be: something without an owner, a
// queue whose failures go nowhere, a name listed twice, a queue that no service
// works on, a subject that nobody reads. Each is a sentence.
func (i Inventory) Problems() (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	is := func(kind, name, owner string) {
		if name == "" {
			say("a %s has no name", kind)
		}
		if owner == "" {
			say("%s %s has no owner", kind, name)
		}
		if seen[kind+" "+name] {
			say("%s %s is listed twice", kind, name)
		}
		seen[kind+" "+name] = true
	}
	fails := func(kind, name, dead string) {
		if strings.TrimSpace(dead) == "" {
			say("%s %s has no dead-letter target: say where goes what can't be worked on", kind, name)
		}
	}
	for _, s := range i.Subjects {
		is("subject", s.Name, s.Owner)
		if len(s.Writers) == 0 || len(s.Readers) == 0 {
			say("subject %s is not written and read", s.Name)
		}
		if s.Retained == "" {
			say("subject %s: for how long is it kept?", s.Name)
		}
	}
	for _, c := range i.Consumers {
		is("consumer", c.Name, c.Owner)
		fails("consumer", c.Name, c.Dead)
		if find(i.Subjects, func(s Subject) bool { return s.Name == c.Subject }) == nil {
			say("consumer %s reads %s, which is no subject", c.Name, c.Subject)
		}
		if target, isSubject := strings.CutPrefix(c.Dead, "dead."); isSubject && find(i.Subjects, func(s Subject) bool { return s.Name == c.Dead }) == nil {
			say("consumer %s puts aside to dead.%s, which is no subject", c.Name, target)
		}
	}
	for _, q := range i.Queues {
		is("queue", q.Table, q.Owner)
		fails("queue", q.Table, q.Dead)
		if find(i.Tables, func(t Table) bool { return t.Name == q.Table }) == nil {
			say("queue %s is no table", q.Table)
		}
		if !slices.ContainsFunc(i.Targets, func(t Target) bool { return slices.Contains(t.Services, q.Server) }) {
			say("queue %s is worked on by %q, which no target runs", q.Table, q.Server)
		}
	}
	for _, j := range i.Jobs {
		is("job", j.Kind, j.Owner)
		fails("job", j.Kind, j.Dead)
	}
	for _, t := range i.Tables {
		is("table", t.Name, t.Owner)
	}
	for _, e := range i.Endpoints {
		is("endpoint", e.Method+" "+e.Path, e.Owner)
	}
	for _, h := range i.Hosts {
		is("host", h.Setting, h.Owner)
	}
	for _, s := range i.Settings {
		is("setting", s.Name, s.Owner)
	}
	for _, r := range i.Resources {
		is("resource", r.Deployment+" "+r.Layer+" "+r.Address, r.Owner)
		problems = append(problems, r.problems()...)
	}
	return problems
}
