package sample

import "testing"

// TestTemplates checks that an attendant finds one to send, and that the pages
// have something of each state to show.
func TestTemplates(t *testing.T) {
	list, err := Templates()
	if err != nil {
		t.Fatal(err)
	}
	states := map[any]int{}
	for _, each := range list {
		if each["name"] == nil || each["language"] != "pt_BR" || each["components"] == nil {
			t.Errorf("%v", each)
		}
		states[each["status"]]++
	}
	if states[nil] < 3 || states["PENDING"] != 1 || states["REJECTED"] != 1 {
		t.Errorf("states: %v", states)
	}
}
