package image

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"

	"prosa/internal/base/fault"
)

// pages builds the npm package in a folder of the source, by its lock file, and
// gives the version of Node that did. No folder: no pages.
func pages(ctx context.Context, source Source, folder string) (node string, err error) {
	if folder == "" {
		return "", nil
	}
	var said string
	for _, args := range [][]string{
		{"npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"},
		{"npm", "run", "--silent", "build"},
		{"node", "--version"},
	} {
		command := exec.CommandContext(ctx, args[0], args[1:]...)
		command.Dir = filepath.Join(source.Dir, filepath.FromSlash(folder))
		command.Env = spared()
		output, err := command.CombinedOutput()
		if said = strings.TrimSpace(string(output)); err != nil {
			return "", fault.Wrap(err, fault.Invalid, "the pages do not build ("+strings.Join(args, " ")+"):\n"+said)
		}
	}
	return said, nil
}
