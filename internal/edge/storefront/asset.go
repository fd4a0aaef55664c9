package storefront

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// assets are the stylesheet and the script, under names that change with them.
type assets map[string]asset

type asset struct {
	path, mime string
	body       []byte
}

func readAssets() assets {
	all := assets{}
	for name, mime := range map[string]string{"store.css": "text/css; charset=utf-8", "store.js": "text/javascript; charset=utf-8"} {
		body, err := files.ReadFile("page/" + name)
		if err != nil {
			panic(err) // the name is a constant of this file and always valid
		}
		sum := sha256.Sum256(body)
		base, extension, _ := strings.Cut(name, ".")
		all[name] = asset{Prefix + "/static/" + base + "-" + hex.EncodeToString(sum[:6]) + "." + extension, mime, body}
	}
	return all
}

func (a assets) path(name string) string { return a[name].path }

func (s *site) sendAsset(v *visit) error {
	for _, found := range s.assets {
		if found.path != v.r.URL.Path {
			continue
		}
		v.w.Header().Set("Content-Type", found.mime)
		v.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // another content has another name
		v.w.Header().Del("X-Robots-Tag")
		_, _ = v.w.Write(found.body) // the client is gone: nobody to tell
		return nil
	}
	return errNothing()
}
