package plain

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"prosa/internal/cloud/plain/plaintest"
)

const (
	folder    = "../../../deploy/plain"
	terraform = "../../../deploy/terraform"
)

// setting is a line of the catalogue, which `prosa config --catalogue` prints.
type setting struct {
	Secret bool `json:"secret"`
}

func catalogue(t *testing.T) map[string]setting {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(terraform, "contract/environment/catalogue.json"))
	if err != nil {
		t.Fatal(err)
	}
	var settings map[string]setting
	if err := json.Unmarshal(raw, &settings); err != nil || len(settings) < 50 {
		t.Fatalf("%d settings, %v", len(settings), err)
	}
	return settings
}

func unitsOf(t *testing.T) map[string]plaintest.Unit {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "systemd/*.service"))
	if err != nil || len(paths) < 6 {
		t.Fatalf("%v, %v", paths, err)
	}
	found := map[string]plaintest.Unit{}
	for _, path := range paths {
		unit, err := plaintest.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimSuffix(unit.Name, ".service")] = unit
	}
	return found
}

func common(t *testing.T) map[string]string {
	t.Helper()
	settings, err := plaintest.ReadEnvironment(filepath.Join(folder, "etc/prosa.env"))
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// known reports whether the product reads a setting, and whether the value may
// stand in a file that everybody reads.
func known(settings map[string]setting, name, value string) string {
	if base, file := strings.CutSuffix(name, "_FILE"); file && settings[base].Secret {
		return ""
	}
	one, ok := settings[name]
	switch {
	case !ok:
		return "the product does not read it"
	case one.Secret && !strings.HasPrefix(value, "/"): // a folder holds no key
		return "a secret in clear"
	}
	return ""
}

func TestUnitsSetWhatTheProductReads(t *testing.T) {
	settings := catalogue(t)
	for name, value := range common(t) {
		if fault := known(settings, name, value); fault != "" {
			t.Errorf("prosa.env: %s: %s", name, fault)
		}
	}
	for _, unit := range unitsOf(t) {
		credentials := unit.Credentials()
		for name, value := range unit.Environment("/credentials") {
			if strings.HasPrefix(name, "PROSA_") && !strings.HasPrefix(name, "PROSA_BACKUP_") {
				if fault := known(settings, name, value); fault != "" {
					t.Errorf("%s: %s: %s", unit.Name, name, fault)
				}
			}
			if file, from := strings.CutPrefix(value, "/credentials/"); from {
				if credentials[file] != "/etc/prosa/credentials/"+file {
					t.Errorf("%s: %s names the credential %s, which is not loaded", unit.Name, name, file)
				}
				delete(credentials, file)
			}
		}
		if len(credentials) > 0 {
			t.Errorf("%s loads %v and hands them to nobody", unit.Name, credentials)
		}
	}
}

// The owner of the tables is known to the migration alone, the keys to those that
// open credentials.
func TestSecretsGoToWhoNeedsThem(t *testing.T) {
	want := map[string][]string{
		"prosa-gateway": {"database.url", "secret.keys", "stream.token"}, "prosa-api": {"database.url", "secret.keys", "stream.token"},
		"prosa-worker": {"database.url", "secret.keys", "stream.token"}, "prosa-nats": {"stream.token"},
		"prosa-migrate": {"database-owner.url", "database.url", "secret.keys"}, "prosa-backup": {"backup.pg_service.conf"},
		"prosa-power": nil,
	}
	units := unitsOf(t)
	if len(units) != len(want) {
		t.Errorf("%d units, %d are known here", len(units), len(want))
	}
	for name, unit := range units {
		if got := slices.Sorted(maps.Keys(unit.Credentials())); !slices.Equal(got, want[name]) {
			t.Errorf("%s gets %v, want %v", name, got, want[name])
		}
	}
}

// hardening is what every unit says (systemd.exec(5)).
var hardening = map[string]string{
	"DynamicUser": "yes", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "ProtectProc": "invisible",
	"ProtectClock": "yes", "ProtectHostname": "yes", "ProtectControlGroups": "yes", "ProtectKernelLogs": "yes", "ProtectKernelModules": "yes", "ProtectKernelTunables": "yes",
	"RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces": "yes", "RestrictRealtime": "yes", "RestrictSUIDSGID": "yes", "LockPersonality": "yes",
	"SystemCallArchitectures": "native", "UMask": "0077", "StateDirectoryMode": "0700",
}

func TestUnitsAreHardened(t *testing.T) {
	for name, unit := range unitsOf(t) {
		switches := name == "prosa-power" // starts and stops units, which is root's
		for key, value := range hardening {
			if got := unit.One("Service", key); got != value && !(switches && key == "DynamicUser") {
				t.Errorf("%s: %s=%s, want %s", unit.Name, key, got, value)
			}
		}
		if switches {
			continue
		}
		if got := unit.All("Service", "CapabilityBoundingSet"); !slices.Equal(got, []string{""}) {
			t.Errorf("%s keeps capabilities: %v", unit.Name, got)
		}
		if got := unit.All("Service", "SystemCallFilter"); !slices.Equal(got, []string{"@system-service", "~@privileged @resources"}) {
			t.Errorf("%s: calls %v", unit.Name, got)
		}
	}
}

func TestUnitsStartTheTargetsInOrder(t *testing.T) {
	units := unitsOf(t)
	for name, args := range map[string]string{
		"prosa-nats": "stream --listen 127.0.0.1:4222", "prosa-migrate": "migrate", "prosa-gateway": "serve --target gateway", "prosa-api": "serve --target api", "prosa-worker": "serve --target worker",
	} {
		unit := units[name]
		if got := strings.Join(unit.Command(), " "); got != "/usr/local/bin/prosa "+args {
			t.Errorf("%s starts %q", name, got)
		}
		if !strings.HasPrefix(args, "serve") {
			continue
		}
		if !strings.Contains(unit.One("Unit", "Wants"), "prosa-migrate.service") || !strings.Contains(unit.One("Unit", "After"), "prosa-migrate.service") {
			t.Errorf("%s does not wait for the schema", name)
		}
		if unit.One("Service", "Restart") != "always" || unit.One("Unit", "StartLimitIntervalSec") != "0" {
			t.Errorf("%s stays down", name)
		}
		// systemctl restart goes on to what requires a unit, and to what is bound to it
		// (systemd.unit(5)): a new version's migration would stop what serves.
		for _, key := range []string{"Requires", "Requisite", "BindsTo"} {
			if got := unit.All("Unit", key); len(got) > 0 {
				t.Errorf("%s: %s=%v stops it when that restarts", name, key, got)
			}
		}
	}
	ports := map[string]string{}
	for _, unit := range units {
		for _, key := range []string{"PROSA_LISTEN", "PROSA_OPERATIONS_LISTEN"} {
			address, ok := unit.Environment("")[key]
			if !ok {
				continue
			}
			if ports[address] != "" || !strings.HasPrefix(address, "127.0.0.1:") {
				t.Errorf("%s: %s=%s is open to others, or that of %s", unit.Name, key, address, ports[address])
			}
			ports[address] = unit.Name
		}
	}
}

// A machine that rests has no database at night: its backup is skipped then, and
// made when the machine goes off. One that never rests must tell when it failed.
func TestTheNightsBackupIsSkippedWhereTheMachineRests(t *testing.T) {
	condition := unitsOf(t)["prosa-backup"].One("Service", "ExecCondition")
	program, script, _ := strings.Cut(condition, " -c ")
	bin := t.TempDir()
	for _, one := range []struct {
		answers, rests string // exit codes of pg_isready(1) and systemctl(1)
		made           bool
	}{{"0", "0", true}, {"2", "0", false}, {"0", "3", true}, {"2", "3", true}} {
		for name, text := range map[string]string{
			"pg_isready": "[ \"$*\" = '--quiet --dbname=service=prosa-backup' ] || exit 9\nexit " + one.answers,
			"systemctl":  "[ \"$*\" = 'is-active --quiet prosa-power.timer' ] || exit 0\nexit " + one.rests,
		} {
			if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		command := exec.Command(program, "-c", strings.Trim(script, "'"))
		command.Env = []string{"PATH=" + bin}
		if err := command.Run(); (err == nil) != one.made {
			t.Errorf("the database answers %s, the timer %s: %v", one.answers, one.rests, err)
		}
	}
}

// systemd's own check, with a program in place of ours that is there.
func TestSystemdTakesTheUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is absent: the units are checked by the other tests of this package alone")
	}
	copied := t.TempDir()
	paths, err := filepath.Glob(filepath.Join(folder, "systemd/*"))
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", "--man=no"}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(copied, filepath.Base(path))
		if err := os.WriteFile(target, regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(text, []byte("ExecStart=/bin/true")), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, target)
	}
	if output, err := exec.Command("systemd-analyze", args...).CombinedOutput(); err != nil || len(output) > 0 {
		t.Errorf("%v\n%s", err, output)
	}
	for _, name := range []string{"prosa-gateway", "prosa-api", "prosa-worker", "prosa-nats", "prosa-migrate"} {
		// 0 is closed, 10 open; what remains is the network, which they are for.
		output, err := exec.Command("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", filepath.Join(copied, name+".service")).CombinedOutput()
		if err != nil {
			t.Errorf("%s is open: %v\n%s", name, err, output)
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(output)), "\n")
		t.Log(name, strings.TrimSpace(lines[len(lines)-1]))
	}
}

// elsewhere are the settings that one way sets and the other does not, with the
// reason.
var elsewhere = map[string]string{
	"PROSA_BLOB_URL":               "plain: one machine keeps files in its state folder; several share an s3:// address, as a credential",
	"PROSA_FINOPS_METERS_URL":      "plain: only where a ledger splits costs; any folder or bucket that it reads",
	"PROSA_DATABASE_CA":            "plain: the database is on this machine; of another one, a credential (PROSA_DATABASE_CA_FILE)",
	"PROSA_STREAM_CA":              "plain: the streams are on this machine; as above",
	"PROSA_ENVIRONMENT_AWS_REGION": "plain: there is no such cloud",
	"PROSA_ENVIRONMENT_LEASES_URL": "plain: only where the machine's units are switched off, by a unit of its own (prosa-power)",
	"PROSA_ENVIRONMENT_SCHEDULE":   "as above",
	"PROSA_ENVIRONMENT_ACCOUNT_ID": "plain: there is no such cloud",
}

// Leaving the provider changes no setting's name: both ways set the same list.
func TestBothWaysSetTheSameNames(t *testing.T) {
	cloud := map[string]bool{"PROSA_LINE": true, "PROSA_ENVIRONMENT": true} // contract/environment sets these two
	var paths []string
	for _, place := range []string{"contract/hosts", "aws/layers/45-edge", "aws/layers/50-runtime"} {
		found, err := filepath.Glob(filepath.Join(terraform, place, "*.tf"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", place, err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`\b(PROSA_[A-Z_]+)\b"?\s*=[^=]`).FindAllStringSubmatch(string(text), -1) {
			cloud[match[1]] = true
		}
	}
	own := map[string]bool{}
	for name := range common(t) {
		own[name] = true
	}
	for unitName, unit := range unitsOf(t) {
		if unitName == "prosa-power" {
			continue // switches units: compose has none, and the cloud's are switched by their own rules
		}
		for name := range unit.Environment("") {
			if strings.HasPrefix(name, "PROSA_") && !strings.HasPrefix(name, "PROSA_BACKUP_") {
				own[strings.TrimSuffix(name, "_FILE")] = true
			}
		}
	}
	composed := composeNames(t)
	for name := range own {
		if !composed[name] && name != "PROSA_LISTEN" {
			t.Errorf("%s: the units set it, compose.yaml does not", name)
		}
		if !cloud[name] && elsewhere[name] == "" {
			t.Errorf("%s: plain machines set it, Terraform's runtime does not: do so too, or say why not", name)
		}
	}
	for name := range composed {
		if !own[name] {
			t.Errorf("%s: compose.yaml sets it, the units do not", name)
		}
	}
	for name := range cloud {
		if !own[name] && elsewhere[name] == "" {
			t.Errorf("%s: Terraform's runtime sets it, plain machines do not: do so too, or say why not", name)
		}
	}
	for name := range elsewhere {
		if own[name] && cloud[name] {
			t.Errorf("%s is listed as a difference and is none", name)
		}
	}
	if len(own) < 15 || len(cloud) < 15 {
		t.Errorf("%d and %d names were found", len(own), len(cloud))
	}
}

// composeNames are the settings of all services of ours in compose.yaml.
func composeNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, one := range compose(t).Services {
		if !strings.Contains(one.Image, "PROSA_IMAGE") {
			continue
		}
		for name := range one.Environment {
			names[strings.TrimSuffix(name, "_FILE")] = true
		}
		if len(one.EnvFile) > 0 {
			for name := range common(t) {
				names[name] = true
			}
		}
	}
	return names
}

type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Networks map[string]struct {
		Internal bool `yaml:"internal"`
	} `yaml:"networks"`
	Volumes map[string]any               `yaml:"volumes"`
	Secrets map[string]map[string]string `yaml:"secrets"`
}

type composeService struct {
	Image       string            `yaml:"image"`
	User        string            `yaml:"user"`
	Command     []string          `yaml:"command"`
	Restart     string            `yaml:"restart"`
	ReadOnly    bool              `yaml:"read_only"`
	Drop        []string          `yaml:"cap_drop"`
	Add         []string          `yaml:"cap_add"`
	Options     []string          `yaml:"security_opt"`
	EnvFile     []string          `yaml:"env_file"`
	Environment map[string]string `yaml:"environment"`
	Secrets     []string          `yaml:"secrets"`
	Volumes     []string          `yaml:"volumes"`
	Ports       []string          `yaml:"ports"`
	Networks    []string          `yaml:"networks"`
	Health      map[string]any    `yaml:"healthcheck"`
	After       any               `yaml:"depends_on"`
	Logging     map[string]string `yaml:"logging"`
}

func compose(t *testing.T) composeFile {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file composeFile
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file
}
