package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/plan"
	"prosa/internal/cloud/review"
	"prosa/internal/cloud/terraform"
	"prosa/internal/sandbox/aws"
)

// cloudCommand proves the code of the cloud: as text, and by plans against an
// imitated cloud on this machine.
type cloudCommand struct {
	Check cloudCheckCommand `cmd:"" help:"Judge accounts.yaml, access.yaml and the Terraform code as text; no tool is needed."`
	Plan  cloudPlanCommand  `cmd:"" help:"Plan the layers against an imitated cloud and judge the plans; needs terraform and its AWS provider."`
}

// cloudTree is where the code of the cloud lies.
type cloudTree struct {
	Tree string `default:"deploy/terraform" help:"The folder with accounts.yaml and the layers."`
}

// files are the two that lie in the tree.
func (c cloudTree) files() accessFiles {
	return accessFiles{accountFiles: accountFiles{Accounts: filepath.Join(c.Tree, "accounts.yaml")}, Access: filepath.Join(c.Tree, "access.yaml")}
}

type cloudCheckCommand struct {
	cloudTree `embed:""`
	JSON      bool `help:"The breaches as JSON."`
}

// Run implements the command.
func (c *cloudCheckCommand) Run(around *surroundings) error {
	checked, err := (&accountCheckCommand{accessFiles: c.files()}).check()
	if err != nil {
		return err
	}
	breaches, err := plan.Scan(c.Tree, account.Layers())
	if err != nil {
		return err
	}
	for _, one := range checked {
		for _, p := range one.Problems {
			breaches = append(breaches, plan.Breach{Rule: "accounts", Where: fmt.Sprintf("%s:%d", filepath.Base(one.File), p.Line), Found: p.String()})
		}
	}
	return tellBreaches(around, breaches, c.JSON)
}

// tellBreaches prints what is wrong and fails when something is.
func tellBreaches(around *surroundings, breaches []plan.Breach, asJSON bool) error {
	if asJSON {
		if err := printJSON(around, breaches); err != nil {
			return err
		}
	} else {
		for _, b := range breaches {
			fmt.Fprintln(around.out, b)
		}
		fmt.Fprintf(around.out, "%d rules, %d breaches\n", len(plan.Rules()), len(breaches))
	}
	if len(breaches) > 0 {
		return fault.New(fault.Refused, "%d breaches", len(breaches))
	}
	return nil
}

type cloudPlanCommand struct {
	cloudTree `embed:""`
	Account   []string `help:"Accounts to plan: massivo-prod, management, ...; none for all."`
	Layer     []string `help:"Layers to plan: 40-data, ...; none for all."`
	Apply     bool     `help:"Apply each plan to the imitated cloud, and plan it a second time."`
	Out       string   `help:"Folder for the plans as JSON, <account>/<layer>.json, such as 'prosa inventory --plan' joins." type:"path"`
	JSON      bool     `help:"As JSON."`
}

// planned is what the command found, for programs.
type planned struct {
	Cells    []review.Cell `json:"cells"`
	Breaches []plan.Breach `json:"breaches"`
}

// Run implements the command.
func (c *cloudPlanCommand) Run(around *surroundings) error {
	tool, err := terraform.Find(around.lookup)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "prosa-plan-")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "no working folder")
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left is in the temporary folder
	file, err := c.files().accountFiles.load()
	if err != nil {
		return err
	}
	stand, err := openStand(around.ctx, file)
	if err != nil {
		return err
	}
	defer stand.close()
	var applied []string
	if c.Apply {
		if applied, err = terraform.Layers(c.Tree); err != nil {
			return err
		}
	}
	reviewed, err := review.New(tool, c.Tree, folder, stand, clock.System{}, applied)
	if err != nil {
		return err
	}
	found, err := c.plan(around, reviewed)
	if err != nil {
		return err
	}
	return c.tell(around, found)
}

func (c *cloudPlanCommand) plan(around *surroundings, reviewed *review.Review) (planned, error) {
	names := c.Account
	if len(names) == 0 {
		names = review.Names(reviewed.File())
	}
	found := planned{Breaches: []plan.Breach{}}
	for _, name := range names {
		cells, plans, breaches, err := reviewed.Account(around.ctx, name, c.Layer)
		if err != nil {
			return planned{}, err
		}
		found.Cells, found.Breaches = append(found.Cells, cells...), append(found.Breaches, breaches...)
		if err := c.keep(name, plans); err != nil {
			return planned{}, err
		}
	}
	return found, nil
}

// keep writes the plans where they were asked for.
func (c *cloudPlanCommand) keep(name string, plans plan.Plans) error {
	if c.Out == "" {
		return nil
	}
	folder := filepath.Join(c.Out, name)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the plans cannot be kept")
	}
	for layer, p := range plans {
		text, err := json.Marshal(p)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, layer+".json"), text, 0o600)
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "the plans cannot be kept")
		}
	}
	return nil
}

func (c *cloudPlanCommand) tell(around *surroundings, found planned) error {
	problems := slices.DeleteFunc(slices.Clone(found.Cells), func(cell review.Cell) bool { return cell.Problem == "" })
	if c.JSON {
		if err := printJSON(around, found); err != nil {
			return err
		}
	} else {
		review.Print(around.out, found.Cells, len(found.Breaches))
		for _, b := range found.Breaches {
			fmt.Fprintln(around.out, b)
		}
		for _, cell := range problems {
			fmt.Fprintf(around.out, "%s in %s: %s\n", cell.Layer, cell.Account, cell.Problem)
		}
	}
	if len(found.Breaches)+len(problems) > 0 {
		return fault.New(fault.Refused, "%d breaches, %d plans that could not be made", len(found.Breaches), len(problems))
	}
	return nil
}

// cloudStand is the imitated cloud behind a port of its own.
type cloudStand struct {
	*aws.Server
	endpoint string
	server   *http.Server
}

// openStand imitates every account of the file on a loopback port.
func openStand(ctx context.Context, file account.File) (*cloudStand, error) {
	held := []aws.Account{
		{ID: file.Organization.Management.ID, Name: "management"}, {ID: file.Organization.Security.ID, Name: "security"}, {ID: file.Organization.Network.ID, Name: "network"},
	}
	for _, a := range file.Accounts {
		held = append(held, aws.Account{ID: a.ID, Name: a.Name})
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "no port for the imitated cloud")
	}
	s := &cloudStand{Server: aws.New(aws.Config{Accounts: held}), endpoint: "http://" + listener.Addr().String()}
	s.server = &http.Server{Handler: s.Server, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			return // terraform says that nobody answers
		}
	}()
	return s, nil
}

func (s *cloudStand) close() { _ = s.server.Close() } // nothing is left to write

// Endpoint implements review.Stand.
func (s *cloudStand) Endpoint() string { return s.endpoint }

// Key implements review.Stand.
func (s *cloudStand) Key(accountID, role string) (access, secret string) {
	if role == "" {
		return aws.AccessKey(accountID), aws.Secret
	}
	return s.Session(accountID, role), aws.Secret
}
