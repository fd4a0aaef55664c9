package whatsapp

import (
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

func TestSplitRefusesWhatIsNoWebhook(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	for name, body := range map[string]string{
		"empty":        "",
		"array":        "[]",
		"other object": `{"object":"page","entry":[]}`,
		"no list":      `{"object":"whatsapp_business_account","entry":{}}`,
		"deep":         `{"object":"whatsapp_business_account","entry":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `}`,
	} {
		if pieces, err := adapter.Split([]byte(body)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %d pieces, %v", name, len(pieces), err)
		}
	}
	if _, err := adapter.Split(make([]byte, 3<<20+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// TestSplitDoesNotGrowABody: what the pieces share is repeated in each, which a
// body could be made for.
func TestSplitDoesNotGrowABody(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	body := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1"},
		"errors":["` + strings.Repeat("x", 1<<20) + `"],"messages":[` + strings.TrimSuffix(strings.Repeat("{},", 100_000), ",") + `]}}]}]}`
	if pieces, err := adapter.Split([]byte(body)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("%d pieces, %v", len(pieces), err)
	}
}

// TestSplitTakesAFullBatch is the largest that Meta sends: a thousand events.
func TestSplitTakesAFullBatch(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	status := `{"id":"wamid.x","status":"sent","timestamp":"1763800000","recipient_id":"5581988887777"}`
	body := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1"},
		"statuses":[` + strings.TrimSuffix(strings.Repeat(status+",", 1000), ",") + `]}}]}]}`
	if pieces, err := adapter.Split([]byte(body)); err != nil || len(pieces) != 1000 {
		t.Errorf("%d pieces, %v", len(pieces), err)
	}
}
