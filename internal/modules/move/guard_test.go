package move

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/hold"
)

// laid brings a move to where only the cut-over is left.
func laid(t *testing.T, source, target *side) (moveID string) {
	t.Helper()
	moveID = brought(t, source, target)
	must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
	must(target.Load(t.Context(), moveID))(t)
	return moveID
}

// works fails the test unless a company has its rows at a side and may write.
func (s *side) works(t *testing.T, tenantID string, contacts int64) {
	t.Helper()
	if n := s.number(t, "SELECT COUNT(*) FROM contact WHERE tenant_id = $1", tenantID); n != contacts {
		t.Errorf("the company has %d contacts, want %d", n, contacts)
	}
	if err := s.write1(t, tenantID); err != nil {
		t.Errorf("the company does not work: %v", err)
	}
}

// A no-go is looked at again, as the runbook says; it stays one.
func TestACompanyThatWorksAtTheTargetIsNotReplacedByLookingTwice(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 1)
	target.fill(t, ours, 3)
	plan := must(source.Plan(t.Context(), "", ours))(t)
	for range 2 {
		if must(target.Check(t.Context(), plan.MoveID))(t).Go {
			t.Error("go, with the company there")
		}
	}
	must(source.Copy(t.Context(), plan.MoveID))(t)
	if _, err := target.Load(t.Context(), plan.MoveID); !refusedFor(err, "no_go") {
		t.Errorf("loaded: %v", err)
	}
	target.works(t, ours, 3)
}

// Between the check and the load another move may have brought it.
func TestACompanyThatCameAfterTheCheckIsNotReplaced(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 1)
	plan := must(source.Plan(t.Context(), "", ours))(t)
	must(target.Check(t.Context(), plan.MoveID))(t)
	must(source.Copy(t.Context(), plan.MoveID))(t)
	target.fill(t, ours, 3)
	if _, err := target.Load(t.Context(), plan.MoveID); !refusedFor(err, "side") {
		t.Errorf("loaded: %v", err)
	}
	target.works(t, ours, 3)
}

// What one move laid down, or carried out, another one does not discard.
func TestDiscardingAnotherMoveTouchesNothing(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 2)
	other := must(source.Plan(t.Context(), "", ours))(t).MoveID
	must(target.Check(t.Context(), other))(t)
	moveID := laid(t, source, target)
	discard := func(when string) {
		t.Helper()
		if _, err := target.Discard(t.Context(), other); !refusedFor(err, "side") {
			t.Errorf("%s: %v", when, err)
		}
		if n := target.number(t, "SELECT COUNT(*) FROM contact WHERE tenant_id = $1", ours); n != 2 {
			t.Fatalf("%s: %d contacts are left", when, n)
		}
	}
	discard("arriving")
	must(target.CutOver(t.Context(), moveID, false))(t)
	discard("landing")
}

func TestWhatWasDiscardedIsNotCutOver(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 2)
	moveID := laid(t, source, target)
	must(target.Discard(t.Context(), moveID))(t)
	if _, err := target.CutOver(t.Context(), moveID, false); !refusedFor(err, "not_laid") {
		t.Errorf("an empty company works at the target: %v", err)
	}
	if err := source.Rollback(t.Context(), moveID); err != nil {
		t.Errorf("the way back is closed: %v", err)
	}
	source.works(t, ours, 2)
}

// brokenShelf refuses to keep some files, after it has kept them or before.
type brokenShelf struct {
	Shelf
	name  string
	after bool
}

func (b *brokenShelf) Put(ctx context.Context, name string, content []byte) error {
	if b.name == "" || !strings.Contains(name, b.name) {
		return b.Shelf.Put(ctx, name, content)
	}
	broken := fault.New(fault.Unavailable, "the shelf is away")
	if b.after {
		return errors.Join(b.Shelf.Put(ctx, name, content), broken)
	}
	return broken
}

// breakable puts a shelf that can break in front of a side's.
func (s *side) breakable(t *testing.T) *brokenShelf {
	t.Helper()
	broken := &brokenShelf{Shelf: must(blob.OpenShelf(s.cfg.URL))(t).(Shelf)}
	s.with.Shelf = broken
	return broken
}

// The target may cut over as soon as a final copy lies there. So from then on
// only the verdict lets the company work at the source again.
func TestAFinalCopyIsFollowedByAVerdictOnly(t *testing.T) {
	for name, c := range map[string]struct {
		pauses int
		file   string
		after  bool
		stands hold.Level
	}{
		"nothing was final":            {1, "people-", false, ""},
		"the answer was lost":          {1, "manifest-", true, hold.Frozen},
		"a pause that is taken anew":   {2, "people-", false, hold.Frozen},
		"its answer was lost as well":  {2, "manifest-", true, hold.Frozen},
		"nothing is said of the final": {1, "manifest-", false, hold.Frozen},
	} {
		t.Run(name, func(t *testing.T) {
			source, target := sides(t, database.SQLite, database.SQLite)
			source.fill(t, ours, 1)
			moveID := brought(t, source, target)
			broken := source.breakable(t)
			if c.pauses == 2 {
				must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
			}
			broken.name, broken.after = c.file, c.after
			if _, err := source.Pause(t.Context(), moveID, Pause{Stopped: true}); err == nil {
				t.Fatal("paused without its files")
			}
			if h := must(hold.Find(t.Context(), source.db, ours))(t); h.Level != c.stands {
				t.Errorf("the company is %q, want %q", h.Level, c.stands)
			}
			broken.name = ""
			if err := source.Rollback(t.Context(), moveID); err != nil {
				t.Fatal(err)
			}
			source.works(t, ours, 1)
		})
	}
}

// A move that has ended leaves alone what has come home since.
func TestAnEndedMoveIsRepeatedWithoutEffect(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 2)
	away := ended(t, source, target)
	source.channels.pointed = nil
	ended(t, target, source)
	target.channels.pointed = nil
	for what, step := range map[string]func() error{
		"leave":    func() error { return source.Leave(t.Context(), away) },
		"settle":   func() error { return source.Settle(t.Context(), away, true, 100e6) },
		"close":    func() error { _, err := source.Close(t.Context(), away, true); return err },
		"rollback": func() error { _ = source.Rollback(t.Context(), away); return nil },
		"discard":  func() error { _, _ = target.Discard(t.Context(), away); return nil },
		"plan":     func() error { _, _ = source.Plan(t.Context(), away, ours); return nil },
		"check":    func() error { _, _ = target.Check(t.Context(), away); return nil },
	} {
		if err := step(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	source.works(t, ours, 2)
	if m := must(source.find(t.Context(), away))(t); m.Step != Closed {
		t.Errorf("the move is %q", m.Step)
	}
}

// ended moves a company from one side to the other and closes the move.
func ended(t *testing.T, from, to *side) (moveID string) {
	t.Helper()
	moveID = laid(t, from, to)
	must(to.CutOver(t.Context(), moveID, false))(t)
	for _, step := range []func() error{
		func() error { return from.Leave(t.Context(), moveID) },
		func() error { return from.Settle(t.Context(), moveID, true, 1e9) },
		func() error { _, err := to.Open(t.Context(), moveID, false); return err },
		func() error { _, err := from.Close(t.Context(), moveID, true); return err },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return moveID
}

// A bucket may forget its files in time, the verdict too; both sides remember.
func TestALostVerdictOpensNoWayBack(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	moveID := left(t, source, target, "http://enterprise.example.com")
	if err := os.RemoveAll(filepath.Join(source.cfg.URL.Reveal(), "moves", moveID, "verdict")); err != nil {
		t.Fatal(err)
	}
	if err := source.Rollback(t.Context(), moveID); !refusedFor(err, "decided") {
		t.Errorf("rolled back: %v", err)
	}
	if _, err := source.Pause(t.Context(), moveID, Pause{Stopped: true}); err == nil {
		t.Error("paused")
	}
	if h := must(hold.Find(t.Context(), source.db, ours))(t); h.Level != hold.Moved {
		t.Errorf("the company is %q at the source", h.Level)
	}
}

// A third installation that holds the key does not become the target.
func TestTheTargetIsTheOneThatCutsOver(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	third := newSide(t, database.SQLite, "third", source.cfg.URL.Reveal(), moveKey, 4)
	source.fill(t, ours, 1)
	moveID := laid(t, source, target)
	must(third.Check(t.Context(), moveID))(t)
	if _, err := target.CutOver(t.Context(), moveID, false); !refusedFor(err, "side") {
		t.Errorf("cut over while another one answers for the target: %v", err)
	}
	must(target.Check(t.Context(), moveID))(t)
	must(target.CutOver(t.Context(), moveID, false))(t)
	if _, err := third.Check(t.Context(), moveID); !refusedFor(err, "decided") {
		t.Errorf("checked after the cut-over: %v", err)
	}
	if err := source.Leave(t.Context(), moveID); err != nil {
		t.Fatal(err)
	}
	if m := must(source.find(t.Context(), moveID))(t); m.TargetURL != "http://enterprise.example.com" {
		t.Errorf("what comes is sent on to %s", m.TargetURL)
	}
}

// What waits to be sent on is not deleted with the company.
func TestACloseWaitsForWhatIsToBeSentOn(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	moveID := left(t, source, target, "http://enterprise.example.com")
	if err := source.Settle(t.Context(), moveID, true, 1e9); err != nil {
		t.Fatal(err)
	}
	if err := source.pieces.Keep(t.Context(), 0, raws(2)); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Close(t.Context(), moveID, true); !refusedFor(err, "pieces_waiting") {
		t.Errorf("closed: %v", err)
	}
	if n := must(source.pieces.Count(t.Context(), ours))(t); n != 2 {
		t.Errorf("%d pieces are left", n)
	}
}

// Nothing that is sent on is taken while nobody works on it here, or never will.
func TestATargetWithoutTheCompanyTakesNothing(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 1)
	moveID := brought(t, source, target)
	must(target.Discard(t.Context(), moveID))(t)
	key, now := must(source.forwardKey(moveID))(t), fmt.Sprint(source.nowMS())
	body := []byte(`[{"id":"1","shard":0,"account_id":"cha_1","channel":"whatsapp","received_ms":1,"body":"e30="}]`)
	if err := target.Take(t.Context(), moveID, now, mac(key, []byte(now+"."), body), body); !fault.Is(err, fault.Unavailable) {
		t.Errorf("taken: %v", err)
	}
}

// A source can't bring staff, or rows of another company, to a target.
func TestASourceBringsNothingButItsCompany(t *testing.T) {
	forge := func(t *testing.T, source, target *side, name string, change func(t *table, values []any)) error {
		t.Helper()
		source.fill(t, ours, 1)
		target.fill(t, theirs, 1)
		moveID := must(source.Plan(t.Context(), "", ours))(t).MoveID
		must(target.Check(t.Context(), moveID))(t)
		m := must(source.Copy(t.Context(), moveID))(t)
		f := must(source.open(moveID))(t)
		tables := []table{{Name: name}}
		if err := describeIn(t.Context(), source.db, tables); err != nil {
			t.Fatal(err)
		}
		file := "people-000001/" + name
		for _, sheet := range m.Sheets {
			if sheet.Table == name {
				file = "chunks/" + sheet.Ranges[0].Hash
			}
		}
		values := must(tables[0].read(lines(must(f.get(t.Context(), file))(t))[0]))(t)
		change(&tables[0], values)
		if err := f.put(t.Context(), file, must(tables[0].line(values, false))(t)); err != nil {
			t.Fatal(err)
		}
		_, err := target.Load(t.Context(), moveID)
		return err
	}
	set := func(column string, value any) func(*table, []any) {
		return func(t *table, values []any) { values[t.at(column)] = value }
	}
	t.Run("a member of another company", func(t *testing.T) {
		source, target := sides(t, database.SQLite, database.SQLite)
		before := target.number(t, "SELECT COUNT(*) FROM member WHERE tenant_id = $1", theirs) + 1
		if err := forge(t, source, target, "member", set("tenant_id", theirs)); !refusedFor(err, "move_file") {
			t.Errorf("loaded: %v", err)
		}
		if n := target.number(t, "SELECT COUNT(*) FROM member WHERE tenant_id = $1", theirs); n != before {
			t.Errorf("the other company has %d people, want %d", n, before)
		}
	})
	t.Run("another company", func(t *testing.T) {
		source, target := sides(t, database.SQLite, database.SQLite)
		if err := forge(t, source, target, "tenant", set("id", "ten_third")); !refusedFor(err, "move_file") {
			t.Errorf("loaded: %v", err)
		}
	})
	t.Run("staff", func(t *testing.T) {
		source, target := sides(t, database.SQLite, database.SQLite)
		if err := forge(t, source, target, "app_user", set("operator", true)); err != nil {
			t.Error(err)
		}
		if n := target.number(t, "SELECT COUNT(*) FROM app_user WHERE operator"); n != 1 {
			t.Errorf("%d are staff, want the one that was", n)
		}
	})
	t.Run("somebody who does not work for it", func(t *testing.T) {
		source, target := sides(t, database.SQLite, database.SQLite)
		if err := forge(t, source, target, "app_user", set("id", "usr_stranger")); err != nil {
			t.Error(err)
		}
		if n := target.number(t, "SELECT COUNT(*) FROM app_user WHERE id = 'usr_stranger'"); n != 0 {
			t.Error("a stranger came along")
		}
	})
	t.Run("a copy of another company", func(t *testing.T) {
		source, target := sides(t, database.SQLite, database.SQLite)
		source.fill(t, ours, 1)
		moveID := must(source.Plan(t.Context(), "", ours))(t).MoveID
		must(target.Check(t.Context(), moveID))(t)
		m := must(source.Copy(t.Context(), moveID))(t)
		m.CompanyID = theirs
		if err := must(source.open(moveID))(t).putJSON(t.Context(), manifestName(1), m); err != nil {
			t.Fatal(err)
		}
		if _, err := target.Load(t.Context(), moveID); !refusedFor(err, "move_file") {
			t.Errorf("loaded: %v", err)
		}
	})
	t.Run("a move of two", func(t *testing.T) {
		source, _ := sides(t, database.SQLite, database.SQLite)
		source.fill(t, ours, 1)
		source.fill(t, theirs, 1)
		moveID := must(source.Plan(t.Context(), "", ours))(t).MoveID
		if _, err := source.Plan(t.Context(), moveID, theirs); !refusedFor(err, "side") {
			t.Errorf("planned: %v", err)
		}
	})
}

// A close that is broken off deletes the people too when it is repeated.
func TestACloseThatWasBrokenOffLeavesNobody(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	moveID := left(t, source, target, "http://enterprise.example.com")
	if err := source.Settle(t.Context(), moveID, true, 1e9); err != nil {
		t.Fatal(err)
	}
	source.write(t, "UPDATE app_user SET operator = $1", false)
	source.write(t, "CREATE TRIGGER stop BEFORE DELETE ON contact BEGIN SELECT RAISE(ABORT, 'killed'); END")
	if _, err := source.Close(t.Context(), moveID, true); err == nil {
		t.Fatal("closed")
	}
	source.write(t, "DROP TRIGGER stop")
	must(source.Close(t.Context(), moveID, true))(t)
	if n := source.number(t, "SELECT COUNT(*) FROM app_user"); n != 0 {
		t.Errorf("%d people are left", n)
	}
}

// A load that is still under way at the cut-over writes nothing any more.
func TestALateLoadDoesNotWriteForACompanyThatWorks(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			source, target := sides(t, database.SQLite, engine)
			source.fill(t, ours, 2)
			moveID := laid(t, source, target)
			f := must(target.open(moveID))(t)
			manifest := must(f.latest(t.Context()))(t)
			must(target.CutOver(t.Context(), moveID, false))(t)
			target.write(t, "UPDATE contact SET version = 77 WHERE tenant_id = $1", ours)
			if _, err := target.load(t.Context(), f, manifest); !fault.Is(err, fault.Conflict) {
				t.Errorf("loaded: %v", err)
			}
			if n := target.number(t, "SELECT COUNT(*) FROM contact WHERE tenant_id = $1 AND version = 77", ours); n != 2 {
				t.Errorf("what was written at the target is gone: %d", n)
			}
			if _, err := target.wipe(t.Context(), held{ours, moveID, hold.Arriving}); !fault.Is(err, fault.Conflict) {
				t.Errorf("wiped: %v", err)
			}
		})
	}
}
