package image

import (
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/platform/config"
)

// Platform is what a binary runs on: "linux/amd64", "linux/arm64".
type Platform string

func (p Platform) parts() (system, machine string) {
	system, machine, _ = strings.Cut(string(p), "/")
	return system, machine
}

// flags of the compiler. Nothing of the machine that builds stays in the binary:
// no path, no build id, no stamp of a clone (the linker gets the commit).
func flags(commit string) []string {
	return []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid= -X prosa/internal/app.revision=" + commit}
}

// fixed are the variables of the toolchain that would change the binary.
func fixed(platform Platform) []string {
	system, machine := platform.parts()
	return []string{
		"CGO_ENABLED=0", "GOOS=" + system, "GOARCH=" + machine, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=", "GOEXPERIMENT=", "GOFIPS140=off", "GOWORK=off", "GOTOOLCHAIN=local", "GODEBUG=",
	}
}

// spared is our environment without our own settings: what we call to build runs
// code of many others (hooks of a clone, packages of npm), and among the settings
// is the key that signs.
func spared() []string {
	return slices.DeleteFunc(config.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "PROSA_") })
}

// binary is a compiled program.
type binary struct {
	platform Platform
	path     string
	info     *buildinfo.BuildInfo
}

// compile builds a package of the source for a platform into a folder.
func compile(ctx context.Context, source Source, pkg, name string, platform Platform, into string) (binary, error) {
	path := filepath.Join(into, strings.ReplaceAll(string(platform), "/", "-"), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return binary{}, fault.Wrap(err, fault.Unavailable, "there is no room to build in")
	}
	args := append(append([]string{"build"}, flags(source.Commit)...), "-o", path, pkg)
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = source.Dir
	command.Env = append(spared(), fixed(platform)...)
	if output, err := command.CombinedOutput(); err != nil {
		return binary{}, fault.Wrap(err, fault.Invalid, "the program does not build for "+string(platform)+":\n"+string(output))
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return binary{}, fault.Wrap(err, fault.Internal, "the program does not tell what it was built of")
	}
	return binary{platform: platform, path: path, info: info}, nil
}
