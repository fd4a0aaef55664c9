package terraform

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/fault"
)

// Copy is the deploy tree in a folder of its own. Whoever made it removes the
// folder.
type Copy struct {
	tool Tool
	// Tree is the copied tree: accounts.yaml and aws/layers lie below it.
	Tree string
	// work holds what Terraform writes: its data folders, plans.
	work string
}

// leftOut are folders that Terraform made by hand in a checkout.
var leftOut = []string{".terraform", "terraform.tfstate.d"}

// Copy copies the tree (deploy/terraform and what lies beside it) into folder.
func (t Tool) Copy(tree, folder string) (*Copy, error) {
	made := &Copy{tool: t, Tree: filepath.Join(folder, "deploy", filepath.Base(tree)), work: filepath.Join(folder, "work")}
	if err := os.MkdirAll(made.work, 0o750); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "no working folder")
	}
	// What lies beside the tree (dashboards) is read by layers through ../.
	beside := filepath.Dir(tree)
	err := filepath.WalkDir(beside, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(beside, name)
		if err != nil {
			return err
		}
		target := filepath.Join(folder, "deploy", below)
		if entry.IsDir() {
			if slices.Contains(leftOut, entry.Name()) {
				return fs.SkipDir
			}
			return os.MkdirAll(target, 0o750)
		}
		if !entry.Type().IsRegular() || strings.HasSuffix(name, ".tfstate") {
			return nil
		}
		return copyFile(name, target)
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the tree "+tree+" cannot be copied")
	}
	return made, nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(target, source); err != nil {
		_ = target.Close()
		return err
	}
	return target.Close()
}

// Layers lists the layers of the tree in the order in which they are applied.
func Layers(tree string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(tree, "aws", "layers"))
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, tree+" has no layers")
	}
	var names []string
	for _, entry := range entries {
		code, err := filepath.Glob(filepath.Join(tree, "aws", "layers", entry.Name(), "*.tf"))
		if err == nil && len(code) > 0 {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// Unformed lists the files of the tree that terraform fmt would change.
func (c *Copy) Unformed(ctx context.Context) ([]string, error) {
	result, err := c.tool.run(ctx, c.Tree, nil, "fmt", "-check", "-recursive", "-list=true")
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(result.Errors) != "" {
		return nil, failed("fmt", result)
	}
	return strings.Fields(result.Output), nil
}

// Root is one layer of a copy, for one account.
type Root struct {
	copy      *Copy
	folder    string
	data      string
	variables []string // of the child's environment
	vars      []string // -var=... of plan
}

// Cloud is where a root's provider and backend find the account.
type Cloud struct {
	Endpoint  string // every service's address, such as the stand-in's
	Region    string
	AccessKey string
	Secret    string
	Token     string // of a short-lived session; empty for none
}

// Root opens a layer for an account. vars are the layer's input variables.
func (c *Copy) Root(layer, account string, cloud Cloud, vars map[string]string) *Root {
	r := &Root{copy: c, folder: filepath.Join(c.Tree, "aws", "layers", layer), data: filepath.Join(c.work, account, layer)}
	r.variables = []string{
		"TF_DATA_DIR=" + r.data, "HOME=" + c.work,
		"AWS_ACCESS_KEY_ID=" + cloud.AccessKey, "AWS_SECRET_ACCESS_KEY=" + cloud.Secret, "AWS_REGION=" + cloud.Region,
		"AWS_ENDPOINT_URL=" + cloud.Endpoint, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"HTTP_PROXY=" + cloud.Endpoint, "HTTPS_PROXY=" + cloud.Endpoint,
	}
	if cloud.Token != "" {
		r.variables = append(r.variables, "AWS_SESSION_TOKEN="+cloud.Token)
	}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		r.vars = append(r.vars, "-var="+name+"="+vars[name])
	}
	return r
}

// Init prepares the root: providers from the tool's folder, the lock file as it
// is committed, the backend with the given settings. No settings: no backend.
func (r *Root) Init(ctx context.Context, backend map[string]string) error {
	if err := os.MkdirAll(r.data, 0o750); err != nil {
		return fault.Wrap(err, fault.Unavailable, "no data folder")
	}
	args := []string{"init", "-plugin-dir=" + r.copy.tool.Plugins, "-lockfile=readonly", "-reconfigure"}
	if len(backend) == 0 {
		args = append(args, "-backend=false")
	}
	for _, name := range slices.Sorted(maps.Keys(backend)) {
		args = append(args, "-backend-config="+name+"="+backend[name])
	}
	result, err := r.copy.tool.run(ctx, r.folder, r.variables, args...)
	if err == nil && result.Code != 0 {
		err = failed("init", result)
	}
	return err
}

// Validate checks the root without an account.
func (r *Root) Validate(ctx context.Context) error {
	result, err := r.copy.tool.run(ctx, r.folder, r.variables, "validate")
	if err == nil && result.Code != 0 {
		err = failed("validate", result)
	}
	return err
}

// Plan makes a plan and reads it. changes says whether it would change anything,
// an output among it.
func (r *Root) Plan(ctx context.Context) (plan *tfjson.Plan, changes bool, err error) {
	if changes, err = r.compute(ctx); err != nil {
		return nil, false, err
	}
	plan, err = r.show(ctx)
	return plan, changes, err
}

// Left makes a plan after an apply and reads it only if it would change
// something: nil says that nothing is left to do.
func (r *Root) Left(ctx context.Context) (*tfjson.Plan, error) {
	changes, err := r.compute(ctx)
	if err != nil || !changes {
		return nil, err
	}
	return r.show(ctx)
}

// compute writes the plan file.
func (r *Root) compute(ctx context.Context) (changes bool, err error) {
	args := append([]string{"plan", "-lock-timeout=10s", "-detailed-exitcode", "-out=" + r.planFile()}, r.vars...)
	result, err := r.copy.tool.run(ctx, r.folder, r.variables, args...)
	if err != nil {
		return false, err
	}
	const unchanged, changed = 0, 2
	if result.Code != unchanged && result.Code != changed {
		return false, failed("plan", result)
	}
	return result.Code == changed, nil
}

// show reads the plan file.
func (r *Root) show(ctx context.Context) (*tfjson.Plan, error) {
	shown, err := r.copy.tool.run(ctx, r.folder, r.variables, "show", "-json", r.planFile())
	if err != nil {
		return nil, err
	}
	if shown.Code != 0 {
		return nil, failed("show", shown)
	}
	plan := new(tfjson.Plan)
	if err := json.Unmarshal([]byte(shown.Output), plan); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the plan of "+r.folder+" cannot be read")
	}
	return plan, nil
}

func (r *Root) planFile() string { return filepath.Join(r.data, "plan") }

// Apply carries out the plan that Plan made.
func (r *Root) Apply(ctx context.Context) error {
	result, err := r.copy.tool.run(ctx, r.folder, r.variables, "apply", "-lock-timeout=10s", r.planFile())
	if err == nil && result.Code != 0 {
		err = failed("apply", result)
	}
	return err
}

// Destroy takes away what the root made.
func (r *Root) Destroy(ctx context.Context) error {
	args := append([]string{"destroy", "-auto-approve", "-lock-timeout=10s"}, r.vars...)
	result, err := r.copy.tool.run(ctx, r.folder, r.variables, args...)
	if err == nil && result.Code != 0 {
		err = failed("destroy", result)
	}
	return err
}

// Test runs terraform test over a folder of the copy, relative to the tree, and
// gives what it printed.
func (c *Copy) Test(ctx context.Context, folder string) (string, error) {
	data := filepath.Join(c.work, "test", filepath.FromSlash(folder))
	if err := os.MkdirAll(data, 0o750); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "no data folder")
	}
	variables := []string{"TF_DATA_DIR=" + data, "HOME=" + c.work}
	where := filepath.Join(c.Tree, filepath.FromSlash(folder))
	result, err := c.tool.run(ctx, where, variables, "init", "-plugin-dir="+c.tool.Plugins, "-backend=false")
	if err != nil {
		return "", err
	}
	if result.Code != 0 {
		return result.Output, failed("init", result)
	}
	result, err = c.tool.run(ctx, where, variables, "test")
	if err == nil && result.Code != 0 {
		err = failed("test", result)
	}
	return result.Output, err
}
