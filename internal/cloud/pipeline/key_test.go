package pipeline

import (
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"testing"

	"prosa/internal/cloud/attest"
)

// judgeKeys says what is wrong with the file of the keys that are believed: each
// is for the build, or for the runs of one deployment.
func judgeKeys(raw string, names []string) (faults []string) {
	rest := []byte(raw)
	for n := 1; ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return faults
		}
		use := block.Headers[attest.OnlyHeader]
		if use != "image" && !slices.Contains(names, use) {
			faults = append(faults, fmt.Sprintf("key %d is believed for %q, not for image or one deployment", n, use))
		}
		if block.Type != "PUBLIC KEY" {
			faults = append(faults, fmt.Sprintf("key %d is a %s", n, block.Type))
		}
	}
}

// Whoever gets hold of one variable of one environment can sign for that alone.
func TestEachKeyIsBelievedForOneThing(t *testing.T) {
	names, _ := accounts(t)
	for _, fault := range judgeKeys(text(t, "deploy/keys/images.pem"), names) {
		t.Error(fault)
	}
	for want, only := range map[string][]string{"": {"image"}, `for ""`: nil, `for "image massivo-dev"`: {"image", "massivo-dev"}, `for "massivo-moon"`: {"massivo-moon"}} {
		private, public, err := attest.NewKey(only...)
		if err != nil {
			t.Fatal(err)
		}
		found := judgeKeys("words before\n"+public, names)
		if want == "" && len(found) != 0 || want != "" && (len(found) != 1 || !strings.Contains(found[0], want)) {
			t.Errorf("%v: %q", only, found)
		}
		if found := judgeKeys(private.Reveal(), names); !slices.ContainsFunc(found, func(one string) bool { return strings.Contains(one, "is a PRIVATE KEY") }) {
			t.Errorf("a private half passes: %q", found)
		}
	}
}
