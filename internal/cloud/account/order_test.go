package account_test

import (
	"reflect"
	"testing"

	"prosa/internal/cloud/account"
)

// TestProblemsComeInOneOrder reads the same wrong file many times: people who mend
// one problem after the other see the same list each time.
func TestProblemsComeInOneOrder(t *testing.T) {
	var first []account.Problem
	for range 60 {
		file, err := account.Parse([]byte(`{"version":1,"accounts":[],"organization":{},"more":1,"else":{}}`))
		if err != nil {
			t.Fatal(err)
		}
		found := file.Problems()
		if first == nil {
			first = found
		}
		if len(found) < 4 || !reflect.DeepEqual(found, first) {
			t.Fatalf("once %v, then %v", first, found)
		}
	}
	if first[0].Path != "else" {
		t.Errorf("the first is %v", first[0])
	}
}
