package instagram

import (
	"flag"
	"testing"

	"prosa/internal/adapters/meta/thread/threadtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWebhooks cuts and reads every webhook of testdata/in.
func TestWebhooks(t *testing.T) {
	threadtest.In(t, New(testConfig(""), Deps{}), *update, 75)
}

// TestRender renders every message of testdata/out.
func TestRender(t *testing.T) {
	threadtest.Out(t, New(testConfig(""), Deps{}), *update, 70)
}

func FuzzSplit(f *testing.F) { threadtest.FuzzSplit(f, New(testConfig(""), Deps{}), "instagram") }

func FuzzParse(f *testing.F) { threadtest.FuzzParse(f, New(testConfig(""), Deps{})) }
