package account_test

import (
	"net/netip"
	"strings"
	"testing"

	"prosa/internal/cloud/account"
)

// FuzzParse: no text makes the reader fall, and a file without problems holds
// what the package promises.
func FuzzParse(f *testing.F) {
	good := text(f, accountsPath)
	f.Add(good)
	for _, m := range mistakes {
		if m.old != "" {
			f.Add(strings.Replace(good, m.old, m.new, 1))
		}
	}
	f.Add("a: &a [*a]")
	f.Add("? {a: b}\n: c")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := account.Parse([]byte(text))
		if err != nil {
			return
		}
		if problems := file.Problems(); len(problems) > 0 {
			for _, problem := range problems {
				if problem.Message == "" {
					t.Errorf("a problem without a sentence at %s", problem.Path)
				}
			}
			return
		}
		if len(file.Accounts) != 6 {
			t.Fatalf("%d accounts", len(file.Accounts))
		}
		var networks []netip.Prefix
		ids := map[string]bool{}
		for _, a := range file.Accounts {
			for _, other := range networks {
				if a.CIDR.Overlaps(other) {
					t.Errorf("%s overlaps %s", a.CIDR, other)
				}
			}
			networks = append(networks, a.CIDR)
			if ids[a.ID] || a.Budget.Amount <= 0 || a.Domain == "" || a.Schedule.Kind == "" {
				t.Errorf("%+v", a)
			}
			ids[a.ID] = true
		}
	})
}
