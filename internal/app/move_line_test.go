package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prosa/internal/modules/move"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/telemetry"
)

// lineHouse opens an installation and writes its settings for a command.
func lineHouse(t *testing.T, line, shelf, url string) (h *house, env string) {
	t.Helper()
	settings := map[string]string{
		"PROSA_DATA_DIR": t.TempDir(), "PROSA_LINE": line, "PROSA_PUBLIC_URL": url, "PROSA_MOVE_URL": shelf,
		"PROSA_MOVE_KEY": "m:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
	}
	if code, _, problem := invoke(t, settings, "migrate"); code != exitOK {
		t.Fatal(problem)
	}
	cfg, err := load(config.Map(settings))
	if err != nil {
		t.Fatal(err)
	}
	if h, err = open(t.Context(), cfg, "test", telemetry.Discard()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.close() })
	var text strings.Builder
	for name, value := range settings {
		text.WriteString(name + "=" + value + "\n")
	}
	env = filepath.Join(t.TempDir(), "settings.env")
	if err := os.WriteFile(env, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return h, env
}

// A line is moved company after company; one that was broken off is gone on with,
// one that is at home at the target is left out, and others' lines stay.
func TestALineIsMovedOnlyByThoseWhoAreStillHere(t *testing.T) {
	shelf := t.TempDir()
	source, sourceEnv := lineHouse(t, tenancy.Massivo, shelf, "http://old.example.com")
	target, targetEnv := lineHouse(t, tenancy.Enterprise, shelf, "http://new.example.com")
	ids := map[string]string{}
	for _, name := range []string{"gone", "halfway", "here", "other"} {
		line := tenancy.Massivo
		if name == "other" {
			line = tenancy.Enterprise
		}
		company, err := source.tenancy.Create(t.Context(), tenancy.Draft{Name: name, Slug: name, Line: line, Locale: "pt-BR"}, tenancy.By{})
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = company.ID
	}
	moves := map[string]string{}
	for _, name := range []string{"gone", "halfway"} {
		moves[name] = carry(t, source.moves, target.moves, name)
	}
	if _, err := target.moves.Open(t.Context(), moves["gone"], false); err != nil {
		t.Fatal(err)
	}
	code, out, problem := invoke(t, nil, "company", "move", "run", "--line", tenancy.Massivo, "--source-env", sourceEnv, "--target-env", targetEnv, "--dry-run")
	if code != exitOK {
		t.Fatalf("%s%s", out, problem)
	}
	var shown []string
	for text := range strings.Lines(out) {
		if strings.HasPrefix(text, "Move ") {
			for name, id := range ids {
				if strings.Contains(text, id) {
					shown = append(shown, name)
				}
			}
		}
	}
	if slices.Sort(shown); !slices.Equal(shown, []string{"here"}) {
		t.Errorf("looked at %v:\n%s%s", shown, out, problem)
	}
	if code, _, problem = invoke(t, nil, "company", "move", "run", "--line", tenancy.Massivo, "--move", moves["gone"], "--source-env", sourceEnv, "--target-env", targetEnv); code == exitOK || !strings.Contains(problem, "--move") {
		t.Errorf("one move for a whole line: %d %s", code, problem)
	}
	if code, _, problem = invoke(t, nil, "company", "move", "run", "--company", ids["halfway"], "--move", moves["halfway"], "--source-env", sourceEnv, "--target-env", targetEnv, "--rehearse"); code == exitOK || !strings.Contains(problem, "decided") {
		t.Errorf("a rehearsal of what was cut over: %d %s", code, problem)
	}
	for name, opened := range map[string]bool{"gone": true, "halfway": false} {
		todo, err := unfinished(t.Context(), source, target, ids[name])
		if err != nil || todo.skip != opened || todo.moveID != moves[name] {
			t.Errorf("%s: %+v %v", name, todo, err)
		}
	}
}

// carry brings a company to where only the opening is left.
func carry(t *testing.T, source, target *move.Service, company string) string {
	t.Helper()
	plan, err := source.Plan(t.Context(), "", company)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { _, err := target.Check(t.Context(), plan.MoveID); return err },
		func() error { _, err := source.Pause(t.Context(), plan.MoveID, move.Pause{Stopped: true}); return err },
		func() error { _, err := target.Load(t.Context(), plan.MoveID); return err },
		func() error { _, err := target.CutOver(t.Context(), plan.MoveID, true); return err },
		func() error { return source.Leave(t.Context(), plan.MoveID) },
		func() error { return source.Settle(t.Context(), plan.MoveID, true, 1e9) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return plan.MoveID
}
