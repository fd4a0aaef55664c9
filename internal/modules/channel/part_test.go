package channel

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestStandInsBearTheDeliverysName: what is said instead of a refused form
// belongs to the same delivery, also after a round through its row.
func TestStandInsBearTheDeliverysName(t *testing.T) {
	body := func() json.RawMessage { return json.RawMessage(`{"callback":"dlv_00"}`) }
	part := Part{Body: body(), Instead: []Part{{Body: body()}, {Body: body(), Instead: []Part{{Body: body()}}}}}
	part.named("dlv_00", "dlv_7")
	stored, err := json.Marshal(part)
	if err != nil {
		t.Fatal(err)
	}
	var read Part
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Part{read, read.Instead[0], read.Instead[1], read.Instead[1].Instead[0]} {
		if p.Ours != "dlv_7" || string(p.Body) != `{"callback":"dlv_7"}` {
			t.Errorf("%+v", p)
		}
	}
	if plain, err := json.Marshal(Part{Body: body()}); err != nil || strings.Contains(string(plain), "instead") {
		t.Errorf("%s, %v", plain, err)
	}
}
