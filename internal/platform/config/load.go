package config

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"

	"prosa/internal/base/fault"
)

// Lookup gives the value of a variable, and whether it is set.
type Lookup func(name string) (string, bool)

// Environment is the process's own environment.
func Environment() Lookup { return os.LookupEnv }

// Map looks variables up in a map; for tests and child processes.
func Map(values map[string]string) Lookup {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

// Load fills the struct that tree points to: each field from its variable, or
// from its default. An empty variable counts as not set. The error joins every
// fault found; each is a *fault.Error whose Field is the variable.
func Load(tree any, lookup Lookup) error {
	branches, err := walk(tree)
	if err != nil {
		return err
	}
	var faults []error
	for _, branch := range branches {
		before := len(faults)
		for _, leaf := range branch.leaves {
			if err := leaf.read(lookup); err != nil {
				faults = append(faults, err)
			}
		}
		// A rule over fields that could not be read would only add noise.
		if len(faults) == before {
			faults = append(faults, validate(branch)...)
		}
	}
	return errors.Join(faults...)
}

// Validate asks the rules of the tree's structs again, for a program that
// changed fields after Load.
func Validate(tree any) error {
	branches, err := walk(tree)
	if err != nil {
		return err
	}
	var faults []error
	for _, branch := range branches {
		faults = append(faults, validate(branch)...)
	}
	return errors.Join(faults...)
}

func validate(branch branch) []error {
	rules, ok := branch.value.Addr().Interface().(interface{ Validate() error })
	if !ok {
		return nil
	}
	err := rules.Validate()
	if err == nil {
		return nil
	}
	return []error{err}
}

// read sets the field from its variable, its file or its default.
func (l leaf) read(lookup Lookup) error {
	text, set := lookup(l.name)
	set = set && text != ""
	if l.secret {
		file, fileSet := lookup(l.name + "_FILE")
		if fileSet && file != "" {
			if set {
				return fault.OnField(l.name, "set it or %s_FILE, not both", l.name)
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return fault.OnField(l.name+"_FILE", "can't be read: %v", err)
			}
			text, set = strings.TrimRight(string(content), "\r\n"), true
		}
	}
	if !set {
		text = l.preset
	}
	if text == "" && l.required {
		return fault.OnField(l.name, "must be set: %s", l.doc)
	}
	if err := parse(l.value, text); err != nil {
		if l.secret {
			return fault.OnField(l.name, "can't be read as %s", l.value.Type())
		}
		return fault.OnField(l.name, "%q: %v", text, err)
	}
	return nil
}

// Unknown lists the variables of environ ("NAME=value") that start with prefix
// and that the tree doesn't know: most likely misspelt.
func Unknown(tree any, environ []string, prefix string) ([]string, error) {
	branches, err := walk(tree)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, branch := range branches {
		for _, leaf := range branch.leaves {
			known[leaf.name] = true
			known[leaf.name+"_FILE"] = leaf.secret
		}
	}
	var unknown []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && !known[name] {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	return unknown, nil
}

// Environ lists the process's variables as "NAME=value", for Unknown.
func Environ() []string { return os.Environ() }

// defect is a mistake in a tree's own definition.
func defect(format string, args ...any) error {
	return fault.New(fault.Internal, "config: %s", fmt.Sprintf(format, args...))
}
