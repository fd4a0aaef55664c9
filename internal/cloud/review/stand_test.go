package review_test

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/base/clock"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/review"
	"prosa/internal/cloud/terraform"
	"prosa/internal/platform/config"
	"prosa/internal/sandbox/aws"
)

const tree = "../../../deploy/terraform"

var accounts = flag.String("accounts", "", "accounts whose layers are planned: one, all, or names with commas; empty for none")
var only = flag.String("layers", "", "only these layers, with commas")

// stand is the imitated cloud behind a server of its own.
type stand struct {
	*aws.Server
	endpoint string
}

func (s stand) Endpoint() string                           { return s.endpoint }
func (s stand) Key(account string) (access, secret string) { return aws.AccessKey(account), aws.Secret }

// newStand imitates every account of the file.
func newStand(t *testing.T) stand {
	t.Helper()
	file, err := account.Load(filepath.Join(tree, "accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var held []aws.Account
	for _, a := range file.Accounts {
		held = append(held, aws.Account{ID: a.ID, Name: a.Name})
	}
	organization := file.Organization
	held = append(held, aws.Account{ID: organization.Management.ID, Name: "management"},
		aws.Account{ID: organization.Security.ID, Name: "security"}, aws.Account{ID: organization.Network.ID, Name: "network"})
	s := aws.New(aws.Config{Accounts: held, IssuerKey: []byte("issuer")})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return stand{Server: s, endpoint: server.URL}
}

func newReview(t *testing.T) (*review.Review, stand) {
	t.Helper()
	tool, err := terraform.Find(config.Environment())
	if err != nil {
		t.Skipf("NOT PROVED: %v", err)
	}
	s := newStand(t)
	r, err := review.New(tool, tree, t.TempDir(), s, clock.System{}, review.Applied())
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

// TestShowPlans plans the layers of one account or of all and prints what would
// stand in each.
func TestShowPlans(t *testing.T) {
	if *accounts == "" {
		t.Skip("no account was named: -accounts one")
	}
	r, s := newReview(t)
	var names []string
	switch *accounts {
	case "one":
		names = []string{"management", "network", "massivo-prod"}
	case "all":
		names = review.Names(r.File())
	default:
		names = strings.Split(*accounts, ",")
	}
	var layers []string
	if *only != "" {
		layers = strings.Split(*only, ",")
	}
	var cells []review.Cell
	breaches := 0
	for _, name := range names {
		made, _, broken, err := r.Account(context.Background(), name, layers)
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, made...)
		for _, b := range broken {
			t.Errorf("%s: %s", name, b)
		}
		breaches += len(broken)
	}
	review.Print(os.Stdout, cells, breaches)
	for _, c := range cells {
		if c.Problem != "" {
			t.Errorf("%s in %s: %s", c.Layer, c.Account, c.Problem)
		}
	}
	for _, call := range s.Unanswered() {
		t.Errorf("the stand does not have %s", call)
	}
}
