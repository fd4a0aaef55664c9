package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"prosa/internal/base/fault"
	"prosa/internal/platform/config"
)

// commands is the command line.
type commands struct {
	Serve       serveCommand       `cmd:"" help:"Run the product, or one of its targets."`
	Demo        demoCommand        `cmd:"" help:"Run everything on this machine with simulated phones and a lived-in company."`
	Seed        seedCommand        `cmd:"" help:"Make the sample company in this installation and connect it to the simulators."`
	Bot         botCommand         `cmd:"" help:"Publish a flow as a company's bot."`
	Flow        flowCommand        `cmd:"" help:"Work on flows as files: form, check, test, compare, draw."`
	Ready       readyCommand       `cmd:"" help:"Ask the process beside this one, by its operations address, whether it is ready."`
	Company     companyCommand     `cmd:"" help:"Take companies to other installations."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database's schema up to this binary."`
	Sandbox     sandboxCommand     `cmd:"" help:"Run the simulators of the messaging platforms as their own process."`
	Stream      streamCommand      `cmd:"" help:"Run a NATS server with JetStream, for the split mode on one machine."`
	Bench       benchCommand       `cmd:"" help:"Load the gateway and measure: open loop, latency from the intended time."`
	Finops      finopsCommand      `cmd:"" help:"What things cost: read, check and write bills in the FOCUS format."`
	Config      configCommand      `cmd:"" help:"Print every setting: name, default, meaning, and what differs here."`
	OpenAPI     openapiCommand     `cmd:"" name:"openapi" help:"Print the API's OpenAPI 3.1 document."`
	Account     accountCommand     `cmd:"" help:"The cloud accounts: list, check, who may do what."`
	Cloud       cloudCommand       `cmd:"" help:"The code of the cloud: check it as text, plan it against an imitated cloud."`
	Environment environmentCommand `cmd:"" help:"Switch environments on and off: leases, schedules, hours."`
	Inventory   inventoryCommand   `cmd:"" help:"Print what runs where: targets, services, streams and who uses them."`
	Image       imageCommand       `cmd:"" help:"Build, sign, push and judge the product's container image."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// surroundings is what a command gets from the process: where to read and
// write, and when to stop.
type surroundings struct {
	ctx    context.Context
	lookup config.Lookup
	in     io.Reader // nil for none
	out    io.Writer
	err    io.Writer
}

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// Main runs the command that args name and gives the exit code.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(args, surroundings{ctx: ctx, lookup: config.Environment(), in: os.Stdin, out: os.Stdout, err: os.Stderr})
}

func run(args []string, around surroundings) int {
	var line commands
	code := -1
	parser, err := kong.New(&line, kong.Name("prosa"), kong.Description("Conversational commerce and customer service in one binary."),
		kong.Writers(around.out, around.err), kong.Exit(func(c int) { code = c }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(around.err, "prosa:", err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if code >= 0 {
		return code // help was printed
	}
	if err != nil {
		fmt.Fprintln(around.err, "prosa:", err)
		return exitUsage
	}
	if err := command.Run(&around); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(around.err, "prosa:", explain(err))
		return exitFailure
	}
	return exitOK
}

// explain gives a person the whole story: on the command line there is nobody
// to keep a detail from.
func explain(err error) string {
	var known *fault.Error
	if errors.As(err, &known) && known.Field == "" && errors.Unwrap(known) == nil {
		return known.Message
	}
	return err.Error()
}
