// Package plaintest reads systemd units as far as ours go: no line that goes on
// in the next, no quoting but of whole words (systemd.syntax(7), systemd.exec(5)).
package plaintest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Unit is a file of systemd.
type Unit struct {
	// Name is the file's name: prosa-api.service.
	Name  string
	lines []line
}

type line struct{ section, key, value string }

// Read reads a unit. A line that is neither a section, a setting nor a comment
// is an error.
func Read(path string) (Unit, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Unit{}, err
	}
	u := Unit{Name: filepath.Base(path)}
	section := ""
	for n, one := range strings.Split(string(text), "\n") {
		one = strings.TrimSpace(one)
		switch key, value, found := strings.Cut(one, "="); {
		case one == "" || strings.HasPrefix(one, "#"):
		case strings.HasPrefix(one, "[") && strings.HasSuffix(one, "]"):
			section = strings.Trim(one, "[]")
		case !found || section == "" || strings.HasSuffix(one, `\`) || strings.ContainsAny(key, " \t"):
			return Unit{}, fmt.Errorf("%s:%d: %q is no setting", u.Name, n+1, one)
		default:
			u.lines = append(u.lines, line{section, key, value})
		}
	}
	return u, nil
}

// All gives the values of a setting in the order of their lines.
func (u Unit) All(section, key string) []string {
	var values []string
	for _, one := range u.lines {
		if one.section == section && one.key == key {
			values = append(values, one.value)
		}
	}
	return values
}

// One gives the value of a setting that stands once, empty when it doesn't.
func (u Unit) One(section, key string) string {
	if values := u.All(section, key); len(values) == 1 {
		return values[0]
	}
	return ""
}

// Command gives ExecStart's program and arguments.
func (u Unit) Command() []string { return strings.Fields(u.One("Service", "ExecStart")) }

// Environment gives the settings of the unit's own lines, with %d, the folder of
// the credentials, put in.
func (u Unit) Environment(credentials string) map[string]string {
	settings := map[string]string{}
	for _, one := range u.All("Service", "Environment") {
		name, value, _ := strings.Cut(strings.Trim(one, `"`), "=")
		settings[name] = strings.ReplaceAll(value, "%d", credentials)
	}
	return settings
}

// Credentials gives the files that systemd hands over: name -> where it lies.
func (u Unit) Credentials() map[string]string {
	files := map[string]string{}
	for _, one := range u.All("Service", "LoadCredential") {
		name, path, _ := strings.Cut(one, ":")
		files[name] = path
	}
	return files
}

// ReadEnvironment reads an environment file: NAME=value, and comments.
func ReadEnvironment(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	settings := map[string]string{}
	for n, one := range strings.Split(string(text), "\n") {
		if one = strings.TrimSpace(one); one == "" || strings.HasPrefix(one, "#") {
			continue
		}
		name, value, found := strings.Cut(one, "=")
		if !found {
			return nil, fmt.Errorf("%s:%d: %q is no setting", path, n+1, one)
		}
		if _, twice := settings[name]; twice {
			return nil, fmt.Errorf("%s:%d: %s is set twice", path, n+1, name)
		}
		settings[name] = value
	}
	return settings, nil
}
