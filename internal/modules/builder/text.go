package builder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"prosa/internal/modules/flow"
)

// compacted gives JSON without needless space, its members in their order.
func compacted(text []byte) ([]byte, error) {
	var out bytes.Buffer
	err := json.Compact(&out, text)
	return out.Bytes(), err
}

// contentHash tells whether two drafts are the same: by the flow's canonical
// text, so that the order of fields and spaces do not count, and by the tests.
// The layout is no content.
func contentHash(definition, tests []byte) string {
	text := definition
	if read, err := flow.Parse(definition); err == nil {
		if canonical, err := read.Text(); err == nil {
			text = canonical
		}
	}
	if compact, err := compacted(tests); err == nil {
		tests = compact
	}
	hash := sha256.New()
	hash.Write([]byte(strconv.Itoa(len(text)) + "\n"))
	hash.Write(text)
	hash.Write(tests)
	return hex.EncodeToString(hash.Sum(nil))
}

func itoa(n int) string { return strconv.Itoa(n) }
