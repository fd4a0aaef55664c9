package app

import (
	"encoding/json"
	"fmt"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/change"
	"prosa/internal/modules/flow/trial"
)

type flowCheckCommand struct {
	Files   []string `arg:"" help:"Flows or exports; - reads the standard input."`
	Channel []string `enum:"whatsapp,telegram,messenger,instagram" help:"Channels to hold the texts against, all when absent: ${enum}."`
	Strict  bool     `help:"Warnings count as errors, but for what a channel only shows otherwise."`
	Lang    string   `default:"en" enum:"en,pt-BR" help:"Language of the sentences: ${enum}."`
	JSON    bool     `help:"As JSON."`
}

// checkedFlow is what a check found in one file.
type checkedFlow struct {
	File   string         `json:"file"`
	OK     bool           `json:"ok"`
	Hash   string         `json:"hash,omitempty"`
	Nodes  int            `json:"nodes"`
	Issues []checkedIssue `json:"issues"`
}

type checkedIssue struct {
	flow.Issue
	Sentence string `json:"sentence"`
}

// Run implements the command.
func (c *flowCheckCommand) Run(around *surroundings) error {
	checked := make([]checkedFlow, 0, len(c.Files))
	bad := 0
	for _, path := range c.Files {
		one, err := c.check(around, path)
		if err != nil {
			return err
		}
		if checked = append(checked, one); !one.OK {
			bad++
		}
	}
	if c.JSON {
		if err := printJSON(around, checked); err != nil {
			return err
		}
	} else {
		for _, one := range checked {
			one.print(around)
		}
	}
	if bad > 0 {
		return fault.New(fault.Invalid, "%d of %d flows can't be published", bad, len(checked))
	}
	return nil
}

func (c *flowCheckCommand) check(around *surroundings, path string) (checkedFlow, error) {
	out := checkedFlow{File: path, OK: true, Issues: []checkedIssue{}}
	file, err := readFlow(around, path)
	if err != nil {
		return out, err
	}
	definition, family, err := file.parse(around)
	if err != nil {
		out.OK = false
		out.Issues = append(out.Issues, checkedIssue{Issue: flow.Issue{Weight: flow.Error, Code: "unreadable"}, Sentence: explain(err)})
		return out, nil
	}
	_, issues := flow.Compile(definition, flow.Options{Channels: channelsOf(c.Channel), Flows: family})
	for _, issue := range issues {
		out.OK = out.OK && issue.Weight != flow.Error && (!c.Strict || issue.Mild())
		out.Issues = append(out.Issues, checkedIssue{issue, issue.Sentence(c.Lang)})
	}
	out.Nodes = len(definition.Nodes)
	out.Hash, err = definition.Hash()
	return out, err
}

func (f checkedFlow) print(around *surroundings) {
	for _, issue := range f.Issues {
		node := ""
		if issue.Node != "" {
			node = " " + issue.Node
		}
		fmt.Fprintf(around.out, "%s: %s%s: %s\n", f.File, issue.Weight, node, issue.Sentence)
	}
	if f.OK {
		fmt.Fprintf(around.out, "%s: ok, %d nodes, %.12s\n", f.File, f.Nodes, f.Hash)
	}
}

func printJSON(around *surroundings, value any) error {
	encoder := json.NewEncoder(around.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

type flowTestCommand struct {
	Files   []string `arg:"" help:"Flows or exports; - reads the standard input."`
	Explore int      `help:"How many made-up customers to send through each flow as well."`
	Seed    uint64   `default:"1" help:"What the customers are made up from."`
	Verbose bool     `short:"v" help:"Print every test, the conversation of each that failed, and what nothing came to."`
	Lang    string   `default:"en" enum:"en,pt-BR" help:"Language of the sentences: ${enum}."`
	JSON    bool     `help:"As JSON."`
}

// testedFlow is what the tests of one file gave.
type testedFlow struct {
	File        string         `json:"file"`
	Passed      int            `json:"passed"`
	Failed      int            `json:"failed"`
	Results     []testedResult `json:"results"`
	Coverage    trial.Coverage `json:"coverage"`
	MissedNodes []string       `json:"missed_nodes"`
	MissedExits []string       `json:"missed_exits"`
	Exploration *trial.Report  `json:"exploration,omitempty"`
	nodes       int
	exits       int
}

type testedResult struct {
	trial.Result
	Sentence string `json:"sentence,omitempty"`
}

// Run implements the command.
func (c *flowTestCommand) Run(around *surroundings) error {
	var tested []testedFlow
	bad := 0
	for _, path := range c.Files {
		one, err := c.test(around, path)
		if err != nil {
			return fault.New(fault.CodeOf(err), "%s: %s", path, explain(err))
		}
		tested = append(tested, one)
		if bad += one.Failed; one.Exploration != nil {
			bad += len(one.Exploration.Failures)
		}
		if !c.JSON {
			c.print(around, one)
		}
	}
	if c.JSON {
		if err := printJSON(around, tested); err != nil {
			return err
		}
	}
	if err := around.ctx.Err(); err != nil {
		return err
	}
	if bad > 0 {
		return fault.New(fault.Invalid, "%d tests or rules failed", bad)
	}
	return nil
}

func (c *flowTestCommand) test(around *surroundings, path string) (testedFlow, error) {
	out := testedFlow{File: path, Results: []testedResult{}}
	out.Coverage.Add(trial.Coverage{})
	file, err := readFlow(around, path)
	if err != nil {
		return out, err
	}
	definition, family, err := file.parse(around)
	if err != nil {
		return out, err
	}
	subject, issues := trial.Prepare(definition, flow.Options{Channels: everyChannel(), Flows: family})
	if subject == nil {
		for _, issue := range issues {
			if issue.Weight == flow.Error {
				return out, fault.New(fault.Invalid, "%s: %s", issue.Node, issue.Sentence(c.Lang))
			}
		}
	}
	var tests []trial.Test
	if file.tests != nil {
		if tests, err = trial.Parse(file.tests); err != nil {
			return out, err
		}
	}
	for i := range tests {
		result := trial.Run(around.ctx, subject, &tests[i])
		if result.Passed {
			out.Passed++
		} else {
			out.Failed++
		}
		out.Coverage.Add(result.Coverage)
		out.Results = append(out.Results, testedResult{result, result.Sentence(c.Lang)})
	}
	graph := subject.Graph()
	out.MissedNodes, out.MissedExits = out.Coverage.Missed(graph)
	out.nodes = len(graph.Nodes)
	_, all := trial.Coverage{}.Missed(graph)
	out.exits = len(all)
	if c.Explore > 0 {
		report := trial.Explore(around.ctx, subject, trial.Options{Seed: c.Seed, Runs: c.Explore})
		out.Exploration = &report
	}
	return out, nil
}

func (c *flowTestCommand) print(around *surroundings, one testedFlow) {
	for _, result := range one.Results {
		switch {
		case !result.Passed:
			fmt.Fprintf(around.out, "%s: FAIL %s: %s\n", one.File, result.Name, result.Sentence)
			if c.Verbose {
				printLines(around, result.Lines)
			}
		case c.Verbose:
			fmt.Fprintf(around.out, "%s: ok   %s\n", one.File, result.Name)
		}
	}
	fmt.Fprintf(around.out, "%s: %d passed, %d failed; %d of %d nodes, %d of %d exits\n", one.File, one.Passed, one.Failed,
		one.nodes-len(one.MissedNodes), one.nodes, one.exits-len(one.MissedExits), one.exits)
	if c.Verbose {
		for _, name := range one.MissedNodes {
			fmt.Fprintf(around.out, "  not reached: %s\n", name)
		}
		for _, name := range one.MissedExits {
			fmt.Fprintf(around.out, "  not taken: %s\n", name)
		}
	}
	if report := one.Exploration; report != nil {
		fmt.Fprintf(around.out, "%s: %d made-up customers (seed %d), %d steps; rules broken: %d\n", one.File, report.Runs, report.Seed, report.Turns, len(report.Failures))
		for _, found := range report.Failures {
			fmt.Fprintf(around.out, "  %s (%s)\n", found.Sentence(c.Lang), found.Invariant)
			printLines(around, found.Lines)
		}
	}
}

func printLines(around *surroundings, lines []trial.Line) {
	for _, line := range lines {
		fmt.Fprintf(around.out, "    %s\n", line)
	}
}

type flowDiffCommand struct {
	Before   string `arg:"" help:"A flow or export; - reads the standard input."`
	After    string `arg:"" help:"Another."`
	Lang     string `default:"en" enum:"en,pt-BR" help:"Language of the sentences: ${enum}."`
	ExitCode bool   `help:"Exit 1 when there are changes."`
	JSON     bool   `help:"As JSON."`
}

type toldChange struct {
	change.Change
	Sentence string `json:"sentence"`
}

// Run implements the command.
func (c *flowDiffCommand) Run(around *surroundings) error {
	before, err := readFlow(around, c.Before)
	if err != nil {
		return err
	}
	after, err := readFlow(around, c.After)
	if err != nil {
		return err
	}
	changes, err := change.Texts(before.definition, after.definition)
	if err != nil {
		return err
	}
	told := make([]toldChange, len(changes))
	for i, one := range changes {
		told[i] = toldChange{one, one.Sentence(c.Lang)}
	}
	if c.JSON {
		if err := printJSON(around, told); err != nil {
			return err
		}
	} else {
		for _, one := range told {
			fmt.Fprintln(around.out, one.Sentence)
		}
	}
	if c.ExitCode && len(told) > 0 {
		return fault.New(fault.Conflict, "%d changes", len(told))
	}
	return nil
}
