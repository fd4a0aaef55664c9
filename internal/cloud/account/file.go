package account

import (
	"net/netip"
	"os"
	"strings"

	"prosa/deploy"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/cloud/schedule"
)

// File is accounts.yaml.
type File struct {
	Organization Organization
	// Accounts are in the order of the file.
	Accounts []Account

	document document
	text     fileText
	excerpt  bool // only the accounts and their budgets need be there
}

// Organization is what the accounts have in common.
type Organization struct {
	Name   string
	Apex   string // the one domain under which everything is named
	ZoneID string // hosted zone of the apex, in the network account
	Region string
	// Zones are the letters of each region's zones.
	Zones                         map[string][]string
	Office                        schedule.Schedule
	Ledger                        string // account whose deployment keeps the cost ledger
	Management, Security, Network Holder
	// Neighbours are networks of others, by name.
	Neighbours map[string]netip.Prefix
	Directory  Directory
	Bitbucket  *Bitbucket // nil where it is not used
	GitHub     *GitHub    // nil where it is not used
}

// Directory is where people sign in: the instance of IAM Identity Center and its
// store, as the provider names them.
type Directory struct {
	Instance string `yaml:"instance_arn"`
	Store    string `yaml:"identity_store_id"`
}

// Holder is an account without a workload.
type Holder struct {
	ID    string
	Email string
	CIDR  netip.Prefix // zero for none
}

// Bitbucket is who of Bitbucket may log in. Its UUIDs are without braces.
type Bitbucket struct {
	Issuer                                   string // who signs the tokens, without https://
	Workspace, WorkspaceUUID, RepositoryUUID string
	// Environments are the UUIDs of deployment environments by account.
	Environments map[string]string
}

// GitHub is who of GitHub may log in; its environments bear the accounts' names.
type GitHub struct{ Issuer, Owner, Repository string }

// Account is one workload account.
type Account struct {
	Name        string // <line>-<environment>: the deployment's name
	Line        string
	Environment string
	ID          string // twelve digits
	Email       string // of the root user
	Region      string
	Zones       []string // letters
	CIDR        netip.Prefix
	Domain      string
	NameServers []string // of the delegated zone, once it exists
	Owner       Owner
	Budget      Budget
	Runs        string // the schedule as it is written
	Schedule    schedule.Schedule
	Size        Size
	Retention   Retention
	Settings    map[string]string
	Secrets     []string
}

// Owner is who answers for an account.
type Owner struct {
	Team  string `yaml:"team"`
	Email string `yaml:"email"`
}

// Budget is what a month may cost, exact.
type Budget struct {
	Amount   money.Amount // minor units
	Currency money.Currency
}

// Size is how large things are in an account.
type Size struct {
	Gateway  Task `yaml:"gateway"`
	API      Task `yaml:"api"`
	Worker   Task `yaml:"worker"`
	Database struct {
		Class     string `yaml:"class"`
		StorageGB int    `yaml:"storage_gb"`
	} `yaml:"database"`
	NATS struct {
		Type   string `yaml:"type"`
		DiskGB int    `yaml:"disk_gb"`
	} `yaml:"nats"`
}

// Task is a service's size: CPU in 1/1024 of one, memory in MiB, how many run
// and the most that may.
type Task struct {
	CPU    int `yaml:"cpu"`
	Memory int `yaml:"memory"`
	Count  int `yaml:"count"`
	Most   int `yaml:"most"`
}

// Retention is how many days things are kept.
type Retention struct {
	Logs       int `yaml:"logs"`
	Backups    int `yaml:"backups"`
	AccessLogs int `yaml:"access_logs"`
}

// fileText is the file as it is written.
type fileText struct {
	Organization struct {
		Name, Apex, Region string
		ZoneID             string `yaml:"zone_id"`
		Regions            map[string][]string
		Office, Ledger     string
		Management         holderText
		Security           holderText
		Network            holderText
		Neighbours         map[string]string
		IdentityCenter     Directory `yaml:"identity_center"`
		CI                 struct {
			Bitbucket *struct {
				Issuer         string
				Workspace      string
				WorkspaceUUID  string `yaml:"workspace_uuid"`
				RepositoryUUID string `yaml:"repository_uuid"`
				Environments   map[string]string
			}
			GitHub *struct{ Issuer, Owner, Repository string }
		}
	}
	Accounts []accountText
}

type holderText struct {
	ID    string `yaml:"account_id"`
	Email string
	CIDR  string
}

type accountText struct {
	Name, Line, Environment string
	ID                      string `yaml:"account_id"`
	Email, Region           string
	Zones                   int
	CIDR, Domain            string
	NameServers             []string `yaml:"name_servers"`
	Owner                   Owner
	Budget                  struct{ Amount, Currency string }
	Schedule                string
	Size                    Size
	Retention               Retention `yaml:"retention_days"`
	Settings                map[string]string
	Secrets                 []string
}

// Load reads accounts.yaml. What is wrong with its contents is told by Problems;
// the error is about a file that can't be read at all.
func Load(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, fault.Wrap(err, fault.NotFound, "the accounts can't be read")
	}
	return Parse(text)
}

// Parse reads the text of an accounts.yaml, as Load does.
func Parse(text []byte) (File, error) { return parse(text, deploy.AccountsSchema(), false) }

func parse(text []byte, schema string, excerpt bool) (File, error) {
	f := File{excerpt: excerpt}
	var err error
	if f.document, err = readDocument(text, schema); err != nil {
		return File{}, err
	}
	if err := f.document.decode(&f.text); err != nil {
		return File{}, err
	}
	f.fill()
	return f, nil
}

// Account gives the account of a name.
func (f File) Account(name string) (Account, bool) {
	for _, account := range f.Accounts {
		if account.Name == name {
			return account, true
		}
	}
	return Account{}, false
}

// fill reads the values of the texts. A text that is none leaves a zero value;
// the rules tell of it.
func (f *File) fill() {
	o := f.text.Organization
	f.Organization = Organization{
		Name: o.Name, Apex: o.Apex, ZoneID: o.ZoneID, Region: o.Region, Zones: o.Regions, Ledger: o.Ledger,
		Management: o.Management.holder(), Security: o.Security.holder(), Network: o.Network.holder(),
		Neighbours: map[string]netip.Prefix{}, Directory: o.IdentityCenter,
	}
	f.Organization.Office, _ = schedule.Parse(o.Office)
	for name, text := range o.Neighbours {
		f.Organization.Neighbours[name], _ = netip.ParsePrefix(text)
	}
	if b := o.CI.Bitbucket; b != nil {
		f.Organization.Bitbucket = &Bitbucket{b.Issuer, b.Workspace, b.WorkspaceUUID, b.RepositoryUUID, b.Environments}
	}
	if g := o.CI.GitHub; g != nil {
		f.Organization.GitHub = &GitHub{g.Issuer, g.Owner, g.Repository}
	}
	for _, a := range f.text.Accounts {
		account := Account{
			Name: a.Name, Line: a.Line, Environment: a.Environment, ID: a.ID, Email: a.Email, Region: a.Region, Domain: a.Domain,
			NameServers: a.NameServers, Owner: a.Owner, Runs: a.Schedule, Budget: Budget{Currency: money.Currency(a.Budget.Currency)},
			Size: a.Size, Retention: a.Retention, Settings: a.Settings, Secrets: a.Secrets,
		}
		letters := o.Regions[a.Region]
		account.Zones = letters[:min(a.Zones, len(letters))]
		account.CIDR, _ = parseNetwork(a.CIDR)
		account.Budget.Amount, _ = money.ParseDecimal(a.Budget.Amount)
		account.Schedule, _ = f.schedule(a.Schedule)
		f.Accounts = append(f.Accounts, account)
	}
}

// schedule reads an account's schedule, where `office` is the organization's.
func (f File) schedule(text string) (schedule.Schedule, error) {
	if rest, office := strings.CutPrefix(text, string(schedule.Office)); office && (rest == "" || rest[0] == ',') {
		text = f.text.Organization.Office + rest
	}
	return schedule.Parse(text)
}

func (h holderText) holder() Holder {
	holder := Holder{ID: h.ID, Email: h.Email}
	holder.CIDR, _ = parseNetwork(h.CIDR)
	return holder
}
