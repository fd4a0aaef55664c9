package app

import (
	"fmt"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/platform/config"
)

// accountCommand is about the file of the cloud accounts and the one of who may
// do what in them.
type accountCommand struct {
	List   accountListCommand   `cmd:"" help:"Print the accounts: id, network, domain, owner, budget, schedule."`
	Check  accountCheckCommand  `cmd:"" help:"Judge both files: overlaps, ids and names given twice, budgets, schedules, rights."`
	Roles  accountRolesCommand  `cmd:"" help:"Print who may do what in which account, and what is asked of them."`
	Tfvars accountTfvarsCommand `cmd:"" help:"Print what Terraform is told about an account: the variable, or where the state lies."`
}

// accountFiles are where the two sources lie.
type accountFiles struct {
	Accounts string `default:"deploy/terraform/accounts.yaml" help:"The file of the accounts."`
}

type accessFiles struct {
	accountFiles `embed:""`
	Access       string `default:"deploy/terraform/access.yaml" help:"The file of who may do what."`
}

// load reads the accounts and refuses a file with problems.
func (c accountFiles) load() (account.File, error) {
	file, err := account.Load(c.Accounts)
	if err != nil {
		return account.File{}, err
	}
	return file, refuse(c.Accounts, file.Problems())
}

func (c accessFiles) load() (account.File, account.Access, error) {
	file, err := c.accountFiles.load()
	if err != nil {
		return account.File{}, account.Access{}, err
	}
	access, err := account.LoadAccess(c.Access)
	if err != nil {
		return account.File{}, account.Access{}, err
	}
	return file, access, refuse(c.Access, access.Problems())
}

// refuse makes an error of the first problem and the number of the others.
func refuse(path string, problems []account.Problem) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fault.New(fault.Invalid, "%s: %s", path, problems[0])
	default:
		return fault.New(fault.Invalid, "%s: %s (and %d more: prosa account check)", path, problems[0], len(problems)-1)
	}
}

type accountListCommand struct {
	accountFiles `embed:""`
	JSON         bool `help:"As JSON."`
}

// Run implements the command.
func (c *accountListCommand) Run(around *surroundings) error {
	file, err := c.load()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(around, file.Accounts)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%-19s %-13s %-17s %-29s %-12s %-14s %s\n", "account", "id", "network", "domain", "owner", "a month", "runs")
	for _, a := range file.Accounts {
		fmt.Fprintf(&text, "%-19s %-13s %-17s %-29s %-12s %3s %10s %s\n", a.Name, a.ID, a.CIDR, a.Domain, a.Owner.Team, a.Budget.Currency, a.Budget.Amount.Decimal(), a.Runs)
	}
	_, err = fmt.Fprint(around.out, text.String())
	return err
}

type accountCheckCommand struct {
	accessFiles `embed:""`
	JSON        bool `help:"The problems as JSON."`
}

// checkedFile is what a check found in one file.
type checkedFile struct {
	File     string            `json:"file"`
	Problems []account.Problem `json:"problems"`
}

// Run implements the command.
func (c *accountCheckCommand) Run(around *surroundings) error {
	checked, err := c.check()
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(around, checked); err != nil {
			return err
		}
	}
	bad := 0
	for _, one := range checked {
		bad += len(one.Problems)
		if c.JSON {
			continue
		}
		fmt.Fprintf(around.out, "%s: %d problems\n", one.File, len(one.Problems))
		for _, problem := range one.Problems {
			fmt.Fprintf(around.out, "  %s\n", problem)
		}
	}
	if bad > 0 {
		return fault.New(fault.Invalid, "%d problems", bad)
	}
	return nil
}

func (c *accountCheckCommand) check() ([]checkedFile, error) {
	file, err := account.Load(c.Accounts)
	if err != nil {
		return nil, err
	}
	access, err := account.LoadAccess(c.Access)
	if err != nil {
		return nil, err
	}
	settings, err := catalogue()
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(settings))
	for name, setting := range settings {
		known[name] = setting.Secret
	}
	accounts := append([]account.Problem{}, file.Problems()...)
	return []checkedFile{
		{c.Accounts, append(accounts, file.CheckSettings(known)...)},
		{c.Access, append([]account.Problem{}, access.Problems()...)},
	}, nil
}

type accountRolesCommand struct {
	accessFiles `embed:""`
	Markdown    bool   `help:"As the document docs/access.md."`
	JSON        bool   `help:"As JSON."`
	Account     string `help:"Of one account only."`
}

// Run implements the command.
func (c *accountRolesCommand) Run(around *surroundings) error {
	file, access, err := c.load()
	if err != nil {
		return err
	}
	if c.Markdown {
		_, err := fmt.Fprint(around.out, account.RolesMarkdown(file, access))
		return err
	}
	roles := account.Roles(file, access)
	if c.Account != "" {
		if roles = rolesIn(roles, c.Account); len(roles) == 0 {
			return fault.New(fault.NotFound, "there is no account %s", c.Account)
		}
	}
	if c.JSON {
		return printJSON(around, roles)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%-19s %-26s %-28s %-11s %-8s %-4s %s\n", "account", "who", "as", "rights", "changes", "for", "asked")
	for _, r := range roles {
		fmt.Fprintf(&text, "%-19s %-26s %-28s %-11s %-8t %2d h %s\n", r.Account, r.Who, r.As, r.Rights, r.Changes, r.Hours, r.SecondFactor)
	}
	_, err = fmt.Fprint(around.out, text.String())
	return err
}

func rolesIn(roles []account.Role, name string) (kept []account.Role) {
	for _, role := range roles {
		if role.Account == name {
			kept = append(kept, role)
		}
	}
	return kept
}

type accountTfvarsCommand struct {
	accountFiles `embed:""`
	Account      string `arg:"" help:"A workload's account, or management, security, network."`
	Layer        string `required:"" help:"The layer, such as 40-data."`
	Backend      bool   `help:"Where the state lies, for -backend-config, instead of the variable."`
}

// Run implements the command.
func (c *accountTfvarsCommand) Run(around *surroundings) error {
	file, err := c.load()
	if err != nil {
		return err
	}
	backend, err := file.Backend(c.Account, c.Layer)
	if err != nil {
		return err
	}
	lines := fmt.Sprintf("account = %q\n", c.Account)
	if c.Backend {
		lines = backend.Lines()
	}
	_, err = fmt.Fprint(around.out, lines)
	return err
}

// setting is what the deployment's files may know of one variable.
type setting struct {
	Type     string `json:"type"`
	Secret   bool   `json:"secret"`
	Required bool   `json:"required"`
	Default  string `json:"default"`
	Doc      string `json:"doc"`
}

// catalogue lists every setting of the product by name, as it is documented: it
// does not depend on who asks.
func catalogue() (map[string]setting, error) {
	var cfg Config
	_ = config.Load(&cfg, config.Map(nil)) // defaults alone may be refused; they are described all the same
	fields, err := config.Describe(&cfg)
	if err != nil {
		return nil, err
	}
	settings := make(map[string]setting, len(fields))
	for _, f := range fields {
		settings[f.Name] = setting{Type: f.Type, Secret: f.Secret, Required: f.Required, Default: f.Default, Doc: f.Doc}
	}
	return settings, nil
}
