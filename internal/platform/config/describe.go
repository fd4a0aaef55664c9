package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Field is what can be told of one variable.
type Field struct {
	Name string `json:"name"`
	// Type says in a word what its text must be; see typeOf.
	Type    string `json:"type"`
	Default string `json:"default"`
	Doc     string `json:"doc"`
	// Current is the value in use; of a secret only whether there is one.
	Current string `json:"current"`
	// Differs tells that the value in use is not the default.
	Differs  bool `json:"differs"`
	Secret   bool `json:"secret"`
	Required bool `json:"required"`
	// Owner is the package whose struct reads it, below internal: "modules/mail".
	Owner string `json:"owner"`
}

// Describe lists the variables of the tree with the values that it holds now,
// in the order of its fields. A variable that two structs read is listed once.
func Describe(tree any) ([]Field, error) {
	branches, err := walk(tree)
	if err != nil {
		return nil, err
	}
	var fields []Field
	seen := map[string]bool{}
	for _, branch := range branches {
		for _, leaf := range branch.leaves {
			if seen[leaf.name] {
				continue
			}
			seen[leaf.name] = true
			field, err := leaf.describe()
			if err != nil {
				return nil, err
			}
			field.Owner = ownerOf(branch.value.Type())
			fields = append(fields, field)
		}
	}
	return fields, nil
}

// ownerOf gives the package of a struct, below the module's internal folder.
func ownerOf(t reflect.Type) string {
	_, owner, below := strings.Cut(t.PkgPath(), "/internal/")
	if !below {
		return t.PkgPath()
	}
	return owner
}

const mask = "[secret]"

func (l leaf) describe() (Field, error) {
	preset := reflect.New(l.value.Type()).Elem()
	if err := parse(preset, l.preset); err != nil {
		return Field{}, defect("the default of %s: %v", l.name, err)
	}
	field := Field{
		Name: l.name, Type: typeOf(l.value.Type()), Doc: l.doc, Secret: l.secret, Required: l.required,
		Default: show(preset), Current: show(l.value),
		Differs: !reflect.DeepEqual(preset.Interface(), l.value.Interface()),
	}
	// An empty list read from a variable is not nil, but means the same.
	if field.Default == "" && field.Current == "" && !l.secret {
		field.Differs = false
	}
	if l.secret {
		field.Default, field.Current = masked(preset), masked(l.value)
	}
	return field, nil
}

func masked(value reflect.Value) string {
	if value.IsZero() {
		return ""
	}
	return mask
}

// Markdown gives the fields as a table for the documentation.
func Markdown(fields []Field) string {
	var text strings.Builder
	text.WriteString("| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, f := range fields {
		doc := f.Doc
		if f.Required {
			doc += " Required."
		}
		if f.Secret {
			doc += " Secret; `" + f.Name + "_FILE` reads it from a file."
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", f.Name, code(f.Default), cell(strings.TrimSpace(doc)))
	}
	return text.String()
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// Text gives the fields for a terminal: name, value, default where they differ
// (marked with *), and the explanation below.
func Text(fields []Field) string {
	var text strings.Builder
	for _, f := range fields {
		mark, was := " ", ""
		if f.Differs {
			mark = "*"
			was = fmt.Sprintf("  (default %q)", f.Default)
		}
		fmt.Fprintf(&text, "%s %s=%s%s\n      %s\n", mark, f.Name, f.Current, was, f.Doc)
	}
	return text.String()
}
