package move

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/shard"
)

var tableForm = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)

// A table of companies that nobody decided about fails here.
func TestEachTableOfCompaniesGoesOrStaysForAReason(t *testing.T) {
	files, err := filepath.Glob("../../migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	known := map[string]bool{}
	for _, file := range files {
		text := must(os.ReadFile(file))(t)
		for _, found := range tableForm.FindAllStringSubmatch(string(text), -1) {
			if regexp.MustCompile(`(?m)^\s+tenant_id\s`).MatchString(found[2]) {
				known[found[1]] = true
			}
		}
	}
	for name := range known {
		if _, stay := stays[name]; stay == slices.Contains(goes, name) {
			t.Errorf("%s: list it in goes, or in stays with the reason", name)
		}
	}
	for _, name := range goes {
		if !known[name] {
			t.Errorf("%s goes and is no table of companies", name)
		}
	}
	for name, why := range stays {
		if !known[name] || why == "" {
			t.Errorf("%s stays and is no table of companies, or for no reason", name)
		}
	}
}

// What looks as if it were sealed, or were a shard, is known as such.
func TestWhatIsSealedIsSealedAnew(t *testing.T) {
	looks := regexp.MustCompile(`^(sealed|credentials|secret|token)$`)
	plain := map[string]bool{"consent_entry.token": true} // what the platform wants back, as it gave it
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		tables := must(tablesOf(t.Context(), db))(t)
		for i := range tables {
			for _, c := range tables[i].columns {
				name := tables[i].Name + "." + c.name
				if places[name] == nil && looks.MatchString(c.name) && !plain[name] {
					t.Errorf("%s looks sealed: list it in places", name)
				}
			}
			if len(tables[i].key) == 0 && tables[i].Name != "tenant" && !oneRow[tables[i].Name] {
				t.Errorf("%s has no key beside the company", tables[i].Name)
			}
		}
		for name := range summed {
			at := slices.IndexFunc(tables, func(t table) bool { return t.Name == name })
			for _, column := range summed[name] {
				if at < 0 || tables[at].at(column) < 0 || tables[at].columns[tables[at].at(column)].kind != 'n' {
					t.Errorf("%s.%s can't be summed", name, column)
				}
			}
		}
	})
}

// oneRow are tables with one row a company.
var oneRow = map[string]bool{
	"factor_policy": true, "entitlement": true, "subscription": true, "payer": true, "consent_rule": true, "delivery_book": true,
	"order_counter": true, "payment_setting": true, "sale_setting": true,
}

// brought takes the company to the point before the cut-over.
func brought(t *testing.T, source, target *side) (moveID string) {
	t.Helper()
	plan := must(source.Plan(t.Context(), "", ours))(t)
	answer := must(target.Check(t.Context(), plan.MoveID))(t)
	if !answer.Go {
		t.Fatalf("no go: %+v", answer.Findings)
	}
	must(source.Copy(t.Context(), plan.MoveID))(t)
	must(target.Load(t.Context(), plan.MoveID))(t)
	return plan.MoveID
}

func TestACompanyGoesWithAllThatIsItsOwn(t *testing.T) {
	combinations(t, func(t *testing.T, source, target *side) {
		const rows = 3
		source.fill(t, ours, rows)
		source.fill(t, theirs, rows)
		picture := source.put(t, ours, "a picture")
		large := source.put(t, ours, strings.Repeat("film ", pieceBytes/4))
		source.put(t, theirs, "another's")
		moveID := brought(t, source, target)

		// What changes after the first copy comes with the last one.
		source.write(t, "DELETE FROM contact WHERE tenant_id = $1 AND id = $2", ours, ours+"-id-0001")
		source.write(t, "UPDATE conversation SET seq = 77 WHERE tenant_id = $1 AND id = $2", ours, ours+"-id-0000")
		source.write(t, "UPDATE app_user SET name = 'Renamed' WHERE id = $1", ours+"-user_id-0001")
		late := source.put(t, ours, "came late")
		final := must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
		if !final.Final || final.Number != 2 || final.Sent == 0 {
			t.Errorf("the final copy: %+v", final)
		}
		loaded := must(target.Load(t.Context(), moveID))(t)
		if loaded.Replaced != 2 || loaded.NewFiles != 1 || loaded.Root != final.Root {
			t.Errorf("%d ranges replaced, %d new files", loaded.Replaced, loaded.NewFiles)
		}
		if err := target.write1(t, ours); !fault.Is(err, fault.Unavailable) {
			t.Errorf("somebody may write for a company that only arrives: %v", err)
		}
		landing := must(target.CutOver(t.Context(), moveID, false))(t)
		if len(landing.Pointed) != 1 || len(target.channels.pointed) != 1 {
			t.Errorf("pointed: %+v", landing)
		}
		for _, step := range []func() error{
			func() error { return source.Leave(t.Context(), moveID) },
			func() error { return source.Settle(t.Context(), moveID, true, 1e9) },
			func() error { _, err := target.Open(t.Context(), moveID, false); return err },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if err := target.write1(t, ours); err != nil {
			t.Errorf("nobody may write for a company that is open: %v", err)
		}
		if err := source.write1(t, ours); !fault.Is(err, fault.Refused) {
			t.Errorf("somebody may write for a company that has left: %v", err)
		}

		for _, name := range goes {
			want := source.number(t, "SELECT COUNT(*) FROM "+name+" WHERE tenant_id = $1", ours)
			got := target.number(t, "SELECT COUNT(*) FROM "+name+" WHERE tenant_id = $1", ours)
			if name == "bot_secret" {
				got-- // write1
			}
			if want != got || want == 0 {
				t.Errorf("%s: %d of %d rows came", name, got, want)
			}
			if n := target.number(t, "SELECT COUNT(*) FROM "+name+" WHERE tenant_id <> $1", ours); n != 0 {
				t.Errorf("%s: %d rows of others came along", name, n)
			}
		}
		for name := range stays {
			if n := target.number(t, "SELECT COUNT(*) FROM "+name); n != 0 {
				t.Errorf("%s came along", name)
			}
		}
		if target.number(t, "SELECT seq FROM conversation WHERE id = $1", ours+"-id-0000") != 77 {
			t.Error("the change did not come")
		}
		if target.text(t, "SELECT line FROM tenant WHERE id = $1", ours) != "enterprise" {
			t.Error("the company is of the old line")
		}
		if target.text(t, "SELECT name FROM app_user WHERE id = $1", ours+"-user_id-0001") != "Renamed" ||
			target.number(t, "SELECT COUNT(*) FROM app_user WHERE operator") != 0 || target.number(t, "SELECT COUNT(*) FROM factor WHERE kind = 'passkey'") != 0 {
			t.Error("the people came otherwise than they should")
		}
		for _, sealed := range []struct{ query, place, want string }{
			{"SELECT credentials FROM channel_account WHERE id = $1", ours + "/" + ours + "-id-0002", ours + "-credentials-0002"},
			{"SELECT data FROM mail_letter WHERE id = $1", secretbox.AAD(ours, "mail_letter", ours+"-id-0002"), ours + "-data-0002"},
		} {
			plain, err := target.box.Open(sealed.place, target.text(t, sealed.query, ours+"-id-0002"))
			if err != nil || string(plain) != sealed.want {
				t.Errorf("%s gives %q, %v", sealed.query, plain, err)
			}
		}
		seed, err := target.box.Open("factor:"+ours+"-user_id-0002-totp", target.text(t, "SELECT sealed FROM factor WHERE id = $1", ours+"-user_id-0002-totp"))
		if err != nil || string(seed) != "seed of "+ours+"-user_id-0002" {
			t.Errorf("the second factor: %q %v", seed, err)
		}
		for _, hash := range []string{picture, large, late} {
			if file, _, err := target.blobs.Open(t.Context(), ours, hash); err != nil || file.Close() != nil {
				t.Errorf("a file did not come: %v", err)
			}
		}

		receipt := must(source.Receipt(t.Context(), moveID))(t)
		if !receipt.Equal || receipt.Verdict != cut || receipt.Step != Settled || receipt.Total != final.Rows() || receipt.Files != 3 || receipt.PauseMS <= 0 ||
			receipt.Sums["shop_order"]["total"] != 1000+1001+1002 {
			t.Errorf("the receipt: %+v", receipt)
		}
		var shown strings.Builder
		if err := receipt.Print(&shown); err != nil || !strings.Contains(shown.String(), "equal: true") || !strings.Contains(shown.String(), "total=3003") {
			t.Errorf("the receipt for people: %s", shown.String())
		}

		// The way back is closed, and the end deletes what has gone.
		if err := source.Rollback(t.Context(), moveID); !refusedFor(err, "decided") {
			t.Errorf("the way back: %v", err)
		}
		if _, err := target.Discard(t.Context(), moveID); !refusedFor(err, "decided") {
			t.Errorf("discarding: %v", err)
		}
		if _, err := source.Close(t.Context(), moveID, false); !refusedFor(err, "too_early") {
			t.Errorf("closing early: %v", err)
		}
		must(source.Close(t.Context(), moveID, true))(t)
		for _, name := range goes {
			if n := source.number(t, "SELECT COUNT(*) FROM "+name+" WHERE tenant_id = $1", ours); n != 0 {
				t.Errorf("%s: %d rows are left at the source", name, n)
			}
			if n := source.number(t, "SELECT COUNT(*) FROM "+name+" WHERE tenant_id = $1", theirs); n == 0 {
				t.Errorf("%s: another company's rows are gone", name)
			}
		}
		if source.number(t, "SELECT COUNT(*) FROM app_user WHERE id = $1", ours+"-user_id-0001") != 0 || source.number(t, "SELECT COUNT(*) FROM app_user WHERE operator") != 2 {
			t.Error("who worked for nobody else is still there, or staff is gone")
		}
		// And back again: the company comes as to any other installation.
		if source.number(t, "SELECT COUNT(*) FROM tenant WHERE id = $1", ours) != 0 {
			t.Error("the company is still there")
		}
		home := brought(t, target, source)
		must(target.Pause(t.Context(), home, Pause{Stopped: true}))(t)
		must(source.Load(t.Context(), home))(t)
		must(source.CutOver(t.Context(), home, false))(t)
	})
}

// write1 writes a row for a company as anybody would.
func (s *side) write1(t *testing.T, tenantID string) error {
	return s.db.Write(t.Context(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO bot_secret (tenant_id, name, sealed, updated_ms) VALUES ($1, $2, '', 1)", tenantID, fmt.Sprint(tx.Now()))
		return err
	})
}

func TestARehearsalLeavesNothing(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 2)
	target.fill(t, theirs, 2)
	source.put(t, ours, "a picture")
	moveID := brought(t, source, target)
	for range 2 {
		must(target.Discard(t.Context(), moveID))(t)
	}
	for _, name := range append(slices.Clone(goes), "move_piece", "company_hold") {
		column := "tenant_id"
		if strings.HasPrefix(name, "move_") || name == "company_hold" {
			column = "company_id"
		}
		if n := target.number(t, "SELECT COUNT(*) FROM "+name+" WHERE "+column+" = $1", ours); n != 0 {
			t.Errorf("%s: %d rows are left", name, n)
		}
	}
	if target.number(t, "SELECT COUNT(*) FROM app_user WHERE id LIKE 'ten_ours%'") != 0 || target.number(t, "SELECT COUNT(*) FROM app_user") != 2 {
		t.Error("people are left, or others are gone")
	}
	if err := source.write1(t, ours); err != nil {
		t.Errorf("a rehearsal stops the company: %v", err)
	}
	// And it may be done for real then.
	must(target.Load(t.Context(), moveID))(t)
	must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
	must(target.Load(t.Context(), moveID))(t)
	must(target.CutOver(t.Context(), moveID, false))(t)
}

func TestTheWayBackIsOpenUntilTheCutOver(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 2)
	moveID := brought(t, source, target)
	if _, err := target.CutOver(t.Context(), moveID, false); !refusedFor(err, "not_final") {
		t.Errorf("a cut-over without the pause: %v", err)
	}
	must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
	if _, err := target.CutOver(t.Context(), moveID, false); !refusedFor(err, "not_laid") {
		t.Errorf("a cut-over without the final copy: %v", err)
	}
	if err := source.Leave(t.Context(), moveID); !refusedFor(err, "not_decided") {
		t.Errorf("leaving before the cut-over: %v", err)
	}
	if err := source.write1(t, ours); !fault.Is(err, fault.Unavailable) {
		t.Errorf("written in the pause: %v", err)
	}
	for range 2 {
		if err := source.Rollback(t.Context(), moveID); err != nil {
			t.Fatal(err)
		}
	}
	if err := source.write1(t, ours); err != nil {
		t.Errorf("the company does not work again: %v", err)
	}
	if _, err := target.CutOver(t.Context(), moveID, false); err == nil {
		t.Error("cut over after the move was called off")
	}
	must(target.Discard(t.Context(), moveID))(t)
	if _, err := source.Pause(t.Context(), moveID, Pause{Stopped: true}); !refusedFor(err, "decided") {
		t.Errorf("a pause of a move that was called off: %v", err)
	}
}

// Without a worker that tells how far the events have passed, the pause is not
// taken, and the company works on.
func TestAPauseThatDoesNotComeToRestIsPutOff(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 1)
	moveID := brought(t, source, target)
	if _, err := source.Pause(t.Context(), moveID, Pause{}); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a pause without a worker: %v", err)
	}
	if h := must(hold.Find(t.Context(), source.db, ours))(t); h.Level != "" {
		t.Errorf("the company stands still: %+v", h)
	}
}

func TestWhatStandsAgainstAMove(t *testing.T) {
	for name, c := range map[string]struct {
		point string
		spoil func(t *testing.T, source, target *side)
	}{
		"another release":          {"schema", func(_ *testing.T, _, target *side) { target.with.Schema = "other" }},
		"another number of shards": {"shards", func(_ *testing.T, _, target *side) { target.with.Shards = 2 }},
		"the same place":           {"place", func(_ *testing.T, source, target *side) { target.with.GatewayURL = source.with.GatewayURL }},
		"it is here":               {"absent", func(t *testing.T, _, target *side) { target.fill(t, ours, 1) }},
		"a taken name": {"slug", func(t *testing.T, _, target *side) {
			target.fill(t, theirs, 1)
			target.write(t, "UPDATE tenant SET slug = $1", ours)
		}},
		"a taken e-mail": {"people", func(t *testing.T, _, target *side) {
			target.fill(t, theirs, 1)
			target.write(t, "UPDATE app_user SET email = $1", ours+"-user_id-0000@example.com")
		}},
		"a taken number": {"channels", func(t *testing.T, _, target *side) {
			target.fill(t, theirs, 1)
			target.write(t, "UPDATE channel_account SET channel = 'whatsapp', external_id = '930', state = 'active'")
		}},
		"a dumb house":      {"channels", func(_ *testing.T, _, target *side) { target.channels.dumb = true }},
		"an unknown plan":   {"plan", func(t *testing.T, _, target *side) { target.write(t, "DELETE FROM plan_version") }},
		"a purchase":        {"journey", func(t *testing.T, source, _ *side) { source.write(t, "UPDATE acquisition SET state = 'paid'") }},
		"an erased company": {"company", func(t *testing.T, source, _ *side) { source.write(t, "UPDATE tenant SET state = 'erased'") }},
	} {
		t.Run(name, func(t *testing.T) {
			source, target := sides(t, database.SQLite, database.SQLite)
			source.fill(t, ours, 1)
			c.spoil(t, source, target)
			plan := must(source.Plan(t.Context(), "", ours))(t)
			answer := must(target.Check(t.Context(), plan.MoveID))(t)
			var against []string
			for _, f := range answer.Findings {
				if !f.Go {
					against = append(against, f.Point)
				}
			}
			if answer.Go || !slices.Equal(against, []string{c.point}) {
				t.Errorf("against it: %v, want %s", against, c.point)
			}
			must(source.Copy(t.Context(), plan.MoveID))(t)
			if _, err := target.Load(t.Context(), plan.MoveID); !refusedFor(err, "no_go") {
				t.Errorf("loaded all the same: %v", err)
			}
		})
	}
}

func TestTheFilesOfAMoveAreItsOwn(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 2)
	plan := must(source.Plan(t.Context(), "", ours))(t)
	must(target.Check(t.Context(), plan.MoveID))(t)
	must(source.Copy(t.Context(), plan.MoveID))(t)
	stranger := newSide(t, database.SQLite, "stranger", source.cfg.URL.Reveal(), "m:"+strings.Repeat("A", 43)+"=", 1)
	if _, err := stranger.Check(t.Context(), plan.MoveID); !refusedFor(err, "move_file") {
		t.Errorf("another key reads the plan: %v", err)
	}
	dir := source.cfg.URL.Reveal()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content := must(os.ReadFile(path))(t)
		if strings.Contains(string(content), ours) {
			t.Errorf("%s can be read without the key", path)
		}
		if strings.Contains(path, "chunks") {
			content[len(content)-1] ^= 1
			return os.WriteFile(path, content, 0o600)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Load(t.Context(), plan.MoveID); !refusedFor(err, "move_file") {
		t.Errorf("changed chunks are laid down: %v", err)
	}
}

func TestAPlatformThatCannotBePointedIsTold(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	source.fill(t, ours, 1)
	moveID := brought(t, source, target)
	must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
	must(target.Load(t.Context(), moveID))(t)
	target.channels.broken = fault.New(fault.Refused, "the platform says no")
	for _, anyway := range []bool{false, true} {
		landing := must(target.CutOver(t.Context(), moveID, anyway))(t)
		if landing.Pointed[0].Problem != "the platform says no" {
			t.Errorf("%+v", landing)
		}
		err := source.Settle(t.Context(), moveID, true, 100e6)
		if anyway != (err == nil) {
			t.Errorf("anyway %t: %v", anyway, err)
		}
		if !anyway {
			if err := source.Leave(t.Context(), moveID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func raws(n int) []event.Raw {
	list := make([]event.Raw, n)
	for i := range list {
		list[i] = event.Raw{TenantID: ours, AccountID: "cha_1", Channel: "whatsapp", ReceivedMS: 5, Body: fmt.Appendf(nil, "%d", i)}
	}
	return list
}

func bodies(pieces []Piece) (list []string) {
	for _, one := range pieces {
		list = append(list, string(one.Body))
	}
	return list
}

func TestPiecesKeepTheirOrder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		pieces := NewPieces(db)
		keep := func(list []event.Raw) {
			t.Helper()
			for len(list) > 0 {
				n := min(len(list), 7)
				if err := pieces.Keep(t.Context(), 1, list[:n]); err != nil {
					t.Fatal(err)
				}
				list = list[n:]
			}
		}
		all := raws(40)
		keep(all[:20])
		pieces = NewPieces(db) // another process goes on
		keep(all[20:])
		var want []string
		for i := range all {
			want = append(want, fmt.Sprint(i))
		}
		if got := bodies(must(pieces.Of(t.Context(), ours, 1, 100))(t)); !slices.Equal(got, want) {
			t.Fatalf("%v", got)
		}
		if n := must(pieces.Count(t.Context(), ours))(t); n != 40 {
			t.Fatalf("%d wait", n)
		}
		next := func() []string { return bodies(must(pieces.Next(t.Context(), 1, 100))(t)) }
		set := func(level hold.Level) {
			t.Helper()
			if _, err := hold.Set(t.Context(), db, ours, "mve_1", level); err != nil {
				t.Fatal(err)
			}
		}
		for _, level := range []hold.Level{hold.Draining, hold.Frozen, hold.Moved, hold.Arriving, hold.Landing} {
			set(level)
			if got := next(); len(got) != 0 {
				t.Errorf("%s: %v come back", level, got)
			}
		}
		if err := pieces.Take(t.Context(), []Piece{{ID: "0001", Shard: 1, Raw: event.Raw{TenantID: ours, AccountID: "a", Channel: "c", Body: []byte("sent on")}}}); err != nil {
			t.Fatal(err)
		}
		if got := next(); !slices.Equal(got, []string{"sent on"}) {
			t.Errorf("who lands gets %v", got)
		}
		if err := hold.Lift(t.Context(), db, ours, "mve_1"); err != nil {
			t.Fatal(err)
		}
		if got := next(); !slices.Equal(got, append([]string{"sent on"}, want...)) {
			t.Errorf("who works gets %v", got)
		}
		if behind := must(pieces.Behind(t.Context(), 1))(t); !behind[ours] {
			t.Error("it is not known that pieces wait")
		}
		var ids []string
		for _, one := range must(pieces.Next(t.Context(), 1, 100))(t) {
			ids = append(ids, one.ID)
		}
		if err := pieces.Done(t.Context(), ids); err != nil {
			t.Fatal(err)
		}
		if behind := must(pieces.Behind(t.Context(), 1))(t); len(behind) != 0 {
			t.Error("pieces that are done wait")
		}
	})
}

// left brings a move to where the source sends on, to a target behind url.
func left(t *testing.T, source, target *side, url string) (moveID string) {
	t.Helper()
	target.with.GatewayURL = url
	source.fill(t, ours, 1)
	moveID = brought(t, source, target)
	must(source.Pause(t.Context(), moveID, Pause{Stopped: true}))(t)
	must(target.Load(t.Context(), moveID))(t)
	must(target.CutOver(t.Context(), moveID, false))(t)
	if err := source.Leave(t.Context(), moveID); err != nil {
		t.Fatal(err)
	}
	return moveID
}

func TestWhatStillComesIsSentOnOnceAndInItsOrder(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	broken := 2 // the first answers are lost, after the effect
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		if _, err := r.Body.Read(body); err != nil && len(body) == 0 {
			t.Error(err)
		}
		err := target.Take(r.Context(), strings.TrimPrefix(r.URL.Path, "/webhooks/moved/"), r.Header.Get(HeaderTime), r.Header.Get(HeaderSignature), body)
		if broken--; broken >= 0 {
			panic(http.ErrAbortHandler)
		}
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	moveID := left(t, source, target, server.URL)
	if err := source.pieces.Keep(t.Context(), 3, raws(30)); err != nil {
		t.Fatal(err)
	}
	gate := hold.NewGate(source.db)
	if err := gate.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- source.Forwarder(gate).Run(ctx, shard.Lease{Shard: 3}) }()
	if err := until(t.Context(), 20e9, "pieces wait", func() (bool, error) {
		n, err := source.pieces.Count(t.Context(), ours)
		return n == 0, err
	}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	got := bodies(must(target.pieces.Of(t.Context(), ours, 3, 100))(t))
	if len(got) != 30 || got[0] != "0" || got[29] != "29" {
		t.Errorf("the target has %v", got)
	}
	if m := must(source.find(t.Context(), moveID))(t); m.Facts.SentOn != 30 || m.Step != Left {
		t.Errorf("%+v", m)
	}
}

func TestOnlyTheSourceMaySendOn(t *testing.T) {
	source, target := sides(t, database.SQLite, database.SQLite)
	moveID := left(t, source, target, "http://enterprise.example.com")
	key := must(source.forwardKey(moveID))(t)
	now := fmt.Sprint(source.nowMS())
	good := `[{"id":"1","shard":0,"account_id":"cha_1","channel":"whatsapp","received_ms":1,"body":"e30="}]`
	for name, c := range map[string]struct {
		move, at, signature, body string
		want                      fault.Code
	}{
		"as it should be":    {moveID, now, mac(key, []byte(now+"."), []byte(good)), good, ""},
		"another signature":  {moveID, now, mac([]byte("x"), []byte(now+"."), []byte(good)), good, fault.Unauthorized},
		"none":               {moveID, now, "", good, fault.Unauthorized},
		"another body":       {moveID, now, mac(key, []byte(now+"."), []byte(good)), good + " ", fault.Unauthorized},
		"an unknown move":    {"mve_none", now, mac(key, []byte(now+"."), []byte(good)), good, fault.Unauthorized},
		"long ago":           {moveID, "1000", mac(key, []byte("1000."), []byte(good)), good, fault.Unauthorized},
		"no time":            {moveID, "x", mac(key, []byte("x."), []byte(good)), good, fault.Unauthorized},
		"no list":            {moveID, now, mac(key, []byte(now+"."), []byte("{}")), "{}", fault.Invalid},
		"an absent shard":    {moveID, now, mac(key, []byte(now+"."), []byte(`[{"id":"1","shard":4,"account_id":"a","channel":"c"}]`)), `[{"id":"1","shard":4,"account_id":"a","channel":"c"}]`, fault.Invalid},
		"without an account": {moveID, now, mac(key, []byte(now+"."), []byte(`[{"id":"1"}]`)), `[{"id":"1"}]`, fault.Invalid},
	} {
		err := target.Take(t.Context(), c.move, c.at, c.signature, []byte(c.body))
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := source.Take(t.Context(), moveID, now, mac(key, []byte(now+"."), []byte(good)), []byte(good)); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("the source takes what is for the target: %v", err)
	}
	if n := must(target.pieces.Count(t.Context(), ours))(t); n != 1 {
		t.Errorf("%d pieces were kept", n)
	}
}

func FuzzSentOn(f *testing.F) {
	f.Add([]byte(`[{"id":"1","shard":0,"account_id":"cha_1","channel":"whatsapp","received_ms":1,"body":"e30="}]`))
	f.Add([]byte(`[{}]`))
	f.Add([]byte(`{"id":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		pieces, err := readSent(body, ours, 4)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		for _, one := range pieces {
			if one.TenantID != ours || one.ID == "" || one.Body == nil || one.Shard > 3 {
				t.Fatalf("%+v", one)
			}
		}
	})
}

func FuzzRow(f *testing.F) {
	f.Add([]byte(`["a",1,true,"AQI="]`))
	f.Add([]byte(`[null,{},[],""]`))
	tab := &table{Name: "x", columns: []column{{"a", 't'}, {"b", 'n'}, {"c", 'b'}, {"d", 'x'}}, key: []int{0, 1}}
	f.Fuzz(func(t *testing.T, line []byte) {
		values, err := tab.read(line)
		if err != nil {
			return
		}
		again := must(tab.line(values, false))(t)
		twice := must(tab.read(again))(t)
		if string(must(tab.line(twice, false))(t)) != string(again) {
			t.Fatalf("%s and %s", line, again)
		}
		if _, err := tab.keyArgs(tab.keyOf(values)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSettings(t *testing.T) {
	good := Config{Drain: 1e9, Patient: 2e9, Forward: 3600e9}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Config){
		"a key alone":   func(c *Config) { c.Key = secretbox.NewKey("k") },
		"no drain":      func(c *Config) { c.Drain = 0 },
		"no patience":   func(c *Config) { c.Patient = 0 },
		"no sending on": func(c *Config) { c.Forward = 0 },
	} {
		c := good
		change(&c)
		if c.Validate() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	var off Service
	if _, err := off.open("mve_1"); !refusedFor(err, "move_off") || off.Configured() {
		t.Errorf("without settings: %v", err)
	}
	short := New(Config{URL: secret.New(t.TempDir()), Key: secret.New("short")}, With{})
	if _, err := short.open("mve_1"); err == nil || !strings.Contains(err.Error(), "PROSA_MOVE_KEY") || strings.Contains(err.Error(), "short") {
		t.Errorf("a key that is none: %v", err)
	}
}

func TestAManifestIsJSON(t *testing.T) {
	m := Manifest{Jobs: []json.RawMessage{json.RawMessage(`{"a":1}`)}, Sheets: []Sheet{{Table: "x", Rows: 3, Ranges: []Range{{Rows: 3}}}}}
	var back Manifest
	if err := json.Unmarshal(must(json.Marshal(m))(t), &back); err != nil || back.Rows() != 3 || back.Sheets[0].Ranges[0].To != nil || string(back.Jobs[0]) != `{"a":1}` {
		t.Errorf("%+v %v", back, err)
	}
}
