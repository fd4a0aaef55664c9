package terraform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/platform/config"
)

// Tool is Terraform and the folder in which its providers lie.
type Tool struct {
	Binary  string
	Plugins string // the mirror's root: <host>/<namespace>/<type>/<version>/<platform>
}

// Variables by which a machine says where the tool lies.
const (
	BinaryVariable  = "PROSA_TEST_TERRAFORM"
	PluginsVariable = "PROSA_TEST_TERRAFORM_PLUGINS"
)

// provider is the one that every layer needs, below the root of a mirror.
const provider = "registry.terraform.io/hashicorp/aws"

// Find looks for the tool. The error names what is missing and how to give it.
func Find(lookup config.Lookup) (Tool, error) {
	var found Tool
	if given, ok := lookup(BinaryVariable); ok && given != "" {
		found.Binary = given
	} else if onPath, err := exec.LookPath("terraform"); err == nil {
		found.Binary = onPath
	}
	if info, err := os.Stat(found.Binary); found.Binary == "" || err != nil || info.IsDir() {
		return Tool{}, fault.New(fault.Unavailable, "terraform is not on PATH: install it or set %s", BinaryVariable)
	}
	for _, folder := range pluginFolders(lookup) {
		if versions, err := filepath.Glob(filepath.Join(folder, provider, "*", "*")); err == nil && len(versions) > 0 {
			found.Plugins = folder
			return found, nil
		}
	}
	return Tool{}, fault.New(fault.Unavailable, "the provider %s lies in no plugin folder: set %s to a mirror that has it", provider, PluginsVariable)
}

// pluginFolders are where a machine keeps providers: the folder it names, else
// those that Terraform's documents and packagers use.
func pluginFolders(lookup config.Lookup) []string {
	if given, ok := lookup(PluginsVariable); ok && given != "" {
		return []string{given}
	}
	folders := []string{"/usr/share/terraform/plugins", "/usr/local/share/terraform/plugins", "/opt/tf-plugins", "/opt/terraform/plugins"}
	if home, ok := lookup("HOME"); ok && home != "" {
		folders = append(folders, filepath.Join(home, ".terraform.d", "plugins"), filepath.Join(home, ".local", "share", "terraform", "plugins"))
	}
	return folders
}

// ProviderVersions lists the provider's versions in the tool's folder.
func (t Tool) ProviderVersions() []string {
	entries, err := os.ReadDir(filepath.Join(t.Plugins, provider))
	if err != nil {
		return nil
	}
	var versions []string
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			versions = append(versions, entry.Name())
		}
	}
	return versions
}
