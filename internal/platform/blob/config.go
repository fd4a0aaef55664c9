package blob

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Config says where blobs are kept.
type Config struct {
	Dir string      `env:"PROSA_DATA_DIR" default:"data" doc:"Data folder; the SQLite file prosa.db lives in it."`
	URL secret.Text `env:"PROSA_BLOB_URL" doc:"Object storage that speaks S3, for files of messages and pictures: s3://key:secret@host[:port]/bucket[/folder][?region=sa-east-1&tls=off&style=path]; credentials=role in the place of a key and a secret takes the machine's role. Several machines need it. Empty keeps them in the data folder."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if c.URL.IsZero() {
		return nil
	}
	_, err := parse(c.URL)
	return err
}

// Open gives the store that the configuration names.
func Open(cfg Config) (Store, error) {
	if cfg.URL.IsZero() {
		return NewFolder(cfg)
	}
	return NewBucket(cfg)
}

// place is a URL of object storage, taken apart.
type place struct {
	host, bucket, folder, region string
	key, secret                  string
	secure, byPath, role         bool
}

// bucketName is what S3 lets a bucket be called, without the dots that break
// certificates ("Bucket naming rules", Amazon S3 User Guide).
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// callTimeout bounds the connection and the wait for an answer's head; bodies
// take as long as they take, and end with their context.
const callTimeout = 30 * time.Second

// parse never repeats the URL, which holds the secret.
func parse(text secret.Text) (place, error) {
	const variable = "PROSA_BLOB_URL"
	u, err := url.Parse(text.Reveal())
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.Fragment != "" {
		return place{}, fault.OnField(variable, "must be s3://key:secret@host/bucket")
	}
	bucket, folder, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	p := place{host: u.Host, bucket: bucket, folder: folder, key: u.User.Username(), region: "us-east-1", secure: true}
	p.secret, _ = u.User.Password()
	if !bucketName.MatchString(bucket) {
		return place{}, fault.OnField(variable, "names no bucket: 3 to 63 of a-z, 0-9 and -")
	}
	for name, values := range u.Query() {
		value := values[len(values)-1]
		switch {
		case name == "region" && value != "":
			p.region = value
		case name == "tls" && (value == "on" || value == "off"):
			p.secure = value == "on"
		case name == "style" && (value == "path" || value == "auto"):
			p.byPath = value == "path"
		case name == "credentials" && (value == "key" || value == "role"):
			p.role = value == "role"
		default:
			return place{}, fault.OnField(variable, "knows region=.., tls=on|off, style=path|auto and credentials=key|role only")
		}
	}
	switch {
	case p.role && u.User != nil:
		return place{}, fault.OnField(variable, "names a key and credentials=role: which of them?")
	case !p.role && (p.key == "" || p.secret == ""):
		return place{}, fault.OnField(variable, "lacks the key and the secret, percent-encoded: s3://key:secret@host/bucket, or credentials=role")
	}
	return p, nil
}
