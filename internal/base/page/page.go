// Package page is keyset paging: a list is asked from a place, not from a
// count, so that page 1,000 costs what page 1 costs and a new row never shifts
// what was read.
package page

import (
	"encoding/base64"
	"encoding/json"

	"prosa/internal/base/fault"
)

// Sizes of a page, in rows.
const (
	DefaultSize = 50
	MaxSize     = 200
)

// Size gives the rows to read for a wish: the default for 0, never above the
// maximum.
func Size(wish int) int {
	switch {
	case wish <= 0:
		return DefaultSize
	case wish > MaxSize:
		return MaxSize
	default:
		return wish
	}
}

// Encode makes the opaque cursor that holds the key of the last row.
func Encode(key any) string {
	raw, err := json.Marshal(key)
	if err != nil {
		return "" // a key is a struct of strings and integers: it always encodes
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Decode reads a cursor into key. An empty cursor leaves key as it is and
// reports false.
func Decode(cursor string, key any) (bool, error) {
	if cursor == "" {
		return false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return false, fault.OnField("cursor", "not a cursor that we gave")
	}
	if err := json.Unmarshal(raw, key); err != nil {
		return false, fault.OnField("cursor", "not a cursor that we gave")
	}
	return true, nil
}

// List is a page of rows and the cursor of the next page, empty at the end.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one."`
}
