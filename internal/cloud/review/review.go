package review

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/plan"
	"prosa/internal/cloud/terraform"
)

// Stand is the imitated cloud.
type Stand interface {
	// Endpoint is the address of every service.
	Endpoint() string
	// Key gives the access key and the secret of a role in an account; of its
	// first user when the role is empty.
	Key(accountID, role string) (access, secret string)
	// MakeBucket makes a bucket in an account, if it is not there.
	MakeBucket(accountID, name string)
	// MakeRole makes a role with a trust policy in an account, if it is not there.
	MakeRole(accountID, name, trust string)
	// MakeZone makes a public zone of a given id in an account, if it is not there.
	MakeZone(accountID, id, name string)
	// MakeOrganization makes an organization of two accounts, if the first has none;
	// the second keeps its trail and its watch.
	MakeOrganization(managementID, keeperID string)
	// PutObject writes an object of a bucket.
	PutObject(bucket, key string, content []byte)
	// Unanswered names the calls so far that the stand does not have.
	Unanswered() []string
	// Unstartable and Unheard say of an account in which all was applied why its
	// tasks would not start, and who is told of things and would not hear.
	Unstartable(accountID string) []string
	Unheard(accountID string) []string
	// Forget begins a new list of calls.
	Forget()
}

// Cell is what became of one layer in one account.
type Cell struct {
	Layer, Account string
	Resources      int            // that would stand
	Types          map[string]int // resources by type
	Applied        bool           // and not only planned
	Settled        bool           // a second plan changes nothing
	Problem        string         // why there is no plan
	Took           time.Duration
}

// Review plans accounts of one copy of a tree.
type Review struct {
	copy    *terraform.Copy
	file    account.File
	stand   Stand
	clock   clock.Clock
	layers  []string
	applied []string
	secrets map[string]bool // settings of the catalogue; true for a secret one
	inits   map[string]bool
}

// New copies the tree into folder and reads what the plans are held against.
// applied names the layers that are not only planned.
func New(tool terraform.Tool, tree, folder string, stand Stand, now clock.Clock, applied []string) (*Review, error) {
	made, err := tool.Copy(tree, folder)
	if err != nil {
		return nil, err
	}
	r := &Review{copy: made, stand: stand, clock: now, applied: applied, inits: map[string]bool{}}
	if r.file, err = account.Load(filepath.Join(made.Tree, "accounts.yaml")); err != nil {
		return nil, err
	}
	if r.layers, err = terraform.Layers(made.Tree); err != nil {
		return nil, err
	}
	r.secrets, err = Catalogue(made.Tree)
	return r, err
}

// Catalogue reads the names of the settings that a task may have; true for a
// secret one.
func Catalogue(tree string) (map[string]bool, error) {
	text, err := os.ReadFile(filepath.Join(tree, "contract", "environment", "catalogue.json"))
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the catalogue of settings cannot be read")
	}
	var entries map[string]struct {
		Secret bool `json:"secret"`
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the catalogue of settings cannot be read")
	}
	settings := map[string]bool{}
	for name, entry := range entries {
		settings[name] = entry.Secret
	}
	return settings, nil
}

// Copy is the copied tree.
func (r *Review) Copy() *terraform.Copy { return r.copy }

// File is accounts.yaml of the copy.
func (r *Review) File() account.File { return r.file }

// Account plans the layers of one account, all or those named, and judges the
// plans together. A layer without a plan is told in its cell.
func (r *Review) Account(ctx context.Context, name string, only []string) ([]Cell, plan.Plans, []plan.Breach, error) {
	expected, err := Expect(r.file, name, r.secrets)
	if err != nil {
		return nil, nil, nil, err
	}
	if expected.Environment == "prod" {
		r.lendNames(expected)
	}
	if o := r.file.Organization; expected.ID == o.Security.ID {
		r.stand.MakeOrganization(o.Management.ID, o.Security.ID) // when 10-organization was not applied before
	}
	var cells []Cell
	plans := plan.Plans{}
	for _, layer := range r.layers {
		if !slices.Contains(r.file.Holders(layer), name) {
			continue
		}
		if len(only) > 0 && !slices.Contains(only, layer) {
			r.keepSample(expected, layer)
			continue
		}
		cells = append(cells, r.layer(ctx, expected, layer, plans))
		if err := ctx.Err(); err != nil {
			return nil, nil, nil, err
		}
	}
	r.idle(expected.ID, cells)
	if _, whole := plans[finopsLayer]; !whole {
		expected.Budgets = nil
	}
	return cells, plans, plan.Judge(expected, plans), nil
}

// idle tells in the last cell what would not work although all of the account was
// applied: what does not start, and what nobody hears.
func (r *Review) idle(accountID string, cells []Cell) {
	if len(cells) == 0 || slices.ContainsFunc(cells, func(c Cell) bool { return !c.Applied }) {
		return
	}
	last := &cells[len(cells)-1]
	if reasons := append(r.stand.Unstartable(accountID), r.stand.Unheard(accountID)...); len(reasons) > 0 && last.Problem == "" {
		last.Problem = "all was applied and would not work: " + strings.Join(reasons, "; ")
	}
}

// layer plans one layer, applies it where the stand can, and leaves its state.
func (r *Review) layer(ctx context.Context, expected plan.Expected, layer string, plans plan.Plans) (cell Cell) {
	cell = Cell{Layer: layer, Account: expected.Account}
	began := r.clock.Now()
	defer func() { cell.Took = r.clock.Now().Sub(began) }()
	fail := func(err error) Cell {
		cell.Problem = err.Error()
		r.keepSample(expected, layer)
		return cell
	}
	place, err := r.file.Backend(expected.Account, layer)
	if err != nil {
		return fail(err)
	}
	if layer == bootstrapLayer {
		place.Bucket += "-begun" // its state begins elsewhere: it is the layer that makes the place
	}
	access, secret := r.stand.Key(expected.ID, pipeline(expected, layer))
	root := r.copy.Root(layer, expected.Account, terraform.Cloud{
		Endpoint: r.stand.Endpoint(), Region: place.Region, AccessKey: access, Secret: secret,
	}, inputs(layer, expected.Account))
	r.stand.MakeBucket(expected.ID, place.Bucket)
	if err := root.Init(ctx, map[string]string{"bucket": place.Bucket, "key": place.Key, "region": place.Region, "allowed_account_ids": `["` + place.AccountID + `"]`}); err != nil {
		return fail(err)
	}
	if !r.inits[layer] {
		r.inits[layer] = true // the text is the same in every account
		if err := root.Validate(ctx); err != nil {
			return fail(err)
		}
	}
	made, _, err := root.Plan(ctx)
	if err != nil {
		return fail(err)
	}
	plans[layer] = made
	cell.Types = map[string]int{}
	for _, resource := range plan.Resources(layer, made) {
		cell.Types[resource.Type]++
		cell.Resources++
	}
	if !slices.Contains(r.applied, layer) {
		r.keepSample(expected, layer)
		return cell
	}
	if err := root.Apply(ctx); err != nil {
		return fail(err)
	}
	cell.Applied = true
	left, err := root.Left(ctx)
	if err != nil {
		return fail(err)
	}
	if left != nil {
		cell.Problem = "a second plan changes " + changed(left)
	}
	cell.Settled = left == nil
	return cell
}

// lendNames makes the apex zone and the role by which production writes its names
// there, when the layer of that zone's account was not applied before.
func (r *Review) lendNames(expected plan.Expected) {
	organization := r.file.Organization
	r.stand.MakeZone(organization.Network.ID, organization.ZoneID, organization.Apex)
	for role, taker := range map[string]string{"-names": "-apply", "-names-read": "-plan"} {
		trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + expected.ID + ":role/" + expected.Account + taker + `"},"Action":"sts:AssumeRole"}}`
		r.stand.MakeRole(organization.Network.ID, expected.Account+role, trust)
	}
}

// keepSample puts the layer's sample outputs where its state would lie. Without a
// sample there is no state, and a layer that reads it says so.
func (r *Review) keepSample(expected plan.Expected, layer string) {
	text, err := os.ReadFile(filepath.Join(r.copy.Tree, "aws", "layers", layer, "testdata", "outputs.json"))
	if err != nil {
		return
	}
	place, err := r.file.Backend(expected.Account, layer)
	if err != nil {
		return
	}
	state, err := sampleState(text, expected)
	if err != nil {
		return
	}
	r.stand.MakeBucket(expected.ID, place.Bucket)
	r.stand.PutObject(place.Bucket, place.Key, state)
}
