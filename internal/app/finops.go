package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/platform/telemetry"
)

// finopsCommand is about the cost ledger.
type finopsCommand struct {
	Import   finopsImportCommand   `cmd:"" help:"Read bills in the FOCUS format; what they say takes the place of what was known of their billing periods."`
	Withdraw finopsWithdrawCommand `cmd:"" help:"Take a bill out of the numbers, such as one that was imported under a wrong name; it stays in the history."`
	Check    finopsCheckCommand    `cmd:"" help:"Hold a bill against FOCUS without importing it: every row that would be refused, and what is odd."`
	Export   finopsExportCommand   `cmd:"" help:"Write a month of the ledger as FOCUS 1.3, shared costs split between companies."`
	Meter    finopsMeterCommand    `cmd:"" help:"Measure what each company of this deployment used on a day, and write it for the ledger."`
	Quality  finopsQualityCommand  `cmd:"" help:"Print how far the numbers of a month may be trusted, as JSON."`
}

// costs opens the house for a command of the ledger, with the map of accounts
// brought up to accounts.yaml.
func (around *surroundings) costs() (*house, error) {
	cfg, err := load(around.lookup)
	if err != nil {
		return nil, err
	}
	h, err := open(around.ctx, cfg, "finops", telemetry.NewLogger(around.err, cfg.Telemetry))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(h.checkSchema(around.ctx, targetAPI), h.mapAccounts(around.ctx)); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// accountsOf reads what PROSA_FINOPS_ACCOUNTS says: a path, or the text itself
// where no file can be laid beside the program.
func accountsOf(setting string) (account.File, error) {
	if text := strings.TrimSpace(setting); !strings.HasPrefix(text, "{") && !strings.Contains(text, "\n") {
		return accountFiles{Accounts: text}.load()
	}
	file, err := account.ParseExcerpt([]byte(setting))
	if err != nil {
		return account.File{}, fault.OnField("PROSA_FINOPS_ACCOUNTS", "%s", fault.MessageOf(err))
	}
	return file, refuse("PROSA_FINOPS_ACCOUNTS", file.Problems())
}

// mapAccounts fills the ledger's map of accounts, and their budgets, from
// accounts.yaml, where one is configured.
func (h *house) mapAccounts(ctx context.Context) error {
	if h.cfg.Costs.Accounts == "" {
		return nil
	}
	file, err := accountsOf(h.cfg.Costs.Accounts)
	if err != nil {
		return err
	}
	list := []finops.Account{
		{AccountID: file.Organization.Management.ID, Name: "management", Line: finops.Shared, Environment: finops.Shared},
		{AccountID: file.Organization.Security.ID, Name: "security", Line: finops.Shared, Environment: finops.Shared},
		{AccountID: file.Organization.Network.ID, Name: "network", Line: finops.Shared, Environment: finops.Shared},
	}
	var budgets []finops.Budget
	for _, a := range file.Accounts {
		list = append(list, finops.Account{AccountID: a.ID, Name: a.Name, Line: a.Line, Environment: a.Environment})
		amount, err := exact.Parse(a.Budget.Amount.Decimal())
		if err != nil {
			return err
		}
		budgets = append(budgets, finops.Budget{Line: a.Line, Environment: a.Environment, Currency: string(a.Budget.Currency), Amount: amount})
	}
	list = slices.DeleteFunc(list, func(a finops.Account) bool { return a.AccountID == "" })
	if _, err := h.costs.FillAccounts(ctx, list, bySystem("accounts.yaml")); err != nil {
		return err
	}
	_, err = h.costs.FillBudgets(ctx, budgets, bySystem("accounts.yaml"))
	return err
}

// bySystem is who does what no person asked for.
func bySystem(name string) audit.Entry {
	by := audit.Entry{}
	by.Actor.Kind, by.Actor.ID = "system", name
	return by
}

type finopsImportCommand struct {
	Source string   `required:"" help:"Whose bill it is: a configured source, or any name of a-z, 0-9 and - for files."`
	File   []string `type:"existingfile" help:"Files that make up the bill together; give it once for each. Without one the configured source is looked at."`
	Again  bool     `help:"Read also what was read before."`
}

// Run implements the command.
func (c *finopsImportCommand) Run(around *surroundings) error {
	h, err := around.costs()
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	if len(c.File) == 0 {
		if err := h.costs.Sweep(around.ctx, c.Source); err != nil {
			return err
		}
		return c.printSource(around, h)
	}
	done, err := h.costs.Import(around.ctx, finops.Wish{Source: c.Source, Paths: c.File, Again: c.Again, Actor: bySystem("prosa finops import")})
	if err != nil {
		return err
	}
	for _, one := range done {
		what := "imported"
		switch {
		case one.Known && one.State == "current":
			what = "known, nothing to do"
		case one.Known:
			what = "known, and " + one.State + " since (--again brings it back)"
		case one.Replaces != 0:
			what = fmt.Sprintf("imported, in place of number %d", one.Replaces)
		}
		fmt.Fprintf(around.out, "%s %s, number %d, FOCUS %s, %d rows: %s\n", one.Source, periodText(one), one.No, one.Version, one.Rows, what)
		for _, sums := range one.Totals {
			fmt.Fprintf(around.out, "  billed %s %s, effective %s %s\n", sums.Billed, sums.Currency, sums.Effective, sums.Currency)
		}
		for _, twin := range one.Twins {
			fmt.Fprintf(around.out, "  may count twice: number %d of %s (%s) has bills of %s for these days too\n", twin.No, twin.Source, twin.Set, strings.Join(twin.Payers, ", "))
		}
	}
	return nil
}

// periodText gives the month of a bill, and its days where they are not those of
// the month.
func periodText(one finops.Import) string {
	from, until := time.UnixMilli(one.FromMS).UTC(), time.UnixMilli(one.ToMS).UTC()
	text := from.Format("2006-01")
	if from.Day() == 1 && until.Equal(from.AddDate(0, 1, 0)) {
		return text
	}
	return text + " (" + from.Format(time.DateOnly) + " to " + until.Add(-time.Millisecond).Format(time.DateOnly) + ")"
}

func (c *finopsImportCommand) printSource(around *surroundings, h *house) error {
	sources, err := h.costs.Sources(around.ctx)
	if err != nil {
		return err
	}
	for _, source := range sources {
		if source.Name != c.Source {
			continue
		}
		for _, set := range source.Sets {
			fmt.Fprintln(around.out, strings.TrimSpace(fmt.Sprintf("%-9s %s  %s", set.Outcome, set.Name, set.Problem)))
		}
	}
	return nil
}

type finopsWithdrawCommand struct {
	Source string `required:"" help:"The source that the bill is kept under."`
	Period string `required:"" help:"The month of the billing period, such as 2026-11."`
	Set    string `help:"What the files are called together, where the source has several bills of the period."`
	Number int64  `help:"The number of the import, where they are called the same."`
}

// Run implements the command.
func (c *finopsWithdrawCommand) Run(around *surroundings) error {
	month, err := time.Parse("2006-01", c.Period)
	if err != nil {
		return fault.OnField("period", "must be a month, such as 2026-11")
	}
	h, err := around.costs()
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	gone, err := h.costs.Withdraw(around.ctx, finops.Withdrawal{
		Source: c.Source, Period: int64(month.Year()*100 + int(month.Month())), Set: c.Set, No: c.Number,
	}, bySystem("prosa finops withdraw"))
	if err != nil {
		return err
	}
	fmt.Fprintf(around.out, "%s %s, number %d, %s: counts no more\n", gone.Source, c.Period, gone.No, gone.Set)
	for _, sums := range gone.Totals {
		fmt.Fprintf(around.out, "  billed %s %s, effective %s %s\n", sums.Billed, sums.Currency, sums.Effective, sums.Currency)
	}
	return nil
}

type finopsCheckCommand struct {
	File string `arg:"" type:"existingfile" help:"A bill: CSV, CSV packed by gzip, or Parquet."`
	JSON bool   `help:"As JSON."`
}

// Run implements the command. It needs no database.
func (c *finopsCheckCommand) Run(around *surroundings) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fault.New(fault.NotFound, "%s can't be opened", c.File)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	report, err := focus.Check(file, info.Size(), focus.Limits{Rows: cfg.Costs.MaxRows, Bytes: cfg.Costs.MaxBytes})
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(around, report)
	} else {
		err = printReport(around.out, report)
	}
	if err == nil && !report.Good() {
		err = fault.New(fault.Invalid, "%d rows or columns would be refused", len(report.Refusals))
	}
	return err
}

func printReport(to io.Writer, report focus.Report) error {
	var text strings.Builder
	fmt.Fprintf(&text, "FOCUS %s, %s, %d good rows\n", report.Version, report.Format, report.Rows)
	for _, total := range report.Totals {
		fmt.Fprintf(&text, "  billed %s %s, effective %s %s\n", total.Billed, total.Currency, total.Effective, total.Currency)
	}
	for _, refusal := range report.Refusals {
		fmt.Fprintf(&text, "refused  %-16s %s\n", refusal.Rule, refusal.Error())
	}
	for _, finding := range report.Findings {
		fmt.Fprintf(&text, "odd      %-16s %s, %d times, first in row %d %s\n", finding.Rule, finding.Column, finding.Count, finding.FirstRow, finding.Sample)
	}
	_, err := io.WriteString(to, text.String())
	return err
}

type finopsExportCommand struct {
	Month int64  `required:"" help:"The month of the charges, such as 202611."`
	To    string `help:"The file to write; the standard output when empty."`
}

// Run implements the command.
func (c *finopsExportCommand) Run(around *surroundings) (err error) {
	h, err := around.costs()
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	if c.To == "" {
		return h.costs.Export(around.ctx, c.Month, around.out)
	}
	return writeWhole(c.To, func(to io.Writer) error { return h.costs.Export(around.ctx, c.Month, to) })
}

// writeWhole has a file written beside the one of that name and put in its place
// when all of it is there: what fails leaves what was. A pipe or a device is no
// file that could be put in its place, and is written to. Error: fault.Invalid when
// nothing can be written there.
func writeWhole(name string, write func(to io.Writer) error) (err error) {
	mode := os.FileMode(0o600)
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode()
	}
	if !mode.IsRegular() {
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return fault.New(fault.Invalid, "%s can't be written", name)
		}
		return errors.Join(write(file), file.Close())
	}
	draft, err := os.CreateTemp(filepath.Dir(name), ".prosa-export-*")
	if err != nil {
		return fault.New(fault.Invalid, "%s can't be written", name)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, draft.Close(), os.Remove(draft.Name()))
		}
	}()
	if err := write(draft); err != nil {
		return err
	}
	if err := errors.Join(draft.Chmod(mode.Perm()), draft.Sync()); err != nil {
		return fault.Wrap(err, fault.Unavailable, name+" can't be written")
	}
	if err := os.Rename(draft.Name(), name); err != nil {
		return fault.Wrap(err, fault.Unavailable, name+" can't be put in its place")
	}
	return draft.Close()
}

type finopsQualityCommand struct {
	Month int64 `required:"" help:"The month, such as 202611."`
}

// Run implements the command.
func (c *finopsQualityCommand) Run(around *surroundings) error {
	h, err := around.costs()
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	quality, err := h.costs.Quality(around.ctx, c.Month)
	if err != nil {
		return err
	}
	return printJSON(around, quality)
}
