package aws

import (
	"fmt"
	"maps"
	"slices"
)

// account is what one account holds. Each service keeps its own state in it.
type account struct {
	Account
	services map[string]any
	serial   int
}

// state gives a service's part of the account, made empty at the first use. The
// server's lock is held while a call runs.
func state[T any](a *account, service string) *T {
	if found, ok := a.services[service].(*T); ok {
		return found
	}
	made := new(T)
	a.services[service] = made
	return made
}

// next numbers what the account makes, so that identifiers repeat from run to
// run.
func (a *account) next() int {
	a.serial++
	return a.serial
}

// name makes an identifier in the vendor's manner: vpc-0000000000000001a.
func (a *account) name(prefix string) string {
	return fmt.Sprintf("%s-%s%05x", prefix, a.ID, a.next())
}

// arn names a resource of the account in a region.
func (c *call) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + c.region + ":" + c.account.ID + ":" + resource
}

// globalARN names a resource that stands in no region.
func (c *call) globalARN(service, resource string) string {
	return "arn:aws:" + service + "::" + c.account.ID + ":" + resource
}

// shelf keeps things of one kind by name, and lists them in the order of their
// names.
type shelf[T any] map[string]*T

func (s *shelf[T]) put(name string, thing *T) {
	if *s == nil {
		*s = shelf[T]{}
	}
	(*s)[name] = thing
}

func (s shelf[T]) names() []string { return slices.Sorted(maps.Keys(s)) }

func (s shelf[T]) all() []*T {
	things := make([]*T, 0, len(s))
	for _, name := range s.names() {
		things = append(things, s[name])
	}
	return things
}
