package secretbox

import (
	"crypto/hkdf"
	"crypto/sha256"

	"prosa/internal/base/fault"
)

// Derive gives a key of 32 bytes for each of the box's keys, newest first, that
// serves one purpose ("links of the shop") and tells nothing about the key or
// about those of other purposes (HKDF-SHA256, RFC 5869).
func (b *Box) Derive(purpose string) ([][]byte, error) {
	derived := make([][]byte, len(b.roots))
	for i, root := range b.roots {
		key, err := hkdf.Key(sha256.New, root, nil, "prosa/"+purpose, keySize)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a key could not be derived")
		}
		derived[i] = key
	}
	return derived, nil
}
