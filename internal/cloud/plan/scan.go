package plan

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"prosa/internal/base/fault"
)

// Scan reads the tree of Terraform code (the folder with accounts.yaml) as text,
// with the layers that accounts are applied in: what is not read is a breach, not
// silence. A file that cannot be parsed is an error.
func Scan(tree string, layers []string) ([]Breach, error) {
	var breaches []Breach
	folders := map[string][]*source{}
	err := filepath.WalkDir(tree, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".terraform", "testdata", "tests"}, entry.Name()) {
			return fs.SkipDir
		}
		if !entry.IsDir() && unread.MatchString(entry.Name()) {
			below, err := filepath.Rel(tree, name)
			breaches = append(breaches, Breach{Rule: "unread-file", Where: filepath.ToSlash(below), Found: "Terraform reads it and nobody else does"})
			return err
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".tf") {
			return nil
		}
		file, err := parse(tree, name)
		if err != nil {
			return err
		}
		folders[filepath.Dir(name)] = append(folders[filepath.Dir(name)], file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	found, err := missed(tree, layers, folders)
	if err != nil {
		return nil, err
	}
	breaches = append(breaches, found...)
	for folder, files := range folders {
		s := &scan{folder: folder, root: filepath.Base(filepath.Dir(folder)) == "layers", files: files, read: folders}
		breaches = append(breaches, s.run()...)
	}
	return sorted(breaches), nil
}

// missed tells which layers are not among what was read, and which folders beside
// them are none.
func missed(tree string, layers []string, folders map[string][]*source) (breaches []Breach, err error) {
	const below = "aws/layers"
	breach := func(name, found string) {
		breaches = append(breaches, Breach{Rule: "layer", Where: below + "/" + name, Found: found})
	}
	for _, layer := range layers {
		if len(folders[filepath.Join(tree, below, layer)]) == 0 {
			breach(layer, "there is no code that could be read")
		}
	}
	entries, err := os.ReadDir(filepath.Join(tree, below))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.Unavailable, below+" cannot be read")
	}
	for _, entry := range entries {
		if !slices.Contains(layers, entry.Name()) {
			breach(entry.Name(), "is applied in no account")
		}
	}
	return breaches, nil
}

// unread are files that Terraform takes by their names alone: code in JSON, code
// that replaces other code, values of variables.
var unread = regexp.MustCompile(`\.tf\.json$|(?:^|_)override\.tf$|\.tfvars(?:\.json)?$|^\.terraformrc$`)

// source is one file of HCL.
type source struct {
	name string // relative to the tree
	body *hclsyntax.Body
}

func parse(tree, name string) (*source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, name+" cannot be read")
	}
	below, err := filepath.Rel(tree, name)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, name+" lies outside the tree")
	}
	file, problems := hclsyntax.ParseConfig(text, filepath.ToSlash(below), hcl.InitialPos)
	if problems.HasErrors() {
		return nil, fault.New(fault.Invalid, "%s", problems.Error())
	}
	body, _ := file.Body.(*hclsyntax.Body)
	return &source{name: filepath.ToSlash(below), body: body}, nil
}

// scan is the reading of one folder: a layer's root or a module.
type scan struct {
	folder   string
	root     bool
	files    []*source
	read     map[string][]*source // every folder that is read
	breaches []Breach
}

func (s *scan) breach(rule string, at hcl.Range, found string) {
	s.breaches = append(s.breaches, Breach{Rule: rule, Where: place(at), Found: found})
}

func place(at hcl.Range) string { return at.Filename + ":" + itoa(at.Start.Line) }

func (s *scan) run() []Breach {
	for _, file := range s.files {
		s.literals(file)
		for _, block := range file.body.Blocks {
			switch block.Type {
			case "provider":
				s.provider(block)
			case "module":
				s.module(block)
			case "data":
				s.data(block)
			case "variable":
				s.variable(block)
			case "resource":
				s.resource(block)
			}
		}
	}
	if s.root {
		s.pinned()
		s.backend()
	}
	return s.breaches
}

// blocks gives the nested blocks of a type in every terraform block.
func (s *scan) blocks(kind string) (found []*hclsyntax.Block, at hcl.Range) {
	at = hcl.Range{Filename: s.files[0].name, Start: hcl.InitialPos}
	for _, file := range s.files {
		for _, block := range file.body.Blocks {
			if block.Type != "terraform" {
				continue
			}
			at = block.TypeRange
			for _, nested := range block.Body.Blocks {
				if nested.Type == kind {
					found = append(found, nested)
				}
			}
		}
	}
	return found, at
}

// onlyAWS is the one kind of provider that a plan talks to; terraform's own
// built-in one makes nothing outside.
const onlyAWS = "aws"

func (s *scan) provider(block *hclsyntax.Block) {
	if len(block.Labels) == 0 || block.Labels[0] != onlyAWS {
		return
	}
	guard := block.Body.Attributes["allowed_account_ids"]
	switch {
	case guard == nil:
		s.breach("account-guard", block.TypeRange, "the provider has no allowed_account_ids")
	case len(guard.Expr.Variables()) == 0:
		s.breach("account-guard", guard.SrcRange, "allowed_account_ids is written out")
	}
	region := block.Body.Attributes["region"]
	if region == nil {
		s.breach("provider-region", block.TypeRange, "the provider has no region")
	} else if !fromAccount(region.Expr) {
		s.breach("provider-region", region.SrcRange, "the region is written out")
	}
	for _, nested := range block.Body.Blocks {
		if nested.Type == "default_tags" && nested.Body.Attributes["tags"] != nil && len(nested.Body.Attributes["tags"].Expr.Variables()) > 0 {
			return
		}
	}
	s.breach("default-tags", block.TypeRange, "the provider has no default_tags")
}

// regionOfGlobals is where AWS keeps what stands in no region: certificates of
// its content network, the bill. No other region may be written out.
const regionOfGlobals = "us-east-1"

func fromAccount(expression hclsyntax.Expression) bool {
	if len(expression.Variables()) > 0 {
		return true
	}
	return literal(expression) == regionOfGlobals
}

func (s *scan) module(block *hclsyntax.Block) {
	from := block.Body.Attributes["source"]
	if from == nil {
		return
	}
	name := literal(from.Expr)
	if !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../") {
		s.breach("module-pinned", from.SrcRange, "the module comes from elsewhere")
	} else if len(s.read[filepath.Join(s.folder, filepath.FromSlash(name))]) == 0 {
		s.breach("module-pinned", from.SrcRange, "the code of "+name+" is not read here")
	}
}

// sources that ask nobody, or the caller's own account.
var harmlessData = []string{
	"aws_iam_policy_document", "aws_caller_identity", "aws_partition", "aws_region", "aws_default_tags", "aws_service_principal", "aws_elb_service_account",
	"terraform_remote_state", "aws_guardduty_detector", // the account has one at most, which a delegation made
}

func (s *scan) data(block *hclsyntax.Block) {
	if len(block.Labels) > 0 && !slices.Contains(harmlessData, block.Labels[0]) {
		s.breach("data-source", block.TypeRange, "data "+block.Labels[0]+" asks the cloud")
	}
}

// resource refuses what runs a command where the plan is applied, and what looks
// away from every difference.
func (s *scan) resource(block *hclsyntax.Block) {
	for _, nested := range block.Body.Blocks {
		switch nested.Type {
		case "provisioner", "connection":
			s.breach("no-command", nested.TypeRange, "a "+nested.Type+" runs with the pipeline's role")
		case "lifecycle":
			if ignored := nested.Body.Attributes["ignore_changes"]; ignored != nil && hcl.ExprAsKeyword(ignored.Expr) == "all" {
				s.breach("drift-seen", ignored.SrcRange, "every change by hand is ignored")
			}
		}
	}
}

var secretName = regexp.MustCompile(`(?i)(^|_)(password|secret|token|private_key|api_key)$`)

func (s *scan) variable(block *hclsyntax.Block) {
	if len(block.Labels) > 0 && secretName.MatchString(block.Labels[0]) {
		s.breach("secret-variable", block.TypeRange, "variable "+block.Labels[0]+" would carry a secret")
	}
}

var (
	exactVersion   = regexp.MustCompile(`^=?\s*\d+\.\d+\.\d+$`)
	boundedVersion = regexp.MustCompile(`^(~>\s*\d+\.\d+(\.\d+)?|=?\s*\d+\.\d+\.\d+)$`)
)

// pinned holds the root to one version of each provider, and the lock file to the
// same.
func (s *scan) pinned() {
	_, at := s.blocks("")
	version := ""
	for _, file := range s.files {
		for _, block := range file.body.Blocks {
			if block.Type == "terraform" && block.Body.Attributes["required_version"] != nil {
				version = literal(block.Body.Attributes["required_version"].Expr)
			}
		}
	}
	if !boundedVersion.MatchString(version) {
		s.breach("provider-pinned", at, "required_version "+quoted(version)+" leaves the version open")
	}
	required, _ := s.blocks("required_providers")
	found := false
	for _, block := range required {
		for _, name := range sortedKeys(block.Body.Attributes) {
			found = true
			s.requirement(name, block.Body.Attributes[name])
		}
	}
	if !found {
		s.breach("provider-pinned", at, "no provider is required")
	}
}

func (s *scan) requirement(name string, attribute *hclsyntax.Attribute) {
	value, problems := attribute.Expr.Value(nil)
	if problems.HasErrors() || value.IsNull() || !value.Type().IsObjectType() || !value.Type().HasAttribute("version") || !value.Type().HasAttribute("source") {
		s.breach("provider-pinned", attribute.SrcRange, name+" has no source and version")
		return
	}
	version, from := textOf(value.GetAttr("version")), textOf(value.GetAttr("source"))
	if from == "" {
		s.breach("provider-pinned", attribute.SrcRange, name+" has no source")
		return
	}
	if !exactVersion.MatchString(version) {
		s.breach("provider-pinned", attribute.SrcRange, name+" may be any "+quoted(version))
		return
	}
	lock := filepath.Join(s.folder, ".terraform.lock.hcl")
	text, err := os.ReadFile(lock)
	if err != nil {
		s.breach("lock-file", attribute.SrcRange, "no .terraform.lock.hcl lies beside")
		return
	}
	locked := regexp.MustCompile(`(?s)provider "registry\.terraform\.io/` + regexp.QuoteMeta(from) + `" \{.*?version\s*=\s*"([^"]+)"`).FindSubmatch(text)
	if locked == nil || string(locked[1]) != strings.TrimLeft(version, "= ") {
		s.breach("lock-file", attribute.SrcRange, "the lock file has another version of "+name)
	}
}

func (s *scan) backend() {
	backends, at := s.blocks("backend")
	if len(backends) != 1 || len(backends[0].Labels) != 1 || backends[0].Labels[0] != "s3" {
		s.breach("state-remote", at, `there is no backend "s3"`)
		return
	}
	for _, name := range []string{"use_lockfile", "encrypt"} {
		attribute := backends[0].Body.Attributes[name]
		if attribute == nil || literal(attribute.Expr) != "true" {
			s.breach("state-locked", backends[0].TypeRange, name+" is not true")
		}
	}
}

// literal gives an expression's value as text, empty when it is no constant.
func literal(expression hclsyntax.Expression) string {
	value, problems := expression.Value(nil)
	if problems.HasErrors() {
		return ""
	}
	return textOf(value)
}

// textOf gives a text, or a truth as one; empty for every other value.
func textOf(value cty.Value) string {
	switch {
	case value.IsNull() || !value.IsKnown():
		return ""
	case value.Type() == cty.String:
		return value.AsString()
	case value.Type() == cty.Bool && value.True():
		return "true"
	case value.Type() == cty.Bool:
		return "false"
	}
	return ""
}
