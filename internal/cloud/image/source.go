package image

import (
	"context"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Source is a commit, checked out.
type Source struct {
	Dir    string
	Commit string    // 40 hexadecimal characters
	Epoch  time.Time // every time in the image, to the second, UTC
	Remote string    // where the commit comes from; empty when the clone does not say
	// Dirty tells that files differ from the commit; such a tree is not built.
	Dirty bool
}

// ReadSource asks git about a folder. epoch is SOURCE_DATE_EPOCH (seconds since
// 1970, reproducible-builds.org), empty for the commit's own time.
func ReadSource(ctx context.Context, dir, epoch string) (Source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Source{}, fault.Wrap(err, fault.Invalid, "the folder of the source can't be found")
	}
	s := Source{Dir: dir}
	if s.Commit, err = git(ctx, dir, "rev-parse", "HEAD"); err != nil {
		return Source{}, err
	}
	changed, err := git(ctx, dir, "status", "--porcelain")
	if err != nil {
		return Source{}, err
	}
	s.Dirty = changed != ""
	// A clone without a remote is none's fault.
	if remote, err := git(ctx, dir, "config", "--get", "remote.origin.url"); err == nil && strings.HasPrefix(remote, "https://") && !strings.Contains(remote, "@") {
		s.Remote = remote
	}
	if epoch == "" {
		if epoch, err = git(ctx, dir, "show", "-s", "--format=%ct", "HEAD"); err != nil {
			return Source{}, err
		}
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds < 0 {
		return Source{}, fault.OnField("SOURCE_DATE_EPOCH", "%q is no number of seconds since 1970", epoch)
	}
	s.Epoch = time.Unix(seconds, 0).UTC()
	return s, nil
}

// alone checks the commit out into a folder that holds nothing else.
func (s Source) alone(ctx context.Context, dir string) (Source, error) {
	if _, err := git(ctx, s.Dir, "clone", "--quiet", "--no-checkout", "--", s.Dir, dir); err != nil {
		return Source{}, err
	}
	if _, err := git(ctx, dir, "-c", "advice.detachedHead=false", "checkout", "--quiet", s.Commit); err != nil {
		return Source{}, err
	}
	s.Dir = dir
	return s, nil
}

func git(ctx context.Context, dir string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", args...)
	command.Dir, command.Env = dir, spared()
	output, err := command.Output()
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "git "+strings.Join(args, " ")+" in "+dir+": the image is named after a commit, so the source must be a clone")
	}
	return strings.TrimSpace(string(output)), nil
}
