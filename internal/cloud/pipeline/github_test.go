package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type workflow struct {
	On          map[string]any    `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]job    `yaml:"jobs"`
}

type job struct {
	If          string            `yaml:"if"`
	Needs       any               `yaml:"needs"`
	Environment string            `yaml:"environment"`
	Concurrency string            `yaml:"concurrency"`
	Permissions map[string]string `yaml:"permissions"`
	Env         map[string]string `yaml:"env"`
	Timeout     int               `yaml:"timeout-minutes"`
	Steps       []struct {
		Uses string         `yaml:"uses"`
		Run  string         `yaml:"run"`
		With map[string]any `yaml:"with"`
	} `yaml:"steps"`
}

func (j job) needs() (names []string) {
	switch given := j.Needs.(type) {
	case string:
		return []string{given}
	case []any:
		for _, one := range given {
			names = append(names, fmt.Sprint(one))
		}
	}
	return names
}

func (j job) says() (text string) {
	for _, one := range j.Steps {
		text += one.Run + "\n"
	}
	return text
}

// takes tells the artefacts that a job downloads.
func (j job) takes() (names []string) {
	for _, one := range j.Steps {
		if strings.HasPrefix(one.Uses, "actions/download-artifact@") {
			names = append(names, fmt.Sprint(one.With["name"]))
		}
	}
	return names
}

var (
	pinned  = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+@[0-9a-f]{40}$`)
	version = regexp.MustCompile(`uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+`)
)

// judgeGitHub says what is wrong with a workflow.
func judgeGitHub(raw string, names []string) (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	var file workflow
	if err := yaml.Unmarshal([]byte(raw), &file); err != nil {
		return []string{err.Error()}
	}
	if len(file.Permissions) != 0 || !strings.Contains(raw, "\npermissions: {}\n") {
		say("every job starts with rights")
	}
	if _, open := file.On["pull_request_target"]; open {
		say("a pull request of a stranger runs with our secrets")
	}
	if stored.MatchString(raw) {
		say("a stored key is named: %s", stored.FindString(raw))
	}
	if literal.MatchString(raw) {
		say("an account is written out: %s", literal.FindString(raw))
	}
	if strings.Count(raw, "uses: ") != len(version.FindAllString(raw, -1)) {
		say("an action does not tell which version its commit is")
	}
	for name, one := range file.Jobs {
		if one.Timeout == 0 {
			say("%s may run for ever", name)
		}
		for _, step := range one.Steps {
			if step.Uses != "" && !pinned.MatchString(step.Uses) {
				say("%s uses %s, which is pinned by no commit", name, step.Uses)
			}
			if strings.Contains(step.Run, "${{") {
				say("%s puts an expression into a script: %s", name, step.Run)
			}
			if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
				say("%s leaves its token in the clone", name)
			}
		}
		faults = append(faults, judgeJob(name, one, slices.Contains(names, name))...)
	}
	for _, name := range names {
		if _, deployed := file.Jobs[name]; !deployed {
			say("%s is not deployed", name)
		}
	}
	return faults
}

// judgeJob looks at one job; deployment tells that it is called as an account.
func judgeJob(name string, one job, deployment bool) (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	secrets := strings.Contains(fmt.Sprint(one.Env), "secrets.")
	token := one.Permissions["id-token"] == "write"
	if !deployment {
		for _, pattern := range []*regexp.Regexp{deploys, applies} {
			if match := pattern.FindStringSubmatch(one.says()); match != nil {
				say("%s deploys %s under another name", name, match[1])
			}
		}
		switch name {
		case "plan", "drift":
			if !token || secrets || one.Environment != "" {
				say("%s has no token, or more than a token", name)
			}
		case "build":
			if token || one.Environment == "" || one.If != "github.event_name == 'push'" {
				say("the build may log in, or runs for whoever proposes a change")
			}
		default:
			if token || secrets {
				say("%s has rights that it does not need", name)
			}
		}
		return faults
	}
	line, environment, _ := strings.Cut(name, "-")
	wanted, taken := []string{"build"}, []string{"release"}
	if before := map[string]string{"homolog": "dev", "prod": "homolog"}[environment]; before != "" {
		wanted, taken = append(wanted, line+"-"+before), append(taken, "runs-"+line+"-"+before)
	}
	if !slices.Equal(one.needs(), wanted) {
		say("%s waits for %v, not for %v", name, one.needs(), wanted)
	}
	if !slices.Equal(one.takes(), taken) {
		say("%s takes %v, not %v", name, one.takes(), taken)
	}
	if one.Environment != name || one.Concurrency != name {
		say("%s deploys in the environment %q with the lock %q", name, one.Environment, one.Concurrency)
	}
	if !token {
		say("%s has no token", name)
	}
	if one.Env["AWS_ROLE_ARN"] != "${{ vars.AWS_ROLE_ARN }}" {
		say("%s takes the role %q", name, one.Env["AWS_ROLE_ARN"])
	}
	if !strings.Contains(one.says(), "deploy/pipelines/deploy "+name+"\n") {
		say("%s does not deploy itself", name)
	}
	if !around(one.says(), name) {
		say("%s does not apply its layers around itself", name)
	}
	if one.Env["NATS_DIGEST"] != "${{ vars.NATS_DIGEST }}" {
		say("%s is not told the streams program", name)
	}
	if compiles.MatchString(one.says()) {
		say("%s builds: %s", name, compiles.FindString(one.says()))
	}
	return faults
}

func TestGitHub(t *testing.T) {
	names, _ := accounts(t)
	for _, fault := range judgeGitHub(text(t, ".github/workflows/deploy.yml"), names) {
		t.Error(fault)
	}
}

// Each mistake is refused, by name.
func TestGitHubMistakes(t *testing.T) {
	names, _ := accounts(t)
	raw := text(t, ".github/workflows/deploy.yml")
	for fault, change := range map[string][2]string{
		"every job starts with rights":                       {"permissions: {}", "permissions:\n  contents: write"},
		"a pull request of a stranger":                       {"  pull_request:\n", "  pull_request_target:\n"},
		"pinned by no commit":                                {"actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v5.5.0", "actions/setup-go@v5"},
		"does not tell which version":                        {" # v4.2.2", ""},
		"leaves its token in the clone":                      {"          persist-credentials: false\n", ""},
		"puts an expression into a script":                   {"- run: make check", "- run: make check ${{ github.head_ref }}"},
		"massivo-prod waits for [build], not for":            {"needs: [build, massivo-homolog]", "needs: [build]"},
		"enterprise-homolog waits for [build massivo-dev]":   {"needs: [build, enterprise-dev]", "needs: [build, massivo-dev]"},
		`massivo-prod deploys in the environment "massivo-d`: {"environment: massivo-prod\n", "environment: massivo-dev\n"},
		"massivo-dev takes the role":                         {"AWS_ROLE_ARN: ${{ vars.AWS_ROLE_ARN }}", "AWS_ROLE_ARN: ${{ secrets.ROLE }}"},
		"a stored key is named":                              {"AWS_ROLE_ARN: ${{ vars.AWS_ROLE_ARN }}", "AWS_SECRET_ACCESS_KEY: ${{ secrets.KEY }}"},
		"massivo-dev builds: go build":                       {"- run: deploy/pipelines/deploy massivo-dev", "- run: go build ./... && deploy/pipelines/deploy massivo-dev"},
		"massivo-dev does not deploy itself":                 {"deploy/pipelines/deploy massivo-dev\n", "deploy/pipelines/deploy massivo-prod\n"},
		"massivo-prod takes [release release], not":          {"          name: runs-massivo-homolog\n          path: dist/runs\n      - run: chmod +x dist/prosa && deploy/pipelines/apply massivo-prod before", "          name: release\n          path: dist/runs\n      - run: chmod +x dist/prosa && deploy/pipelines/apply massivo-prod before"},
		"the build may log in":                               {"    environment: build\n", ""},
		"plan has no token, or more":                         {"      id-token: write\n      pull-requests: write", "      pull-requests: write"},
		"check has rights that it does not need":             {"  check:\n    if: github.event_name != 'schedule'\n    runs-on: ubuntu-24.04\n    timeout-minutes: 60\n    permissions:\n      contents: read", "  check:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 60\n    permissions:\n      id-token: write"},
		"enterprise-prod is not deployed":                    {"  enterprise-prod:\n", "  other:\n"},
		"massivo-dev does not apply its layers":              {"      - run: deploy/pipelines/apply massivo-dev after\n", ""},
		"enterprise-prod does not apply its layers":          {"deploy/pipelines/apply enterprise-prod before", "deploy/pipelines/apply enterprise-homolog before"},
		"check deploys massivo-dev under another name":       {"- run: make check\n", "- run: make check && deploy/pipelines/apply massivo-dev before\n"},
		"massivo-dev is not told the streams program":        {"      NATS_DIGEST: ${{ vars.NATS_DIGEST }}\n    steps:\n      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n        with:\n          fetch-depth: 0\n          persist-credentials: false\n      - uses: hashicorp", "    steps:\n      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n        with:\n          fetch-depth: 0\n          persist-credentials: false\n      - uses: hashicorp"},
		"may run for ever":                                   {"    timeout-minutes: 30\n", ""},
	} {
		broken := strings.Replace(raw, change[0], change[1], 1)
		if broken == raw {
			t.Errorf("%s: the text to change is not there", fault)
			continue
		}
		found := judgeGitHub(broken, names)
		if !slices.ContainsFunc(found, func(one string) bool { return strings.Contains(one, fault) }) {
			t.Errorf("%s: not seen; found %q", fault, found)
		}
	}
}
