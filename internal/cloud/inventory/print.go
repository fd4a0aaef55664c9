package inventory

import (
	"fmt"
	"strings"
)

// section is a table as it is printed.
type section struct {
	title, says string
	head        []string
	rows        [][]string
}

// sections gives everything as tables, empty ones left out.
func (i Inventory) sections() []section {
	all := []section{
		{"Targets", "What `prosa serve --target` runs, in the order of the start.", []string{"Target", "Services"}, rows(i.Targets, func(t Target) []string { return []string{t.Name, strings.Join(t.Services, ", ")} })},
		{"Subjects", "The streams: what came in, and what happened.", []string{"Stream", "Subject", "Carries", "Owner", "Written by", "Read by", "Kept"}, rows(i.Subjects, func(s Subject) []string {
			return []string{orDash(s.Stream), s.Name, s.Carries, s.Owner, strings.Join(s.Writers, ", "), strings.Join(s.Readers, ", "), s.Retained}
		})},
		{"Consumers", "Who reads a stream, and where goes what it can't work on.", []string{"Consumer", "Subject", "Owner", "Dead letters"}, rows(i.Consumers, func(c Consumer) []string { return []string{c.Name, c.Subject, c.Owner, c.Dead} })},
		{"Queues", "Tables whose rows wait to be worked on.", []string{"Table", "Holds", "Owner", "Worked on by", "What can't be worked on"}, rows(i.Queues, func(q Queue) []string { return []string{q.Table, q.Holds, q.Owner, q.Server, q.Dead} })},
		{"Jobs", "Kinds of the job queue.", []string{"Job", "Does", "Owner", "What can't be done"}, rows(i.Jobs, func(j Job) []string { return []string{j.Kind, j.Does, j.Owner, j.Dead} })},
		{"Tables", "", []string{"Table", "Owner", "Belongs to"}, rows(i.Tables, func(t Table) []string {
			if t.Company {
				return []string{t.Name, t.Owner, "a company"}
			}
			return []string{t.Name, t.Owner, "the platform"}
		})},
		{"Outside hosts", "Every host that is called by itself, by the variable that names it.", []string{"Variable", "Default", "Owner"}, rows(i.Hosts, func(h Host) []string { return []string{h.Setting, orDash(h.URL), h.Owner} })},
		{"Secrets", "", []string{"Variable", "Owner"}, rows(only(i.Settings, true), func(s Setting) []string { return []string{s.Name, s.Owner} })},
		{"Environment variables", "Their meaning and defaults are in [configuration.md](configuration.md).", []string{"Variable", "Owner"}, rows(only(i.Settings, false), func(s Setting) []string { return []string{s.Name, s.Owner} })},
		{"Endpoints", "", []string{"Method", "Path", "Who may call", "Target", "Owner"}, rows(i.Endpoints, func(e Endpoint) []string { return []string{orDash(e.Method), e.Path, e.Needs, e.Target, e.Owner} })},
		{"Cloud resources", "From the Terraform plans that were given.", []string{"Deployment", "Layer", "Address", "Name", "Owner", "Carries"}, rows(i.Resources, func(r Resource) []string {
			return []string{r.Deployment, r.Layer, r.Address, r.Name, r.Owner, orDash(strings.Join(r.Carries, ", "))}
		})},
	}
	var filled []section
	for _, s := range all {
		if len(s.rows) > 0 {
			filled = append(filled, s)
		}
	}
	return filled
}

// Markdown gives the inventory as a document.
func (i Inventory) Markdown() string {
	var out strings.Builder
	out.WriteString("# Inventory\n\nEverything that runs, waits and answers, with the package that answers for it. Generated from the code and the schema by `prosa inventory --markdown`; `make check` fails when it is stale, or when a queue has no owner or no place for what can't be worked on. `prosa inventory --plan` joins it with the resources of Terraform's plans.\n")
	for _, s := range i.sections() {
		fmt.Fprintf(&out, "\n## %s (%d)\n\n", s.title, len(s.rows))
		if s.says != "" {
			out.WriteString(s.says + "\n\n")
		}
		fmt.Fprintf(&out, "| %s |\n|%s\n", strings.Join(s.head, " | "), strings.Repeat("---|", len(s.head)))
		for _, row := range s.rows {
			for n, cell := range row {
				row[n] = strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell)
			}
			fmt.Fprintf(&out, "| %s |\n", strings.Join(row, " | "))
		}
	}
	return out.String()
}

// Text gives the inventory for a terminal: a line each, indented by section.
func (i Inventory) Text() string {
	var out strings.Builder
	for n, s := range i.sections() {
		if n > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%s (%d)\n", s.title, len(s.rows))
		width := 0
		for _, row := range s.rows {
			width = max(width, len([]rune(row[0])))
		}
		for _, row := range s.rows {
			fmt.Fprintf(&out, "  %-*s  %s\n", width, row[0], strings.Join(row[1:], " · "))
		}
	}
	return out.String()
}

func rows[T any](list []T, row func(T) []string) [][]string {
	out := make([][]string, len(list))
	for n, item := range list {
		out[n] = row(item)
	}
	return out
}

func only(settings []Setting, secret bool) (some []Setting) {
	for _, s := range settings {
		if s.Secret == secret {
			some = append(some, s)
		}
	}
	return some
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
