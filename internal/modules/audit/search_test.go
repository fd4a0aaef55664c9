package audit

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// logged are entries of two companies and of the platform; two share a moment.
func logged(t *testing.T, db *database.DB) {
	t.Helper()
	ana, olga := event.Actor{Kind: "user", ID: "usr_ana"}, event.Actor{Kind: "operator", ID: "usr_olga", Name: "Olga"}
	entries := []Entry{
		{TenantID: "ten_a", AtMS: 1000, Actor: ana, Action: "member.role_changed", Target: "usr_1"},
		{TenantID: "ten_b", AtMS: 2000, Actor: olga, Action: "company.state_changed", Target: "ten_b", Facts: map[string]string{"reason": "paid"}, IP: "10.0.0.1"},
		{TenantID: "ten_a", AtMS: 2000, Actor: olga, Action: "company.quota_granted", Target: "grt_1"},
		{TenantID: "ten_a", AtMS: 3000, Actor: ana, Action: "companion.made", Target: "usr_1"},
		{AtMS: 4000, Actor: olga, Action: "plan.published", Target: "plv_1"},
	}
	if err := write(t, db, database.Platform("entries of several companies"), entries...); err != nil {
		t.Fatal(err)
	}
}

func TestOperatorsSearchAcrossCompanies(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		logged(t, db)
		for name, c := range map[string]struct {
			search Search
			want   string
		}{
			"all":              {Search{}, "plan.published companion.made company.quota_granted company.state_changed member.role_changed"},
			"a company's":      {Search{TenantID: "ten_a"}, "companion.made company.quota_granted member.role_changed"},
			"a person's":       {Search{Actor: "usr_olga"}, "plan.published company.quota_granted company.state_changed"},
			"by its beginning": {Search{Action: "company."}, "company.quota_granted company.state_changed"},
			"by its name":      {Search{Action: "company.state_changed"}, "company.state_changed"},
			"no pattern":       {Search{Action: "comp%"}, ""},
			"about a thing":    {Search{Target: "usr_1"}, "companion.made member.role_changed"},
			"within a time":    {Search{FromMS: 2000, ToMS: 3000}, "companion.made company.quota_granted company.state_changed"},
			"all at once":      {Search{TenantID: "ten_a", Actor: "usr_ana", Action: "member", Target: "usr_1", FromMS: 1000, ToMS: 1000}, "member.role_changed"},
			"none":             {Search{TenantID: "ten_c"}, ""},
		} {
			list, err := New(db).Search(context.Background(), c.search, "", 0)
			if err != nil {
				t.Fatal(name, err)
			}
			var got []string
			for _, entry := range list.Items {
				got = append(got, entry.Action)
			}
			// The ids of two entries of one moment may stand either way.
			text := strings.ReplaceAll(strings.Join(got, " "), "company.state_changed company.quota_granted", "company.quota_granted company.state_changed")
			if text != c.want || list.Next != "" || list.Items == nil {
				t.Errorf("%s: got %q, next %q, want %q", name, text, list.Next, c.want)
			}
		}
	})
}

func TestASearchPagesThroughEachEntryOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		logged(t, db)
		seen := map[string]Entry{}
		cursor, last := "", int64(5000)
		for pages := 0; ; pages++ {
			list, err := New(db).Search(context.Background(), Search{}, cursor, 1)
			if err != nil || len(list.Items) != 1 || pages > 4 {
				t.Fatalf("page %d: %+v, %v", pages, list, err)
			}
			entry := list.Items[0]
			if entry.AtMS > last {
				t.Fatalf("%+v stands behind an older one", entry)
			}
			last, seen[fmt.Sprint(entry.TenantID, entry.Action)] = entry.AtMS, entry
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		one := seen["ten_bcompany.state_changed"]
		if len(seen) != 5 || one.Actor.Name != "Olga" || one.Facts["reason"] != "paid" || one.IP != "10.0.0.1" {
			t.Fatalf("saw %+v", seen)
		}
	})
}

func TestASearchRefusesAForeignCursor(t *testing.T) {
	_, err := New(databasetest.Open(t)).Search(context.Background(), Search{}, "???", 0)
	if !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}
