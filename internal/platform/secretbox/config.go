package secretbox

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Config gives the keys.
type Config struct {
	Keys secret.Text `env:"PROSA_SECRET_KEYS" doc:"Keys that seal credentials, newest first: id:base64 of 32 bytes, comma-separated. Empty makes one in the data folder."`
	Dir  string      `env:"PROSA_DATA_DIR" default:"data" doc:"Data folder; the SQLite file prosa.db lives in it."`
}

// FileName is the name of the key file in the data folder.
const FileName = "secret.keys"

// Open makes the box from the configured keys or, when there are none, from the
// key file of the data folder, which it makes the first time. Losing the file
// loses the credentials, so several processes on several machines need the
// configured keys.
func Open(cfg Config) (*Box, error) {
	text := cfg.Keys.Reveal()
	if text == "" {
		var err error
		if text, err = readOrMake(filepath.Join(cfg.Dir, FileName)); err != nil {
			return nil, err
		}
	}
	return parse(text)
}

// NewKey gives the text of a fresh key with the id, for the configuration.
func NewKey(id string) secret.Text {
	var key [keySize]byte
	// crypto/rand.Read never returns an error since Go 1.24.
	_, _ = rand.Read(key[:])
	return secret.New(id + ":" + base64.StdEncoding.EncodeToString(key[:]))
}

// readOrMake reads the key file; where there is none, one appears whole and
// once, also when several processes start together.
func readOrMake(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFile(path); err != nil {
			return "", fault.Wrap(err, fault.Unavailable, "the key file can't be made")
		}
		info, err = os.Stat(path)
	}
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "the key file can't be read")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fault.New(fault.Refused, "the key file %s can be read by others: chmod 600 it", path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "the key file can't be read")
	}
	return strings.TrimSpace(string(content)), nil
}

// makeFile writes a fresh key beside the path, waits for the disk, since what
// it seals is lost with it, and links it into place unless somebody was faster.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), FileName+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = draft.WriteString(NewKey("k1").Reveal() + "\n")
	err = errors.Join(err, draft.Sync(), draft.Close())
	if err == nil {
		if err = os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	return errors.Join(err, os.Remove(draft.Name()))
}
