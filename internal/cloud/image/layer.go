package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"

	"prosa/internal/base/fault"
)

// The user of the image, as the images without a distribution use it.
const (
	userID   = 65532
	dataDir  = "/var/lib/prosa"
	certFile = "etc/ssl/certs/ca-certificates.crt"
)

// entry is a file or a folder of a layer. Folders end with a slash.
type entry struct {
	name    string
	mode    int64
	owner   int
	content []byte // of a small file
	path    string // or where a large one lies
}

// base are the files that a static binary expects around it. Time zones are not
// among them: the binary carries them.
func base() []entry {
	return []entry{
		{name: "etc/", mode: 0o755},
		{name: "etc/group", mode: 0o644, content: []byte("root:x:0:\nprosa:x:65532:\n")},
		{name: "etc/passwd", mode: 0o644, content: []byte("root:x:0:0:root:/:/sbin/nologin\nprosa:x:65532:65532:prosa:" + dataDir + ":/sbin/nologin\n")},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: certFile, mode: 0o644, content: roots()},
		{name: "tmp/", mode: 0o1777},
		{name: "var/", mode: 0o755},
		{name: "var/lib/", mode: 0o755},
		{name: "var/lib/prosa/", mode: 0o700, owner: userID},
	}
}

// program is the layer of the binary, which stands alone at the root.
func program(name, path string) []entry {
	return []entry{{name: name, mode: 0o755, path: path}}
}

// roots are the certificates that Mozilla trusts without a condition, as one
// file of PEM. A condition (distrusted after a date) can't be written into such
// a file, so those that have one are left out.
func roots() []byte {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes all
		}
	}
	return text.Bytes()
}

// pack makes a layer of entries: sorted, of one time, owned by numbers. The
// draft, a file to be made, holds it uncompressed and must outlive the layer.
func pack(entries []entry, epoch time.Time, draft string) (v1.Layer, error) {
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	if err := writeTar(entries, epoch, draft); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "a layer can't be written")
	}
	layer, err := tarball.LayerFromFile(draft, tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(gzip.DefaultCompression), tarball.WithCompressedCaching)
	return layer, fault.Wrap(err, fault.Unavailable, "a layer can't be packed")
}

func writeTar(entries []entry, epoch time.Time, draft string) (err error) {
	file, err := os.Create(draft)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	to := tar.NewWriter(file)
	for _, e := range entries {
		if err := e.write(to, epoch); err != nil {
			return err
		}
	}
	return to.Close()
}

func (e entry) write(to *tar.Writer, epoch time.Time) error {
	header := &tar.Header{
		Format: tar.FormatUSTAR, Name: e.name, Mode: e.mode, Uid: e.owner, Gid: e.owner, ModTime: epoch, Typeflag: tar.TypeReg,
	}
	if strings.HasSuffix(e.name, "/") {
		header.Typeflag = tar.TypeDir
		return to.WriteHeader(header)
	}
	if e.path == "" {
		header.Size = int64(len(e.content))
		if err := to.WriteHeader(header); err != nil {
			return err
		}
		_, err := to.Write(e.content)
		return err
	}
	file, err := os.Open(e.path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header.Size = info.Size()
	if err := to.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(to, file)
	return err
}
