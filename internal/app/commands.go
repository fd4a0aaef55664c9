package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/edge/httpapi"
	"prosa/internal/migrations"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

type serveCommand struct {
	Target string `default:"all" enum:"all,gateway,api,worker" help:"What this process does: ${enum}."`
}

// Run implements the command.
func (c *serveCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	return serve(around.ctx, cfg, c.Target, telemetry.NewLogger(around.err, cfg.Telemetry))
}

// serve runs a target until ctx ends.
func serve(ctx context.Context, cfg Config, target string, logger *slog.Logger) error {
	h, err := open(ctx, cfg, target, logger)
	if err != nil {
		return err
	}
	defer func() {
		if err := h.close(); err != nil {
			logger.WarnContext(ctx, "closing", "error", err)
		}
	}()
	if err := h.checkSchema(ctx, target); err != nil {
		return err
	}
	group, _, err := h.group(target)
	if err != nil {
		return err
	}
	if !cfg.Server.secure() {
		logger.InfoContext(ctx, "the public URL is http: the session cookie is a plain one, fit for this machine only", "public_url", cfg.Server.PublicURL)
	}
	return group.Run(ctx)
}

type migrateCommand struct{}

// Run implements the command.
func (c *migrateCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	standing, err := migrate(around.ctx, cfg)
	if err != nil {
		return err
	}
	if standing.Ahead() {
		fmt.Fprintf(around.out, "nothing applied: the schema, %d, is of a newer program; this one, %d, may run on it\n", standing.Schema, standing.Known)
		return nil
	}
	fmt.Fprintf(around.out, "%d migrations applied; the schema is up to date\n", standing.Lacking)
	return nil
}

// migrate brings the schema up, as the owner of the tables, and tells how it
// stood before.
func migrate(ctx context.Context, cfg Config) (standing migrations.Standing, err error) {
	owner, err := database.OpenOwner(ctx, cfg.Database)
	if err != nil {
		return standing, err
	}
	defer func() { _ = owner.Close() }()
	return migrations.Up(ctx, cfg.Database.Engine(), owner)
}

type streamCommand struct {
	Listen string `default:"127.0.0.1:4222" help:"Address to listen on."`
}

// Run implements the command.
func (c *streamCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	return stream.Serve(around.ctx, stream.ServerConfig{
		Listen: c.Listen, Dir: cfg.Server.DataDir + "/stream", Token: cfg.Stream.Token, Logger: telemetry.NewLogger(around.err, cfg.Telemetry),
		Ready: func(url string) { fmt.Fprintln(around.out, "the stream listens on", url) },
	})
}

type configCommand struct {
	JSON     bool `help:"As JSON."`
	Markdown bool `help:"As a table in Markdown, with defaults only."`
	Diff     bool `help:"Only what differs from the defaults."`
	NewKey   bool `help:"Print a fresh key for PROSA_SECRET_KEYS."`

	Catalogue bool `help:"Every setting by name with its type, as JSON for the deployment's files."`
}

// Run implements the command.
func (c *configCommand) Run(around *surroundings) error {
	if c.NewKey {
		_, err := fmt.Fprintln(around.out, secretbox.NewKey("k1").Reveal())
		return err
	}
	if c.Catalogue {
		settings, err := catalogue()
		if err != nil {
			return err
		}
		return printJSON(around, settings)
	}
	var cfg Config
	lookup := around.lookup
	if c.Markdown {
		lookup = config.Map(nil) // the documented defaults do not depend on who prints them
	}
	problem := config.Load(&cfg, lookup)
	fields, err := config.Describe(&cfg)
	if err != nil {
		return err
	}
	fields = once(fields)
	if c.Diff {
		fields = slices.DeleteFunc(fields, func(f config.Field) bool { return !f.Differs })
	}
	switch {
	case c.JSON:
		encoder := json.NewEncoder(around.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(fields)
	case c.Markdown:
		_, err = fmt.Fprintf(around.out, "# Configuration\n\nPrinted by `prosa config --markdown`. A secret is also read from the file that `NAME_FILE` names.\n\n%s", config.Markdown(fields))
	default:
		_, err = fmt.Fprint(around.out, config.Text(fields))
	}
	if err != nil {
		return err
	}
	return problem
}

// once drops the repetition of settings that several parts read, such as the
// data folder.
func once(fields []config.Field) []config.Field {
	seen := map[string]bool{}
	return slices.DeleteFunc(fields, func(f config.Field) bool {
		if seen[f.Name] {
			return true
		}
		seen[f.Name] = true
		return false
	})
}

type openapiCommand struct{}

// Run implements the command.
func (c *openapiCommand) Run(around *surroundings) error {
	document, err := httpapi.Contract()
	if err != nil {
		return err
	}
	_, err = around.out.Write(document)
	return err
}

type versionCommand struct{}

// Run implements the command.
func (c *versionCommand) Run(around *surroundings) error {
	_, err := fmt.Fprintln(around.out, "prosa", version())
	return err
}

// needs says in a sentence what is missing.
func needs(what, how string) error { return fault.New(fault.Invalid, "%s is needed: %s", what, how) }
