package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"prosa/internal/cloud/attest"
	"prosa/internal/cloud/image"
	"prosa/internal/cloud/plain/plaintest"
)

// The third way to start a house: as the systemd units of deploy/plain say.
// PROSA_E2E_UNITS names their folder; the split houses are started from them
// then: program, arguments, Environment lines, environment file, credentials.
func unitsFolder() string { return os.Getenv("PROSA_E2E_UNITS") }

// unitOf is the unit of a part.
var unitOf = map[string]string{
	"stream": "prosa-nats.service", "gateway": "prosa-gateway.service", "api": "prosa-api.service", "worker": "prosa-worker.service", "migrate": "prosa-migrate.service",
}

// replaced are the settings of the units that a test may put others in the place
// of, and why. Everything else comes from the files as it stands.
var replaced = map[string]string{
	"PROSA_ENVIRONMENT":       "prod refuses http, the simulators and the sign-in without a password, which the journeys need",
	"PROSA_PUBLIC_URL":        "no proxy with a certificate stands in front: the processes are reached themselves",
	"PROSA_SITE_URL":          "one host, as above",
	"PROSA_OPERATOR_URL":      "one host, as above",
	"PROSA_API_URL":           "one host, as above",
	"PROSA_GATEWAY_URL":       "the gateway's own address, as above",
	"PROSA_PASSKEY_DOMAIN":    "one host, as above",
	"PROSA_LISTEN":            "a free port: several houses run on this machine",
	"PROSA_OPERATIONS_LISTEN": "a free port",
	"PROSA_STREAM_URL":        "a free port",
	"PROSA_DATA_DIR":          "a folder of the test in place of /var/lib",
}

// units is what was read and replaced, for the report.
var units = &unitReport{taken: map[string]bool{}, replaced: map[string]bool{}}

type unitReport struct {
	mu              sync.Mutex
	taken, replaced map[string]bool
}

func (r *unitReport) note(kept, other []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range kept {
		r.taken[name] = true
	}
	for _, name := range other {
		r.replaced[name] = true
	}
}

func (r *unitReport) table() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.taken) == 0 {
		return ""
	}
	text := "Started from " + unitsFolder() + ". Settings as the files say: " + strings.Join(slices.Sorted(maps.Keys(r.taken)), ", ") + "\nReplaced:\n"
	for _, name := range slices.Sorted(maps.Keys(r.replaced)) {
		text += fmt.Sprintf("  %-24s %s\n", name, replaced[name])
	}
	return text + "Also replaced: /usr/local/bin/prosa by the program from the image, the address behind --listen by a free port. Not tried: DynamicUser and the sandbox of the units (there is no systemd here), the proxy.\n"
}

// credential writes what systemd would hand over, made from the house's settings.
func (h *house) credential(name string) string {
	h.t.Helper()
	folder := filepath.Join(h.dir, "credentials")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		h.t.Fatal(err)
	}
	setting := map[string]string{
		"database.url": "PROSA_DATABASE_URL", "database-owner.url": "PROSA_DATABASE_OWNER_URL", "secret.keys": "PROSA_SECRET_KEYS", "stream.token": "PROSA_STREAM_TOKEN",
	}[name]
	value := h.setting(setting)
	if value == "" {
		h.t.Fatalf("a unit asks for the credential %s, of which the house knows nothing", name)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(value+"\n"), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return folder
}

// fromUnit makes a part as its unit says. own are the house's settings for it,
// NAME=value.
func (h *house) fromUnit(name string, own []string) *process {
	h.t.Helper()
	unit, err := plaintest.Read(filepath.Join(unitsFolder(), unitOf[name]))
	if err != nil {
		h.t.Fatal(err)
	}
	command := unit.Command()
	if len(command) < 2 || command[0] != "/usr/local/bin/prosa" {
		h.t.Fatalf("%s starts %q", unit.Name, command)
	}
	folder := ""
	for credential := range unit.Credentials() {
		folder = h.credential(credential)
	}
	settings := unit.Environment(folder)
	for _, file := range unit.All("Service", "EnvironmentFile") {
		more, err := plaintest.ReadEnvironment(filepath.Join(unitsFolder(), "..", "etc", filepath.Base(file)))
		if err != nil {
			h.t.Fatal(err)
		}
		maps.Copy(settings, more) // a file wins over the unit's own lines
	}
	h.replace(unit.Name, settings, own)
	p := h.process(name, h.arguments(command[1:]), "PATH=/usr/local/bin:/usr/bin:/bin")
	p.clean = true
	for _, setting := range slices.Sorted(maps.Keys(settings)) {
		p.env = append(p.env, setting+"="+settings[setting])
	}
	return p
}

// replace puts the house's settings over the unit's. What collides must be on
// the list.
func (h *house) replace(unit string, settings map[string]string, own []string) {
	h.t.Helper()
	data := h.setting("PROSA_DATA_DIR")
	said := maps.Clone(settings)
	var kept, other []string
	for name, value := range settings {
		switch {
		case strings.HasPrefix(value, "/var/lib/prosa"):
			settings[name] = data + strings.TrimPrefix(value, "/var/lib/prosa")
		case replaced[name] != "":
			settings[name] = "" // counts as not set, until the house says otherwise
		default:
			kept = append(kept, name)
			continue
		}
		other = append(other, name)
	}
	for _, pair := range own {
		name, value, _ := strings.Cut(pair, "=")
		if _, credential := settings[name+"_FILE"]; credential || name == "PROSA_DATA_DIR" {
			continue
		}
		if before, collides := said[name]; collides && before != value && replaced[name] == "" {
			h.t.Fatalf("%s sets %s=%s, which a test may not replace by %s", unit, name, before, value)
		}
		settings[name] = value
	}
	units.note(kept, other)
}

// arguments puts the stream's own port in.
func (h *house) arguments(args []string) []string {
	args = slices.Clone(args)
	if at := slices.Index(args, "--listen"); at >= 0 && at+1 < len(args) {
		args[at+1] = strings.TrimPrefix(h.setting("PROSA_STREAM_URL"), "nats://")
	}
	return args
}

// fromImage takes the program out of the image that PROSA_E2E_IMAGE names, after
// its signature and all its digests were checked.
func fromImage(layout, path string) error {
	text, err := os.ReadFile(os.Getenv("PROSA_E2E_KEYS"))
	if err != nil {
		return err
	}
	keys, err := attest.ReadKeys(string(text))
	if err != nil {
		return err
	}
	verified, err := image.Extract(context.Background(), layout, "prosa", image.Platform("linux/"+runtime.GOARCH), path, keys, image.Access{})
	if err == nil {
		fmt.Printf("The program under test is that of the image %s, signed by the key %.12s.\n", verified.Digest, verified.Key)
	}
	return err
}

// migrate brings the schema up as the unit says.
func (h *house) migrate() {
	h.t.Helper()
	if unitsFolder() == "" {
		h.run("migrate")
		return
	}
	p := h.fromUnit("migrate", h.env)
	p.start()
	<-p.exited
	if state := p.command.ProcessState; !state.Success() {
		h.t.Fatalf("prosa-migrate.service: %s\n%s", state, p.tail(20))
	}
}

// modesOf are the modes in which every journey runs.
func modesOf(units string) []string {
	if units != "" {
		return []string{"split"}
	}
	return []string{"all", "split"}
}

// Every setting that may be replaced is one that the files set: the list does
// not grow by itself.
func TestUnitsReplaceOnlyWhatTheyMust(t *testing.T) {
	if unitsFolder() == "" {
		t.Skip("PROSA_E2E_UNITS names no units: make show-plain runs the journeys from them")
	}
	set := map[string]bool{}
	for _, name := range unitOf {
		unit, err := plaintest.Read(filepath.Join(unitsFolder(), name))
		if err != nil {
			t.Fatal(err)
		}
		for setting := range unit.Environment("") {
			set[setting] = true
		}
	}
	common, err := plaintest.ReadEnvironment(filepath.Join(unitsFolder(), "..", "etc", "prosa.env"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range replaced {
		if _, inFile := common[name]; !set[name] && !inFile {
			t.Errorf("%s is replaced, and no file sets it", name)
		}
	}
}
