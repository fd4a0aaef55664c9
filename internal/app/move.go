package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/move"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/config"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/telemetry"
)

// companyCommand is what operators do with companies on the command line.
type companyCommand struct {
	Move moveCommand `cmd:"" help:"Take a company to another installation: rehearsed, step by step, with a way back until the cut-over."`
}

// moveCommand has a command for each step; docs/runbooks/company-move.md says
// who does which, and where.
type moveCommand struct {
	Plan     movePlan     `cmd:"" help:"Source: begin a move; who and what goes, and what stands against it."`
	Check    moveCheck    `cmd:"" help:"Target: what stands against the company's coming: go or no-go."`
	Copy     moveCopy     `cmd:"" help:"Source: copy the company while it lives; repeated, only what changed."`
	Load     moveLoad     `cmd:"" help:"Target: lay the newest copy down and compare all of it. Nobody works on it yet."`
	Discard  moveDiscard  `cmd:"" help:"Target: delete what was laid down: the end of a rehearsal."`
	Pause    movePause    `cmd:"" help:"Source: the company stands still; the final copy is taken."`
	CutOver  moveCutOver  `cmd:"" help:"Target: the company works here from now on. The point of no return."`
	Rollback moveRollback `cmd:"" help:"Source: call the move off before the cut-over; what waited is done here."`
	Leave    moveLeave    `cmd:"" help:"Source: know of the cut-over; send on what waited and what still comes."`
	Settle   moveSettle   `cmd:"" help:"Source: wait until all that came before is sent on, and say so."`
	Open     moveOpen     `cmd:"" help:"Target: the end of the landing: what came here directly is done, in its order."`
	Close    moveClose    `cmd:"" help:"Source: delete the company's data here, when nothing is sent on any more."`
	Status   moveStatus   `cmd:"" help:"How a move stands; without --move, all of this installation."`
	Run      moveRun      `cmd:"" help:"All steps from one machine that reaches both installations."`
}

// moveStep is what all steps take.
type moveStep struct {
	Move string `required:"" help:"Id of the move (mve_...)."`
	Env  string `type:"existingfile" help:"Settings of the installation as NAME=value lines, instead of the environment."`
	JSON bool   `help:"The receipt as JSON."`
}

// at opens the installation, does a step and prints how the move stands.
func (c moveStep) at(around *surroundings, step func(ctx context.Context, h *house) error) error {
	return atHouse(around, c.Env, func(ctx context.Context, h *house) error {
		if err := step(ctx, h); err != nil {
			return err
		}
		return printReceipt(ctx, h, c.Move, c.JSON, around)
	})
}

func printReceipt(ctx context.Context, h *house, moveID string, asJSON bool, around *surroundings) error {
	receipt, err := h.moves.Receipt(ctx, moveID)
	if err != nil {
		return err
	}
	if !asJSON {
		return receipt.Print(around.out)
	}
	encoder := json.NewEncoder(around.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(receipt)
}

// atHouse opens the installation of an environment, or of a file of settings,
// without serving anything.
func atHouse(around *surroundings, env string, do func(ctx context.Context, h *house) error) error {
	h, err := openFor(around, env)
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	return do(around.ctx, h)
}

func openFor(around *surroundings, env string) (*house, error) {
	lookup := around.lookup
	if env != "" {
		text, err := os.ReadFile(env)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the settings can't be read")
		}
		settings, err := readEnv(text)
		if err != nil {
			return nil, err
		}
		lookup = config.Map(settings)
	}
	cfg, err := load(lookup)
	if err != nil {
		return nil, err
	}
	logger := telemetry.NewLogger(around.err, cfg.Telemetry)
	h, err := open(around.ctx, cfg, "move", logger)
	if err != nil {
		return nil, err
	}
	if err := h.checkSchema(around.ctx, targetAPI); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// readEnv reads NAME=value lines; empty ones and those with # are passed over.
func readEnv(text []byte) (map[string]string, error) {
	settings := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "export "))
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fault.New(fault.Invalid, "line %d of the settings is not NAME=value", n)
		}
		if quote := value; len(quote) > 1 && (quote[0] == '"' || quote[0] == '\'') && quote[len(quote)-1] == quote[0] {
			value = quote[1 : len(quote)-1]
		}
		settings[name] = value
	}
	return settings, lines.Err()
}

type movePlan struct {
	Company string `required:"" help:"Id or short name of the company."`
	Move    string `help:"Go on with this move instead of beginning one."`
	Env     string `type:"existingfile" help:"Settings of the installation as NAME=value lines, instead of the environment."`
}

// Run implements the command.
func (c *movePlan) Run(around *surroundings) error {
	return atHouse(around, c.Env, func(ctx context.Context, h *house) error {
		plan, err := h.moves.Plan(ctx, c.Move, c.Company)
		if err != nil {
			return err
		}
		encoder := json.NewEncoder(around.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(plan)
	})
}

type moveCheck struct{ moveStep }

// Run implements the command.
func (c *moveCheck) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		answer, err := h.moves.Check(ctx, c.Move)
		if err != nil {
			return err
		}
		return noGo(answer.Findings)
	})
}

// noGo is the error of findings that stand against a move.
func noGo(findings []move.Finding) error {
	var against []string
	for _, f := range findings {
		if !f.Go {
			against = append(against, f.Point+": "+f.Text)
		}
	}
	if len(against) == 0 {
		return nil
	}
	return fault.Refuse("no_go", "no-go, since this does not hold: %s", strings.Join(against, "; "))
}

type moveCopy struct{ moveStep }

// Run implements the command.
func (c *moveCopy) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		_, err := h.moves.Copy(ctx, c.Move)
		return err
	})
}

type moveLoad struct{ moveStep }

// Run implements the command.
func (c *moveLoad) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		_, err := h.moves.Load(ctx, c.Move)
		return err
	})
}

type moveDiscard struct{ moveStep }

// Run implements the command.
func (c *moveDiscard) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		_, err := h.moves.Discard(ctx, c.Move)
		return err
	})
}

type movePause struct {
	moveStep
	Stopped bool `help:"No process of the source runs: wait for nothing."`
}

// Run implements the command.
func (c *movePause) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		_, err := h.moves.Pause(ctx, c.Move, move.Pause{Stopped: c.Stopped, Say: func(what string) { fmt.Fprintln(around.err, what) }})
		return err
	})
}

type moveCutOver struct{ moveStep }

// Run implements the command.
func (c *moveCutOver) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		landing, err := h.moves.CutOver(ctx, c.Move, false)
		if err != nil {
			return err
		}
		return pointed(landing)
	})
}

// pointed is the error of platforms that still deliver to the source.
func pointed(landing *move.Landing) error {
	for _, p := range landing.Pointed {
		if p.Problem != "" {
			return fault.Refuse("not_pointed", "the company works here; but %s (%s) still delivers to the source, whence it is sent on: %s. Repeat the command, or set the address by hand", p.Name, p.Channel, p.Problem)
		}
	}
	return nil
}

type moveRollback struct{ moveStep }

// Run implements the command.
func (c *moveRollback) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error { return h.moves.Rollback(ctx, c.Move) })
}

type moveLeave struct{ moveStep }

// Run implements the command.
func (c *moveLeave) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error { return h.moves.Leave(ctx, c.Move) })
}

type moveSettle struct {
	moveStep
	Stopped bool          `help:"No process of the source runs: it has nothing to send on."`
	Limit   time.Duration `default:"2m" help:"How long to wait."`
}

// Run implements the command.
func (c *moveSettle) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error { return h.moves.Settle(ctx, c.Move, c.Stopped, c.Limit) })
}

type moveOpen struct {
	moveStep
	Force bool `help:"Without the source's word, when it is gone for good."`
}

// Run implements the command.
func (c *moveOpen) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		_, err := h.moves.Open(ctx, c.Move, c.Force)
		return err
	})
}

type moveClose struct {
	moveStep
	Now bool `help:"Before the time is over in which webhooks are sent on."`
}

// Run implements the command.
func (c *moveClose) Run(around *surroundings) error {
	return c.at(around, func(ctx context.Context, h *house) error {
		_, err := h.moves.Close(ctx, c.Move, c.Now)
		return err
	})
}

type moveStatus struct {
	Move string `help:"Id of the move; empty lists all."`
	Env  string `type:"existingfile" help:"Settings of the installation as NAME=value lines, instead of the environment."`
	JSON bool   `help:"The receipt as JSON."`
}

// Run implements the command.
func (c *moveStatus) Run(around *surroundings) error {
	return atHouse(around, c.Env, func(ctx context.Context, h *house) error {
		if c.Move != "" {
			return printReceipt(ctx, h, c.Move, c.JSON, around)
		}
		list, err := h.moves.List(ctx, "")
		if err != nil {
			return err
		}
		for _, m := range list {
			fmt.Fprintf(around.out, "%s  %s  %s  %s\n", m.ID, m.CompanyID, m.Side, m.Step)
		}
		return nil
	})
}

type moveRun struct {
	Company string `help:"Id or short name of the company." xor:"who" required:""`
	Line    string `help:"All companies of a product line, one after the other." xor:"who" required:""`
	Move    string `help:"Go on with this move of one company."`

	SourceEnv string `required:"" type:"existingfile" help:"Settings of the source as NAME=value lines."`
	TargetEnv string `required:"" type:"existingfile" help:"Settings of the target."`

	Rehearse bool          `help:"Only up to the comparison; what was laid down is deleted again."`
	DryRun   bool          `help:"Only go or no-go; nothing is copied."`
	Limit    time.Duration `default:"2m" help:"How long to wait for each of the last steps."`
	JSON     bool          `help:"The receipt as JSON."`
}

// Run implements the command.
func (c *moveRun) Run(around *surroundings) error {
	if c.Line != "" && c.Move != "" {
		return fault.OnField("--move", "is that of one company; a line goes on by itself with what was broken off")
	}
	source, err := openFor(around, c.SourceEnv)
	if err != nil {
		return err
	}
	defer func() { _ = source.close() }()
	target, err := openFor(around, c.TargetEnv)
	if err != nil {
		return err
	}
	defer func() { _ = target.close() }()
	companies := []string{c.Company}
	if c.Line != "" {
		if companies, err = source.ofLine(around.ctx, c.Line); err != nil {
			return err
		}
	}
	for _, company := range companies {
		moveID := c.Move
		if c.Line != "" {
			begun, err := unfinished(around.ctx, source, target, company)
			if err != nil {
				return err
			}
			if begun.skip || begun.moveID != "" && (c.DryRun || c.Rehearse) {
				fmt.Fprintf(around.err, "%s is on its way already, or there (move %s)\n", company, begun.moveID)
				continue
			}
			moveID = begun.moveID
		}
		if moveID == "" {
			moveID = id.New(id.Move, clock.MS(source.clock.Now()))
		}
		if err := c.one(around, source, target, moveID, company); err != nil {
			return fmt.Errorf("%s (move %s): %w", company, moveID, err)
		}
	}
	return nil
}

// begun is a move of a company that a run broke off, or carried out.
type begun struct {
	moveID string // empty: none
	skip   bool   // nothing is left to do, or not by this run
}

// unfinished tells what an earlier run has done with a company: one that stands
// still here has a move to go on with, one that is open at the target has none.
func unfinished(ctx context.Context, source, target *house, companyID string) (begun, error) {
	h, err := hold.Find(ctx, source.db, companyID)
	if err != nil || h.MoveID == "" {
		return begun{}, err
	}
	if h.Level == hold.Arriving || h.Level == hold.Landing {
		return begun{h.MoveID, true}, nil // it is on its way to here
	}
	list, err := target.moves.List(ctx, companyID)
	opened := slices.ContainsFunc(list, func(m move.Move) bool { return m.ID == h.MoveID && m.Step == move.Opened })
	return begun{h.MoveID, opened}, err
}

// ofLine lists the companies of a product line that have data here.
func (h *house) ofLine(ctx context.Context, line string) (list []string, err error) {
	all, err := h.companies(ctx)
	if err != nil {
		return nil, err
	}
	for _, companyID := range all {
		company, err := h.tenancy.Get(ctx, companyID)
		if err != nil {
			return nil, err
		}
		if company.Line == line && company.State != tenancy.Erased {
			list = append(list, companyID)
		}
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "no company of the line %s is here", line)
	}
	return list, nil
}

// one moves one company. Each step may be repeated, so a run that broke off goes
// on with --move.
func (c *moveRun) one(around *surroundings, source, target *house, moveID, company string) error {
	ctx, say := around.ctx, func(what string) { fmt.Fprintf(around.err, "%s  %s\n", time.Now().UTC().Format("15:04:05.000"), what) }
	state, err := source.moves.Receipt(ctx, moveID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil || state.Verdict == "" {
		done, err := c.bring(ctx, source, target, moveID, company, say)
		if err != nil || done {
			return errors.Join(err, printReceipt(context.WithoutCancel(ctx), source, moveID, c.JSON, around))
		}
	} else if c.DryRun || c.Rehearse {
		return fault.Refuse("decided", "the move was decided (%s): there is nothing to rehearse", state.Verdict)
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"cut-over: the company works at the target", func() error {
			landing, err := target.moves.CutOver(ctx, moveID, true)
			if err == nil {
				for _, p := range landing.Pointed {
					say(fmt.Sprintf("  %s %s: %s", p.Channel, p.Name, orText(p.Problem, "delivers to the target")))
				}
			}
			return err
		}},
		{"the source sends on what waited", func() error { return source.moves.Leave(ctx, moveID) }},
		{"waiting until all that came before is sent on", func() error { return source.moves.Settle(ctx, moveID, false, c.Limit) }},
		{"the target is open", func() error { _, err := target.moves.Open(ctx, moveID, false); return err }},
	} {
		say(step.what)
		if err := step.do(); err != nil {
			return err
		}
	}
	return printReceipt(ctx, source, moveID, c.JSON, around)
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// bring goes up to the comparison of the final copy. done says that no more is
// wanted.
func (c *moveRun) bring(ctx context.Context, source, target *house, moveID, company string, say func(string)) (done bool, err error) {
	say("plan " + moveID)
	if _, err := source.moves.Plan(ctx, moveID, company); err != nil {
		return false, err
	}
	answer, err := target.moves.Check(ctx, moveID)
	if err != nil {
		return false, err
	}
	if err := noGo(answer.Findings); err != nil || c.DryRun {
		return true, err
	}
	say("copying while it lives")
	if _, err := source.moves.Copy(ctx, moveID); err != nil {
		return false, err
	}
	loaded, err := target.moves.Load(ctx, moveID)
	if err != nil {
		return false, err
	}
	say(fmt.Sprintf("rehearsed: %d ranges equal, %d of them laid down now", loaded.Ranges, loaded.Replaced))
	if c.Rehearse {
		_, err := target.moves.Discard(ctx, moveID)
		return true, err
	}
	if _, err := source.moves.Copy(ctx, moveID); err != nil { // what changed meanwhile need not be copied in the pause
		return false, err
	}
	if _, err := target.moves.Load(ctx, moveID); err != nil {
		return false, err
	}
	say("pause")
	if _, err := source.moves.Pause(ctx, moveID, move.Pause{Say: say}); err != nil {
		return false, err
	}
	if loaded, err = target.moves.Load(ctx, moveID); err != nil {
		return false, err
	}
	say(fmt.Sprintf("final copy equal: %d ranges, %d of them laid down now", loaded.Ranges, loaded.Replaced))
	return false, nil
}
