package sample

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func saoPaulo() *time.Location { return time.FixedZone("BRT", -3*3600) }

func TestTheSameDayGivesTheSameHistory(t *testing.T) {
	now := time.Date(2026, 11, 20, 17, 30, 0, 0, saoPaulo())
	if !reflect.DeepEqual(History(7, now, saoPaulo()), History(7, now, saoPaulo())) {
		t.Fatal("two histories of one seed differ")
	}
}

// At whatever hour the demo is first started, its company has lived.
func TestTheHistoryIsALifeThatCouldBe(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2026, 11, 19, hour, 20, 0, 0, saoPaulo())
		history := History(7, now, saoPaulo())
		if len(history) < 120 {
			t.Errorf("at %d h there are only %d conversations", hour, len(history))
		}
		helped, alone := 0, 0
		for _, c := range history {
			if len(c.Lines) == 0 {
				t.Fatal("a conversation without a word")
			}
			last := time.Time{}
			for _, l := range c.Lines {
				if l.At.Before(last) || l.At.After(now) {
					t.Fatalf("a line of %s at %s, after %s, now %s", c.Customer.Name, l.At, last, now)
				}
				if strings.ContainsAny(l.Text, "{}") {
					t.Fatalf("a word was not filled in: %s", l.Text)
				}
				last = l.At
			}
			if c.ResolvedAt.Before(last) || c.ResolvedAt.After(now) {
				t.Fatalf("resolved at %s, last line %s", c.ResolvedAt, last)
			}
			if !c.TakenAt.IsZero() && (c.HandedOffAt.IsZero() || c.TakenAt.Before(c.HandedOffAt)) {
				t.Fatalf("taken at %s before it was handed off at %s", c.TakenAt, c.HandedOffAt)
			}
			if c.Attendant != "" {
				helped++
			} else if !c.ResolvedAt.IsZero() {
				alone++
			}
		}
		if helped == 0 || alone == 0 {
			t.Errorf("%d were answered by people, %d by the bot alone", helped, alone)
		}
	}
}

func TestTheDemoHasEachRole(t *testing.T) {
	roles := map[string]bool{}
	emails := map[string]bool{}
	for _, person := range Team() {
		roles[person.Role] = true
		if emails[person.Email] {
			t.Errorf("%s stands twice", person.Email)
		}
		emails[person.Email] = true
	}
	for _, role := range []string{"admin", "supervisor", "attendant"} {
		if !roles[role] {
			t.Errorf("nobody is %s", role)
		}
	}
}

func TestScenesAreOfPeopleOfTheTeamAndOfNobodyTwice(t *testing.T) {
	team := map[string]bool{"": true}
	for _, person := range Team() {
		team[person.Email] = true
	}
	names := map[string]bool{}
	waiting, answering := 0, 0
	for _, scene := range Scenes() {
		if names[scene.Name] {
			t.Errorf("%s plays twice", scene.Name)
		}
		names[scene.Name] = true
		if len(scene.Says) == 0 || !team[scene.Attendant] || (scene.Attendant == "") != (scene.Reply == "") {
			t.Errorf("the scene of %s can't be played: %+v", scene.Name, scene)
		}
		switch {
		case scene.Attendant != "":
			answering++
		case scene.HandsOff:
			waiting++
		}
	}
	if waiting < 2 || answering < 3 {
		t.Errorf("%d wait and %d are being answered: the inbox looks deserted", waiting, answering)
	}
}
