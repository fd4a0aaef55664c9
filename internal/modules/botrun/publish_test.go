package botrun

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// asks is a flow of two questions; say distinguishes versions, and the second
// node has the name and kind that are given.
func asks(say, second, kind string) []byte {
	node := fmt.Sprintf(`{"name":%q,"kind":"question","expect":"text","text":"%s: e o nome?","save":"nome","next":"fim"}`, second, say)
	if kind == "choice" {
		node = fmt.Sprintf(`{"name":%q,"kind":"choice","text":"%s: qual nome?","options":[{"name":"a","title":"Um","next":"fim"},{"name":"b","title":"Dois","next":"fim"}]}`, second, say)
	}
	return fmt.Appendf(nil, `{"schema":1,"name":"Perguntas","languages":["pt-BR"],"start":"cidade","nodes":[
		{"name":"cidade","kind":"question","expect":"text","text":"%s: qual cidade?","save":"cidade","next":%q}, %s,
		{"name":"fim","kind":"handoff","text":"%s: até logo"}]}`, say, second, node, say)
}

// publishWith publishes with a policy for the sessions under way.
func (b *bench) publishWith(text []byte, sessions Policy) (version Version) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) (err error) {
		version, err = b.service.PublishIn(ctx, tx, b.tenant, b.bot.ID, Publication{Definition: text, Sessions: sessions, Tests: []byte("[]")})
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return version
}

// S13: sessions under way drain, move or begin anew, as the publication says.
func TestS13SessionsUnderWayDoAsThePublicationSays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, c := range []struct {
			name     string
			versions []Policy // of v2 and on
			second   string   // node that v2 has in place of "nome"
			kind     string
			want     string // what the customer reads who was asked for the name by v1
			number   string
		}{
			{"drain", []Policy{Drain}, "nome", "question", "v1: até logo", "1"},
			{"move to the same node", []Policy{Move}, "nome", "question", "v2: até logo", "2"},
			{"move, the node is gone", []Policy{Move}, "apelido", "question", "v1: até logo", "1"},
			{"move, the node is of another kind", []Policy{Move}, "nome", "choice", "v1: até logo", "1"},
			{"restart", []Policy{Restart}, "nome", "question", "v2: qual cidade?", "2"},
			{"move, then drain: the move still counts", []Policy{Move, Drain}, "nome", "question", "v2: até logo", "2"},
			{"move, then restart: the newest counts", []Policy{Move, Restart}, "nome", "question", "v3: qual cidade?", "3"},
			{"drain, then move", []Policy{Drain, Move}, "nome", "question", "v3: até logo", "3"},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := setup(t, db)
				var err error
				if b.bot, err = b.service.CreateBot(t.Context(), b.tenant, "Perguntas"); err != nil {
					t.Fatal(err)
				}
				b.publishWith(asks("v1", "nome", "question"), Restart)
				conversation := "cnv_" + b.tenant
				b.run(b.wrote(conversation, "oi"), b.wrote(conversation, "Recife"))
				for n, policy := range c.versions {
					b.publishWith(asks(fmt.Sprintf("v%d", n+2), c.second, c.kind), policy)
				}
				expect(t, b.run(b.wrote(conversation, "Ana"))[0], c.want)
				if number := b.one("SELECT CAST(number AS TEXT) FROM bot_session WHERE conversation_id = $1", conversation); number != c.number {
					t.Errorf("the session is of version %s, want %s", number, c.number)
				}
				// Whoever comes now begins with the newest.
				expect(t, b.run(b.wrote(conversation+"_new", "oi"))[0], fmt.Sprintf("v%d: qual cidade?", len(c.versions)+1))
			})
		}
	})
}

// S13: a restart waits for the customer: what nobody said changes nothing.
func TestS13ARestartWaitsForTheCustomer(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publishWith(asks("a", "nome", "question"), Drain)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "Recife"))
		b.publishWith(asks("b", "nome", "question"), Restart)
		turn := b.run(b.nudged(Nudge{ConversationID: "cnv_1", Timer: flow.TimerName(2)}))[0]
		if !turn.Resolve || strings.Contains(said(turn), "b:") {
			t.Fatalf("the idle timer of the old version: %+v", turn)
		}
	})
}

// S13: options are told by their places, in buttons as in numbers. An answer to
// options that a publication moved about is of the version that showed them; the
// session moves after it.
func TestS13AnAnswerIsToWhatTheCustomerSaw(t *testing.T) {
	menu := func(say string, options ...string) []byte {
		var list []string
		for _, option := range options {
			list = append(list, fmt.Sprintf(`{"name":%q,"title":%q,"next":%q}`, option, option, option))
		}
		return fmt.Appendf(nil, `{"schema":1,"name":"Pedido","languages":["pt-BR"],"start":"m","variables":{"nome":""},"nodes":[
			{"name":"m","kind":"choice","text":"%s: e agora?","options":[%s]},
			{"name":"confirmar","kind":"question","expect":"text","text":"%s: confirmado, qual o nome?","save":"nome","next":"fim"},
			{"name":"cancelar","kind":"handoff","text":"%s: cancelado"},
			{"name":"fim","kind":"handoff","text":"%s: até logo"}]}`, say, strings.Join(list, ","), say, say, say)
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, c := range []struct {
			name    string
			options []string
			want    string
		}{
			{"the same", []string{"confirmar", "cancelar"}, "v2: confirmado, qual o nome?"},
			{"the other way round", []string{"cancelar", "confirmar"}, "v1: confirmado, qual o nome?"},
			{"one before it", []string{"fim", "confirmar", "cancelar"}, "v1: confirmado, qual o nome?"},
			{"one behind it", []string{"confirmar", "cancelar", "fim"}, "v2: confirmado, qual o nome?"},
			{"one less", []string{"cancelar"}, "v1: confirmado, qual o nome?"},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := setup(t, db)
				b.publishWith(menu("v1", "confirmar", "cancelar"), Drain)
				b.run(b.wrote("cnv_1", "oi"))
				second := menu("v2", c.options...)
				if len(c.options) == 1 {
					second = []byte(strings.Replace(string(second), `"next":"cancelar"`, `"next":"confirmar"`, 1))
					second = []byte(strings.Replace(string(second), `{"name":"cancelar","kind":"handoff","text":"v2: cancelado"},`, "", 1))
				}
				b.publishWith(second, Move)
				expect(t, b.run(b.wrote("cnv_1", "1"))[0], c.want)
				expect(t, b.run(b.wrote("cnv_1", "Ana"))[0], "v2: até logo")
			})
		}
	})
}

// S13: versions are immutable, numbered and known by their hash.
func TestS13VersionsAreNumberedAndKept(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		second := b.publishWith(asks("a", "nome", "question"), Move)
		again := b.publishWith(asks("a", "nome", "question"), Restart)
		if again.ID != second.ID || second.Number != 2 || !second.Live || second.Sessions != Move {
			t.Fatalf("%+v, then %+v", second, again)
		}
		third := b.publishWith(flowText(t, "recepcao"), Drain) // back to what was first: a number of its own
		list, err := b.service.ListVersions(t.Context(), b.tenant, b.bot.ID, "", 2)
		if err != nil || len(list.Items) != 2 || list.Items[0].ID != third.ID || !list.Items[0].Live || list.Items[1].Live || list.Items[0].Definition != "" {
			t.Fatalf("%+v %v", list, err)
		}
		rest, err := b.service.ListVersions(t.Context(), b.tenant, b.bot.ID, list.Next, 2)
		if err != nil || len(rest.Items) != 1 || rest.Items[0].Number != 1 || rest.Items[0].Hash != third.Hash || rest.Next != "" {
			t.Fatalf("%+v %v", rest, err)
		}
		kept, err := b.service.VersionByNumber(t.Context(), b.tenant, b.bot.ID, 2)
		if err != nil || !strings.Contains(kept.Definition, "qual cidade?") || kept.Live || kept.Layout != "{}" || kept.Tests != "[]" || kept.Lock != "{}" {
			t.Fatalf("%+v %v", kept, err)
		}
		if _, err := b.service.VersionByNumber(t.Context(), b.tenant, b.bot.ID, 9); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		for name, bad := range map[string]Publication{
			"layout": {Definition: flowText(t, "recepcao"), Layout: []byte(`[]`)}, "tests": {Definition: flowText(t, "recepcao"), Tests: []byte(`{"a"`)},
			"sessions": {Definition: flowText(t, "recepcao"), Sessions: "all"},
		} {
			err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
				_, err := b.service.PublishIn(ctx, tx, b.tenant, b.bot.ID, bad)
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// S14: what a flow calls is pinned with it; a later version of it changes
// nothing until the caller is published again.
func TestS14ChildrenArePinned(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		child, err := b.service.CreateBot(t.Context(), b.tenant, "Endereço")
		if err != nil {
			t.Fatal(err)
		}
		address := func(say string) []byte {
			return fmt.Appendf(nil, `{"schema":1,"name":"Endereço","languages":["pt-BR"],"start":"cep","nodes":[
				{"name":"cep","kind":"question","expect":"text","text":"%s: qual o CEP?","save":"cep","next":"volta"},{"name":"volta","kind":"return"}]}`, say)
		}
		publishChild := func(say string) {
			t.Helper()
			if _, issues, err := b.service.PublishVersion(t.Context(), b.tenant, child.ID, Draft{Definition: address(say)}); err != nil {
				t.Fatal(err, issues)
			}
		}
		parent := []byte(`{"schema":1,"name":"Pedido","languages":["pt-BR"],"start":"endereco","variables":{"cep":""},"nodes":[
			{"name":"endereco","kind":"subflow","flow":"endereco","out":{"cep":"cep"},"next":"fim"},
			{"name":"fim","kind":"handoff","text":"CEP {{vars.cep}}"}]}`)
		if _, _, err := b.service.PublishVersion(t.Context(), b.tenant, b.bot.ID, Draft{Definition: parent}); !fault.Is(err, fault.Refused) {
			t.Fatalf("a flow that nobody published was called: %v", err)
		}
		publishChild("um")
		first := b.publish(parent)
		publishChild("dois")
		turns := b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "50000-000"))
		expect(t, turns[0], "um: qual o CEP?")
		expect(t, turns[1], "CEP 50000-000")
		second := b.publish(parent)
		if second.Number != first.Number+1 || second.Hash != first.Hash {
			t.Fatalf("%d after %d: a new child is a new version", second.Number, first.Number)
		}
		expect(t, b.run(b.wrote("cnv_2", "oi"))[0], "dois: qual o CEP?")
		kept, err := b.service.VersionByNumber(t.Context(), b.tenant, b.bot.ID, first.Number)
		if err != nil || !strings.Contains(kept.Lock, `"number":1`) || !strings.Contains(kept.Lock, "um: qual") {
			t.Fatalf("%s %v", kept.Lock, err)
		}
		// A stale compiled version is no help: the row has all it needs.
		b.service.compiled = newVersionCache(4)
		b.exec("DELETE FROM flow_version WHERE bot_id = $1", child.ID)
		expect(t, b.run(b.wrote("cnv_3", "oi"))[0], "dois: qual o CEP?")
	})
}

func TestKeysOfBots(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		for name, want := range map[string]string{
			"Recepção": "recepcao-2", "  Pós-venda & Trocas!": "pos-venda-trocas", "日本": "bot", strings.Repeat("a", 60): strings.Repeat("a", 32),
		} {
			bot, err := b.service.CreateBot(t.Context(), b.tenant, name)
			if err != nil || bot.Key != want {
				t.Errorf("%q: %q, want %q (%v)", name, bot.Key, want, err)
			}
		}
		if b.bot.Key != "recepcao" {
			t.Error(b.bot.Key)
		}
		name, archived, wrong := "Portaria", Archived, State("gone")
		bot, err := b.service.UpdateBot(t.Context(), BotChange{TenantID: b.tenant, BotID: b.bot.ID, Name: &name, State: &archived})
		if err != nil || bot.Name != name || bot.Key != "recepcao" || bot.State != Archived {
			t.Fatalf("%+v %v", bot, err)
		}
		for want, change := range map[fault.Code]BotChange{
			fault.Conflict: {Version: 1}, fault.Invalid: {State: &wrong}, fault.NotFound: {BotID: "bot_none"},
		} {
			change.TenantID = b.tenant
			if change.BotID == "" {
				change.BotID = b.bot.ID
			}
			if _, err := b.service.UpdateBot(t.Context(), change); !fault.Is(err, want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
		err = db.Read(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
			_, err := b.service.LiveByKey(ctx, tx, b.tenant, "recepcao")
			return err
		})
		if !fault.Is(err, fault.Refused) {
			t.Errorf("an archived bot is called: %v", err)
		}
	})
}

func TestImpactCountsThoseUnderWay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publishWith(asks("a", "nome", "question"), Drain)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_2", "oi"), b.wrote("cnv_2", "Recife"), b.wrote("cnv_3", "oi"), b.wrote("cnv_3", "Recife"), b.wrote("cnv_3", "Ana"))
		b.publishWith(asks("b", "nome", "question"), Drain)
		b.run(b.wrote("cnv_4", "oi"))
		running, err := b.service.Impact(t.Context(), b.tenant, b.bot.ID)
		if err != nil || len(running) != 2 || running[0].Number != 3 || running[0].Nodes["cidade"] != 1 ||
			running[1].Sessions != 2 || running[1].Nodes["cidade"] != 1 || running[1].Nodes["nome"] != 1 {
			t.Fatalf("%+v %v", running, err)
		}
		standings, err := b.service.Standings(t.Context(), b.tenant)
		if err != nil || standings[b.bot.ID] != (Standing{LiveNumber: 3, Sessions: 3}) {
			t.Fatalf("%+v %v", standings, err)
		}
		list := func(q SessionQuery) (found []string) {
			t.Helper()
			q.TenantID, q.BotID, q.Limit = b.tenant, b.bot.ID, 1
			for {
				page, err := b.service.Sessions(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range page.Items {
					found = append(found, fmt.Sprintf("%s %d %s %s", one.ConversationID, one.Number, one.Node, one.Status))
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					slices.Sort(found)
					return found
				}
			}
		}
		for want, q := range map[string]SessionQuery{
			"cnv_1 2 cidade waiting|cnv_2 2 nome waiting|cnv_3 2 nome handed_off|cnv_4 3 cidade waiting": {},
			"cnv_4 3 cidade waiting":                        {Number: 3},
			"cnv_3 2 nome handed_off":                       {Status: flow.HandedOff},
			"cnv_1 2 cidade waiting|cnv_4 3 cidade waiting": {Node: "cidade"},
		} {
			if got := strings.Join(list(q), "|"); got != want {
				t.Errorf("%+v: %s, want %s", q, got, want)
			}
		}
	})
}

// What another version would have said to the same customer.
func TestForkRunsASessionOnAnotherVersion(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publishWith(asks("a", "nome", "question"), Drain)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "Recife"), b.wrote("cnv_1", "Ana"))
		changed := strings.Replace(string(asks("a", "nome", "question")), "a: e o nome?", "Como se chama?", 1)
		b.publishWith([]byte(changed), Drain)
		session := b.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'")
		turns, err := b.service.Fork(t.Context(), b.tenant, session, 3)
		if err != nil || len(turns) != 3 || !turns[0].Same || turns[1].Same || !turns[2].Same || turns[2].State.Status != flow.HandedOff {
			t.Fatalf("%+v %v", turns, err)
		}
		if same, err := b.service.Fork(t.Context(), b.tenant, session, 2); err != nil || slices.ContainsFunc(same, func(r Replayed) bool { return !r.Same }) {
			t.Fatalf("%+v %v", same, err)
		}
		if _, err := b.service.Fork(t.Context(), b.tenant, session, 99); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		if _, err := b.service.Fork(t.Context(), b.tenant, "bse_none", 2); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}
