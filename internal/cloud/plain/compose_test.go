package plain

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// There is no Docker where the tests run: the compose file is read, not started.
// What it starts is the image, with the arguments and settings of the units,
// which are (make show-plain).
func TestComposeStartsWhatTheUnitsStart(t *testing.T) {
	file, settings, units := compose(t), catalogue(t), unitsOf(t)
	ours := map[string]string{"nats": "prosa-nats", "migrate": "prosa-migrate", "gateway": "prosa-gateway", "api": "prosa-api", "worker": "prosa-worker"}
	for name, unit := range ours {
		one := file.Services[name]
		want := strings.ReplaceAll(strings.Join(units[unit].Command()[1:], " "), "127.0.0.1", "0.0.0.0")
		if strings.Join(one.Command, " ") != want || one.User != "65532:65532" || !strings.HasPrefix(one.Image, "${PROSA_IMAGE:?") {
			t.Errorf("%s: %s as %s runs %v, the unit %s", name, one.Image, one.User, one.Command, want)
		}
		for variable, value := range one.Environment {
			if fault := known(settings, variable, value); fault != "" {
				t.Errorf("%s: %s: %s", name, variable, fault)
			}
			if file, from := strings.CutPrefix(value, "/run/secrets/"); from && !slices.Contains(one.Secrets, file) {
				t.Errorf("%s: %s names the secret %s, which is not mounted", name, variable, file)
			}
		}
		got := append([]string(nil), one.Secrets...)
		for i := range got {
			got[i] = strings.Replace(strings.ReplaceAll(strings.ReplaceAll(got[i], "_url", ".url"), "_owner", "-owner"), "_", ".", 1)
		}
		for secret := range units[unit].Credentials() {
			if !slices.Contains(got, secret) {
				t.Errorf("%s gets %v, and not %s as %s does", name, got, secret, unit)
			}
		}
		if serves := name == "gateway" || name == "api" || name == "worker"; serves && len(one.Health) == 0 {
			t.Errorf("%s is not asked for its health", name)
		}
	}
	if owner := "database_owner_url"; !slices.Contains(file.Services["migrate"].Secrets, owner) || slices.Contains(file.Services["api"].Secrets, owner) {
		t.Error("the owner of the tables is known to others than the migration")
	}
}

func TestComposeIsClosed(t *testing.T) {
	file := compose(t)
	named := regexp.MustCompile(`^\$\{[A-Z]+_IMAGE:\?[^}]*digest[^}]*\}$`)
	for name, one := range file.Services {
		if !named.MatchString(one.Image) {
			t.Errorf("%s: the image %q is not asked for by digest", name, one.Image)
		}
		if !one.ReadOnly || !slices.Equal(one.Drop, []string{"ALL"}) || !slices.Contains(one.Options, "no-new-privileges:true") {
			t.Errorf("%s may write to its image, or more", name)
		}
		if len(one.Ports) > 0 && name != "caddy" {
			t.Errorf("%s is published: %v", name, one.Ports)
		}
		for _, network := range one.Networks {
			if _, known := file.Networks[network]; !known {
				t.Errorf("%s is in the network %s, which is not made", name, network)
			}
		}
		for _, volume := range one.Volumes {
			if from, _, _ := strings.Cut(volume, ":"); !strings.HasPrefix(from, "./") {
				if _, known := file.Volumes[from]; !known {
					t.Errorf("%s has the volume %s, which is not made", name, from)
				}
			} else if _, err := os.Stat(filepath.Join(folder, from)); err != nil {
				t.Errorf("%s mounts %s: %v", name, from, err)
			}
		}
		for _, secret := range one.Secrets {
			if file.Secrets[secret]["file"] == "" {
				t.Errorf("%s gets the secret %s, which is no file", name, secret)
			}
		}
	}
	if !file.Networks["inside"].Internal || slices.Contains(file.Services["postgres"].Networks, "outside") || slices.Contains(file.Services["nats"].Networks, "outside") {
		t.Error("the database or the streams are reached from outside")
	}
	after, _ := file.Services["api"].After.(map[string]any)
	if schema, _ := after["migrate"].(map[string]any); schema["condition"] != "service_completed_successfully" {
		t.Errorf("the api does not wait for the schema: %v", after)
	}
}

// The proxy has a host for each surface, sends webhooks to the gateway and the
// rest to the API, where the units listen.
func TestTheProxyKnowsEachSurface(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(folder, "Caddyfile"))
	if err != nil {
		t.Fatal(err)
	}
	text, units := string(raw), unitsOf(t)
	for name, value := range common(t) {
		if host, ok := strings.CutPrefix(value, "https://"); ok && !strings.Contains(text, ":"+host+"}") {
			t.Errorf("%s: the proxy does not serve %s", name, host)
		}
	}
	for what, address := range map[string]string{"API:": units["prosa-api"].Environment("")["PROSA_LISTEN"], "GATEWAY:": units["prosa-gateway"].Environment("")["PROSA_LISTEN"]} {
		if !strings.Contains(text, "{$CADDY_"+what+address+"}") {
			t.Errorf("%s is not reached at %s", what, address)
		}
	}
	if !regexp.MustCompile(`handle /webhooks/\* \{\s+import gateway`).MatchString(text) || !strings.Contains(text, "flush_interval -1") {
		t.Error("webhooks do not go to the gateway, or live updates are held back")
	}
	if strings.Count(text, "{") != strings.Count(text, "}") {
		t.Error("a brace is not closed")
	}
	environment := compose(t).Services["caddy"].Environment
	for _, match := range regexp.MustCompile(`\{\$(CADDY_[A-Z_]+)`).FindAllStringSubmatch(text, -1) {
		if _, set := environment[match[1]]; !set {
			t.Errorf("compose.yaml does not set %s", match[1])
		}
	}
}
