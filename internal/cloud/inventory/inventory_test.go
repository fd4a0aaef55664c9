package inventory

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// whole is an inventory without a gap.
func whole() Inventory {
	return Inventory{
		Targets:   []Target{{Name: "worker", Services: []string{"mails"}}},
		Subjects:  []Subject{{Stream: "IN", Name: "in.<shard>", Owner: "edge", Writers: []string{"edge"}, Readers: []string{"conversation"}, Retained: "a day"}, {Stream: "DEAD", Name: "dead.conversation", Owner: "modules/conversation", Writers: []string{"conversation"}, Readers: []string{"console"}, Retained: "a week"}},
		Consumers: []Consumer{{Name: "conversation", Subject: "in.<shard>", Owner: "modules/conversation", Dead: "dead.conversation"}},
		Queues:    []Queue{{Table: "mail_letter", Owner: "modules/mail", Server: "mails", Dead: "state failed"}},
		Jobs:      []Job{{Kind: "media.fetch", Owner: "modules/media", Dead: "discarded"}},
		Tables:    []Table{{Name: "mail_letter", Owner: "modules/mail"}},
		Endpoints: []Endpoint{{Method: "GET", Path: "/x", Owner: "edge"}},
		Hosts:     []Host{{Setting: "PROSA_X_URL", Owner: "adapters/x"}},
		Settings:  []Setting{{Name: "PROSA_DATABASE_URL", Owner: "platform/database", Secret: true}},
	}
}

func TestProblems(t *testing.T) {
	if problems := whole().Problems(); len(problems) != 0 {
		t.Fatalf("nothing is wrong: %q", problems)
	}
	for name, test := range map[string]struct {
		spoil func(*Inventory)
		want  string
	}{
		"a queue whose failures go nowhere": {func(i *Inventory) { i.Queues[0].Dead = " " }, "queue mail_letter has no dead-letter target"},
		"a consumer too":                    {func(i *Inventory) { i.Consumers[0].Dead = "" }, "consumer conversation has no dead-letter target"},
		"a job too":                         {func(i *Inventory) { i.Jobs[0].Dead = "" }, "job media.fetch has no dead-letter target"},
		"nobody's queue":                    {func(i *Inventory) { i.Queues[0].Owner = "" }, "queue mail_letter has no owner"},
		"nobody's table":                    {func(i *Inventory) { i.Tables[0].Owner = "" }, "table mail_letter has no owner"},
		"nobody's host":                     {func(i *Inventory) { i.Hosts[0].Owner = "" }, "host PROSA_X_URL has no owner"},
		"a queue that nobody works on":      {func(i *Inventory) { i.Queues[0].Server = "gone" }, `worked on by "gone", which no target runs`},
		"a queue without a table":           {func(i *Inventory) { i.Queues[0].Table = "gone" }, "queue gone is no table"},
		"a consumer of nothing":             {func(i *Inventory) { i.Consumers[0].Subject = "gone" }, "reads gone, which is no subject"},
		"letters to nowhere":                {func(i *Inventory) { i.Consumers[0].Dead = "dead.gone" }, "puts aside to dead.gone, which is no subject"},
		"a subject that nobody reads":       {func(i *Inventory) { i.Subjects[0].Readers = nil }, "subject in.<shard> is not written and read"},
		"twice":                             {func(i *Inventory) { i.Settings = append(i.Settings, i.Settings[0]) }, "listed twice"},
		"an unknown variable in the cloud": {func(i *Inventory) {
			i.join(t, `{"address":"aws_ecs_task_definition.api","mode":"managed","type":"aws_ecs_task_definition","name":"api","change":{"after":{"family":"massivo-prod-api","container_definitions":"[{\"environment\":[{\"name\":\"PROSA_TYPO\",\"value\":\"1\"},{\"name\":\"AWS_REGION\",\"value\":\"x\"}]}]"}}}`)
		}, "sets PROSA_TYPO, which is no setting"},
		"a cloud queue without redrive": {func(i *Inventory) {
			i.join(t, `{"address":"aws_sqs_queue.x","mode":"managed","type":"aws_sqs_queue","name":"x","change":{"after":{"name":"massivo-prod-x"}}}`)
		}, "aws_sqs_queue.x of massivo-prod has no place for what can't be worked on: the queue has no dead-letter target"},
		"a cloud queue of deadlines": {func(i *Inventory) {
			i.join(t, `{"address":"aws_sqs_queue.x","mode":"managed","type":"aws_sqs_queue","name":"x","change":{"after":{"name":"massivo-prod-deadline-reminders","tags_all":{"owner":"core"}}}}`)
		}, "the queue has no dead-letter target"},
		"a cloud queue of nobody": {func(i *Inventory) {
			i.join(t, `{"address":"aws_sqs_queue.x","mode":"managed","type":"aws_sqs_queue","name":"x","change":{"after":{"name":"x-undelivered"}}}`)
		}, "resource massivo-prod 50-runtime aws_sqs_queue.x has no owner"},
		"a function of nobody": {func(i *Inventory) {
			i.join(t, `{"address":"aws_lambda_function.x","mode":"managed","type":"aws_lambda_function","name":"x","change":{"after":{"dead_letter_config":[{}],"tags_all":{"layer":"50-runtime"}}}}`)
		}, "aws_lambda_function.x has no owner"},
		"a function that loses": {func(i *Inventory) {
			i.join(t, `{"address":"aws_lambda_function.x","mode":"managed","type":"aws_lambda_function","name":"x","change":{"after":{"tags_all":{"owner":"core"}}}}`)
		}, "what the function cannot do is lost"},
		"a thing whose tags are not known yet": {func(i *Inventory) {
			i.join(t, `{"address":"aws_vpc.x","mode":"managed","type":"aws_vpc","name":"x","change":{"after":{},"after_unknown":{"tags_all":true}}}`)
		}, "aws_vpc.x has no owner"},
	} {
		t.Run(name, func(t *testing.T) {
			i := whole()
			test.spoil(&i)
			problems := i.Problems()
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
				t.Errorf("%q does not say %q", problems, test.want)
			}
		})
	}
}

func (i *Inventory) join(t *testing.T, resources string) {
	t.Helper()
	if err := i.Join("massivo-prod", "50-runtime", []byte(`{"format_version":"1.2","resource_changes":[`+resources+`]}`)); err != nil {
		t.Fatal(err)
	}
}

func TestJoin(t *testing.T) {
	i := whole()
	i.join(t, `
		{"address":"b","mode":"managed","type":"aws_ecs_service","name":"w","change":{"after":{"name":"massivo-prod-worker","tags_all":{"owner":"core@x.example"}}}},
		{"address":"a","mode":"managed","type":"aws_db_instance","name":"db","change":{"after":{"identifier":"massivo-prod-db","tags_all":{"owner":"core"}}}},
		{"address":"c","mode":"managed","type":"aws_secretsmanager_secret","name":"s","change":{"after":{"name":"massivo-prod/database-url","tags_all":{"owner":"core"}}}},
		{"address":"d","mode":"managed","type":"aws_autoscaling_group","name":"n","change":{"after":{"name":"massivo-prod-nats-1"}}},
		{"address":"e","mode":"data","type":"aws_region","name":"r","change":{"after":{}}},
		{"address":"f","mode":"managed","type":"aws_sqs_queue","name":"gone","change":{"before":{"name":"x"},"after":null}}`)
	if problems := i.Problems(); len(problems) != 0 {
		t.Errorf("%q", problems)
	}
	var got []string
	for _, r := range i.Resources {
		got = append(got, r.Address+" "+r.Name+" "+r.Owner+" "+strings.Join(r.Carries, ","))
	}
	want := []string{
		"a massivo-prod-db core all tables",
		"b massivo-prod-worker core@x.example target worker",
		"c massivo-prod/database-url core setting PROSA_DATABASE_URL",
		"d massivo-prod-nats-1 deploy/terraform 50-runtime all streams",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	for _, broken := range []string{
		"", "{", `{"format_version":"99.0"}`, `{"planned_values":7}`, `{"format_version":"1.2"}`, `{"format_version":"1.2","planned_values":{}}`,
		`{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"a","mode":"managed","type":"aws_sqs_queue","name":"a","values":{}}]}}}`,
		`{"format_version":"1.2","planned_values":{"root_module":{"child_modules":[{"address":"module.a","resources":[{"address":"a","mode":"managed","type":"aws_sqs_queue","name":"a","values":{}}]}]}}}`,
	} {
		if err := i.Join("x", "y", []byte(broken)); err == nil {
			t.Errorf("%q is taken for a plan", broken)
		}
	}
}

// A plan that would leave nothing standing is one.
func TestJoinNothing(t *testing.T) {
	i := whole()
	if err := i.Join("x", "y", []byte(`{"format_version":"1.2","planned_values":{"root_module":{}}}`)); err != nil || len(i.Resources) != 0 {
		t.Errorf("%v, %d resources", err, len(i.Resources))
	}
}

// What the provider made of the layers has an owner each, and loses nothing.
func TestPlansOfTheLayersHaveNoGaps(t *testing.T) {
	files, err := filepath.Glob("../review/testdata/plans/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no plans: %v", err)
	}
	i := Inventory{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Join(filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".json"), text); err != nil {
			t.Fatal(err)
		}
	}
	if len(i.Resources) < 400 {
		t.Errorf("only %d resources were found", len(i.Resources))
	}
	for _, problem := range i.Problems() {
		if !strings.Contains(problem, "no setting of the product") { // none was listed here
			t.Error(problem)
		}
	}
}

func TestPrints(t *testing.T) {
	i := whole()
	i.Queues[0].Holds = "a | b"
	if out := i.Markdown(); !strings.Contains(out, "| mail_letter | a \\| b | modules/mail | mails | state failed |") || strings.Contains(out, "Cloud resources") {
		t.Errorf("%s", out)
	}
	if out := i.Text(); !strings.Contains(out, "Queues (1)\n  mail_letter  a | b · modules/mail · mails · state failed\n") {
		t.Errorf("%s", out)
	}
}

// What is no plan is refused and never a panic.
func FuzzJoin(f *testing.F) {
	f.Add([]byte(`{"format_version":"1.2","resource_changes":[{"address":"a","mode":"managed","type":"aws_ecs_task_definition","change":{"after":{"container_definitions":"[{}]"}}}]}`))
	f.Add([]byte(`{"format_version":"1.2","resource_changes":[null,{"mode":"managed"}],"configuration":{"root_module":{"resources":[null],"module_calls":{"a":null}}}}`))
	f.Add([]byte(`{"format_version":"1.2","planned_values":{"root_module":null}}`))
	f.Fuzz(func(_ *testing.T, plan []byte) {
		i := whole()
		if i.Join("a", "b", plan) == nil {
			_ = i.Problems()
		}
	})
}
