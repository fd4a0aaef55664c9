package image

import (
	"os"
	"testing"

	"prosa/internal/cloud/attest"
)

// The product's own image, where PROSA_IMAGE_LAYOUT names a layout: pushed to
// three registries with an account each, read back and verified.
func TestShowThreeRegistries(t *testing.T) {
	dir := os.Getenv("PROSA_IMAGE_LAYOUT")
	if dir == "" {
		t.Skip("PROSA_IMAGE_LAYOUT names no layout: 'make show-image' builds one; the small image is tried by TestOneLayoutThreeRegistries")
	}
	text, err := os.ReadFile(os.Getenv("PROSA_IMAGE_PUBLIC"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := attest.ReadKeys(string(text))
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]bool{}
	for _, account := range []string{"dev", "homolog", "prod"} {
		h := newHall(t, account)
		done, err := Push(t.Context(), dir, h.repository(), "v1", h.access())
		if err != nil {
			t.Fatal(err)
		}
		verified, err := Verify(t.Context(), done.Reference, keys, h.access())
		if err != nil {
			t.Fatal(err)
		}
		digests[verified.Digest] = true
		t.Logf("registry of %-8s %s, %d attachments, %d MB read back, signed by %.12s", account, verified.Digest, len(done.Attachments), verified.Bytes>>20, verified.Key)
	}
	if len(digests) != 1 {
		t.Errorf("digests: %v", digests)
	}
}
