package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"prosa/internal/cloud/account"
)

const root = "../../.."

func text(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// accounts are the names of the six accounts, and the organization.
func accounts(t *testing.T) ([]string, account.File) {
	t.Helper()
	file, err := account.Load(filepath.Join(root, "deploy/terraform/accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range file.Accounts {
		names = append(names, one.Name)
	}
	return names, file
}

type bitbucket struct {
	Image     string `yaml:"image"`
	Pipelines struct {
		Default  []part            `yaml:"default"`
		Requests map[string][]part `yaml:"pull-requests"`
		Branches map[string][]part `yaml:"branches"`
		Custom   map[string][]part `yaml:"custom"`
	} `yaml:"pipelines"`
}

// part is a step, or steps side by side.
type part struct {
	Step     *step `yaml:"step"`
	Parallel struct {
		Steps []part `yaml:"steps"`
	} `yaml:"parallel"`
}

type step struct {
	Name       string   `yaml:"name"`
	Deployment string   `yaml:"deployment"`
	Trigger    string   `yaml:"trigger"`
	OIDC       bool     `yaml:"oidc"`
	Script     []string `yaml:"script"`
	Artifacts  []string `yaml:"artifacts"`
}

func (s step) says() string { return strings.Join(s.Script, "\n") }

// steps are those of a pipeline in order; side by side ones share a number.
func steps(parts []part) (list []step, order []int) {
	for n, one := range parts {
		if one.Step != nil {
			list, order = append(list, *one.Step), append(order, n)
		}
		for _, inner := range one.Parallel.Steps {
			list, order = append(list, *inner.Step), append(order, n)
		}
	}
	return list, order
}

var (
	applies  = regexp.MustCompile(`deploy/pipelines/apply ([a-z-]+)`)
	deploys  = regexp.MustCompile(`deploy/pipelines/deploy ([a-z-]+)`)
	compiles = regexp.MustCompile(`go build|go run|docker|make (web|image|binary)|image build|pipelines/build`)
	stored   = regexp.MustCompile(`(?i)aws_(access_key_id|secret_access_key|session_token)|aws-access-key|AKIA[0-9A-Z]{16}`)
	literal  = regexp.MustCompile(`\b\d{12}\b|arn:aws:`)
)

// judgeBitbucket says what is wrong with a file.
func judgeBitbucket(raw string, names []string) (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	var file bitbucket
	if err := yaml.Unmarshal([]byte(raw), &file); err != nil {
		return []string{err.Error()}
	}
	if !regexp.MustCompile(`:\d+\.\d+\.\d+`).MatchString(file.Image) {
		say("the image %s is of no fixed version", file.Image)
	}
	if stored.MatchString(raw) {
		say("a stored key is named: %s", stored.FindString(raw))
	}
	if literal.MatchString(raw) {
		say("an account is written out: %s", literal.FindString(raw))
	}
	for group, pipelines := range map[string]map[string][]part{"pull-requests": file.Pipelines.Requests, "branches": file.Pipelines.Branches, "custom": file.Pipelines.Custom} {
		for name, parts := range pipelines {
			list, _ := steps(parts)
			if len(list) == 0 || list[0].Trigger == "manual" {
				say("%s %s begins with a step that waits for a person", group, name)
			}
			for _, one := range list {
				if group != "branches" && (one.Deployment != "" || deploys.MatchString(one.says()) || applies.MatchString(one.says())) {
					say("%s %s deploys", group, name)
				}
				if strings.Contains(one.says(), "pipelines/plan") && !one.OIDC {
					say("%s %s: %s has no token", group, name, one.Name)
				}
			}
		}
	}
	requests, _ := steps(file.Pipelines.Requests["**"])
	for _, want := range []string{"make check", "pipelines/plan", "pipelines/review"} {
		if !slices.ContainsFunc(requests, func(s step) bool { return strings.Contains(s.says(), want) }) {
			say("pull requests lack %s", want)
		}
	}
	if list, _ := steps(file.Pipelines.Custom["drift"]); !slices.ContainsFunc(list, func(s step) bool { return strings.Contains(s.says(), "--drift") }) {
		say("nothing looks for drift")
	}
	return append(faults, judgeLine(file.Pipelines.Branches["main"], names)...)
}

// judgeLine looks at the way to the environments.
func judgeLine(parts []part, names []string) (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	list, order := steps(parts)
	at, build := map[string]int{}, -1
	for n, one := range list {
		if strings.Contains(one.says(), "pipelines/build") {
			if build >= 0 {
				say("%s builds again", one.Name)
			}
			build = order[n]
			if one.Deployment != "build" || one.OIDC {
				say("the build has no environment of its own for its key, or may log in")
			}
			for _, want := range []string{"dist/image/**", "dist/prosa", "dist/release.json"} {
				if !slices.Contains(one.Artifacts, want) {
					say("the build does not hand on %s", want)
				}
			}
			continue
		}
		match := deploys.FindStringSubmatch(one.says())
		if match == nil {
			if one.Deployment != "" || applies.MatchString(one.says()) {
				say("%s holds the environment %s and does not deploy", one.Name, one.Deployment)
			}
			continue
		}
		name := match[1]
		if _, twice := at[name]; twice {
			say("%s is deployed twice", name)
		}
		at[name] = order[n]
		if one.Deployment != name {
			say("%s deploys %s in the environment %q", one.Name, name, one.Deployment)
		}
		if !one.OIDC {
			say("%s has no token", name)
		}
		if compiles.MatchString(one.says()) {
			say("%s builds: %s", name, compiles.FindString(one.says()))
		}
		if !around(one.says(), name) {
			say("%s does not apply its layers around itself", name)
		}
		if (one.Trigger == "manual") != strings.HasSuffix(name, "-prod") {
			say("%s: waits for a person: %t", name, one.Trigger == "manual")
		}
		if !slices.Contains(one.Artifacts, "dist/runs/**") || !slices.Contains(one.Artifacts, "dist/evidence/**") {
			say("%s does not hand on its run record and its evidence", name)
		}
	}
	for _, name := range names {
		place, deployed := at[name]
		line, environment, _ := strings.Cut(name, "-")
		before, ok := at[line+"-"+map[string]string{"homolog": "dev", "prod": "homolog"}[environment]]
		switch {
		case !deployed:
			say("%s is not deployed", name)
		case build < 0 || place <= build:
			say("%s comes before the build", name)
		case environment != "dev" && (!ok || before >= place):
			say("%s does not come after the environment before it", name)
		}
	}
	if len(at) != len(names) {
		say("%d deployments, %d accounts", len(at), len(names))
	}
	return faults
}

// around tells whether a step applies the layers before its deployment and after
// it, and those of no other account.
func around(script, name string) bool {
	at := -1
	for _, line := range []string{"deploy/pipelines/apply " + name + " before\n", "deploy/pipelines/deploy " + name + "\n", "deploy/pipelines/apply " + name + " after\n"} {
		place := strings.Index(script+"\n", line)
		if place <= at {
			return false
		}
		at = place
	}
	return len(applies.FindAllString(script, -1)) == 2
}

func TestBitbucket(t *testing.T) {
	names, file := accounts(t)
	raw := text(t, "bitbucket-pipelines.yml")
	for _, fault := range judgeBitbucket(raw, names) {
		t.Error(fault)
	}
	for _, name := range names {
		if file.Organization.Bitbucket.Environments[name] == "" {
			t.Errorf("the environment %s has no UUID in accounts.yaml, so no role trusts it", name)
		}
	}
}

// Each mistake is refused, by name.
func TestBitbucketMistakes(t *testing.T) {
	names, _ := accounts(t)
	raw := text(t, "bitbucket-pipelines.yml")
	for fault, change := range map[string][2]string{
		"massivo-dev has no token":                     {"deployment: massivo-dev\n        oidc: true", "deployment: massivo-dev"},
		"massivo-prod: waits for a person: false":      {"deployment: massivo-prod\n        trigger: manual", "deployment: massivo-prod"},
		"enterprise-homolog: waits for a person: true": {"deployment: enterprise-homolog\n", "deployment: enterprise-homolog\n        trigger: manual\n"},
		`in the environment "enterprise-dev"`:          {"deployment: massivo-dev\n", "deployment: enterprise-dev\n"},
		"begins with a step that waits for a person":   {"name: Check\n", "name: Check\n        trigger: manual\n"},
		"a stored key is named":                        {"- deploy/pipelines/deploy massivo-dev", "- export AWS_ACCESS_KEY_ID=$KEY\n          - deploy/pipelines/deploy massivo-dev"},
		"massivo-prod builds: go build":                {"- deploy/pipelines/deploy massivo-prod", "- go build ./cmd/prosa\n          - deploy/pipelines/deploy massivo-prod"},
		"the build does not hand on dist/image/**":     {"          - dist/image/**\n", ""},
		"does not hand on its run record":              {"apply massivo-dev after\n        artifacts: [dist/runs/**, dist/evidence/**]", "apply massivo-dev after"},
		"massivo-homolog does not come after":          {"- step: *massivo-dev\n            - step: *enterprise-dev", "- step: *massivo-homolog\n            - step: *enterprise-dev"},
		"enterprise-prod is not deployed":              {"- step: *enterprise-prod\n", ""},
		"is of no fixed version":                       {"image: golang:1.26.8-bookworm", "image: golang:latest"},
		"an account is written out: 100000000001":      {"deploy/pipelines/deploy massivo-dev", "deploy/pipelines/deploy massivo-dev 100000000001"},
		"pull-requests ** deploys":                     {"- step: *check\n      - step: *plan", "- step: *check\n      - step: *plan\n      - step: *massivo-dev"},
		"pull requests lack pipelines/review":          {"          - deploy/pipelines/review\n", ""},
		"nothing looks for drift":                      {"$account --drift", "$account"},
		"builds again":                                 {"- step: *build\n", "- step: *build\n      - step: *build\n"},
		"massivo-dev comes before the build":           {"- step: *check\n      - step: *build\n", "- step: *check\n"},
		"the build has no environment of its own":      {"        deployment: build\n", ""},
		"build has no environment of its own for its":  {"        deployment: build\n", "        deployment: massivo-dev\n"},
		"massivo-dev does not apply its layers":        {"          - deploy/pipelines/apply massivo-dev before\n", ""},
		"massivo-prod does not apply its layers":       {"          - deploy/pipelines/apply massivo-prod after\n", ""},
		"enterprise-dev does not apply its layers":     {"deploy/pipelines/apply enterprise-dev before", "deploy/pipelines/apply enterprise-prod before"},
		"enterprise-prod does not apply its layers":    {"deploy/pipelines/apply enterprise-prod before\n          - deploy/pipelines/deploy enterprise-prod", "deploy/pipelines/deploy enterprise-prod\n          - deploy/pipelines/apply enterprise-prod before"},
		"custom drift deploys":                         {"$account --drift", "$account --drift && deploy/pipelines/apply massivo-dev before"},
		"pull-requests **: Plan has no token":          {"name: Plan\n        oidc: true\n", "name: Plan\n"},
	} {
		broken := strings.Replace(raw, change[0], change[1], 1)
		if broken == raw {
			t.Errorf("%s: the text to change is not there", fault)
			continue
		}
		found := judgeBitbucket(broken, names)
		if !slices.ContainsFunc(found, func(one string) bool { return strings.Contains(one, fault) }) {
			t.Errorf("%s: not seen; found %q", fault, found)
		}
	}
}
