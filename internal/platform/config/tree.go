package config

import (
	"encoding"
	"net/url"
	"reflect"

	"prosa/internal/base/secret"
)

// leaf is a field that one variable sets.
type leaf struct {
	value    reflect.Value
	name     string
	preset   string // the default, as text
	doc      string
	secret   bool
	required bool
}

// branch is a struct of the tree with the leaves directly in it.
type branch struct {
	value  reflect.Value
	leaves []leaf
}

// walk lists the structs of the tree, in the order of their fields. A mistake
// in the definition (a field without a name, one variable for two different
// fields) is an error.
func walk(tree any) ([]branch, error) {
	root := reflect.ValueOf(tree)
	if root.Kind() != reflect.Pointer || root.IsNil() || root.Elem().Kind() != reflect.Struct {
		return nil, defect("%T is not a pointer to a struct", tree)
	}
	w := walker{seen: map[string]leaf{}}
	err := w.visit(root.Elem(), "")
	return w.branches, err
}

type walker struct {
	branches []branch
	seen     map[string]leaf
}

func (w *walker) visit(value reflect.Value, prefix string) error {
	at := len(w.branches)
	w.branches = append(w.branches, branch{value: value})
	for i := range value.NumField() {
		field := value.Type().Field(i)
		name, named := field.Tag.Lookup("env")
		if !field.IsExported() || name == "-" {
			continue
		}
		if !named && field.Type.Kind() == reflect.Struct && !isLeaf(value.Field(i)) {
			if err := w.visit(value.Field(i), prefix+field.Tag.Get("prefix")); err != nil {
				return err
			}
			continue
		}
		if name == "" {
			return defect("the field %s.%s names no variable", value.Type(), field.Name)
		}
		found := leaf{
			value: value.Field(i), name: prefix + name,
			preset: field.Tag.Get("default"), doc: field.Tag.Get("doc"),
			secret:   field.Tag.Get("secret") == "true" || field.Type == reflect.TypeFor[secret.Text](),
			required: field.Tag.Get("required") == "true",
		}
		// Two modules may read one variable (the data folder) if they mean the
		// same by it.
		if other, ok := w.seen[found.name]; ok && (other.value.Type() != field.Type || other.preset != found.preset) {
			return defect("%s is read in two ways", found.name)
		}
		w.seen[found.name] = found
		w.branches[at].leaves = append(w.branches[at].leaves, found)
	}
	return nil
}

// isLeaf reports whether a struct is one value, not a branch.
func isLeaf(value reflect.Value) bool {
	if value.Type() == reflect.TypeFor[url.URL]() {
		return true
	}
	_, ok := value.Addr().Interface().(encoding.TextUnmarshaler)
	return ok
}
