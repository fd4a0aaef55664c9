package botrun

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// counted spells the counts of a version: "node entered/waiting/left exit=n ...".
func (b *bench) counted(number int64) string {
	b.t.Helper()
	counts, err := b.service.Counts(b.t.Context(), b.tenant, b.bot.ID, number)
	if err != nil {
		b.t.Fatal(err)
	}
	var lines []string
	for _, node := range counts.Nodes {
		line := fmt.Sprintf("%s %d/%d/%d", node.Node, node.Entered, node.Waiting, node.Left)
		for _, exit := range node.Exits {
			line += fmt.Sprintf(" %s=%d", exit.Exit, exit.Count)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestCountsAreExact(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publishWith(asks("a", "nome", "question"), Drain)
		// Three begin, two name their city, one goes to the end, one asks for a
		// person at the second question, one waits at the first.
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_2", "oi"), b.wrote("cnv_3", "oi"))
		b.run(b.wrote("cnv_1", "Recife"), b.wrote("cnv_2", "Olinda"))
		b.run(b.wrote("cnv_1", "Ana"), b.wrote("cnv_2", "atendente"))
		if _, err := b.try(errors.New("the batch failed"), b.wrote("cnv_3", "Natal")); err == nil {
			t.Fatal("committed")
		}
		if n, err := b.service.AddUp(t.Context()); err != nil || n == 0 {
			t.Fatal(n, err)
		}
		if n, err := b.service.AddUp(t.Context()); err != nil || n != 0 {
			t.Fatalf("%d batches counted twice, %v", n, err)
		}
		want := "cidade 3/1/0 next=2\nfim 1/0/0\nnome 2/0/1 @person=1 next=1"
		if got := b.counted(2); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		if got := b.counted(1); got != "" {
			t.Fatalf("another version: %s", got)
		}
		if _, err := b.service.Counts(t.Context(), b.tenant, b.bot.ID, 99); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}

// Who is lost inside of a sub-flow came to it: its node counts who entered, not
// who came back.
func TestASubFlowCountsWhoEntersIt(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		child, err := b.service.CreateBot(t.Context(), b.tenant, "Endereço")
		if err != nil {
			t.Fatal(err)
		}
		inner := []byte(`{"schema":1,"name":"Endereço","languages":["pt-BR"],"start":"cep","nodes":[
			{"name":"cep","kind":"question","expect":"text","text":"CEP?","save":"cep","next":"volta"},{"name":"volta","kind":"return"}]}`)
		if _, issues, err := b.service.PublishVersion(t.Context(), b.tenant, child.ID, Draft{Definition: inner}); err != nil {
			t.Fatal(err, issues)
		}
		b.publish([]byte(`{"schema":1,"name":"Pedido","languages":["pt-BR"],"start":"oi","nodes":[
			{"name":"oi","kind":"message","text":"Olá","next":"um"},{"name":"um","kind":"subflow","flow":"endereco","next":"dois"},
			{"name":"dois","kind":"subflow","flow":"endereco","next":"fim"},{"name":"fim","kind":"handoff"}]}`))
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_2", "oi"), b.wrote("cnv_3", "oi"))
		b.run(b.wrote("cnv_1", "50000"), b.wrote("cnv_1", "60000"), b.wrote("cnv_2", "atendente"))
		if _, err := b.service.AddUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := "dois 1/0/0 next=1\ndois/cep 1/0/0 next=1\nfim 1/0/0\noi 3/0/0 next=3\num 3/0/0 next=1\num/cep 3/1/1 @person=1 next=1"
		if got := b.counted(2); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// Workers that write batches and counters that add them up lose and double
// nothing.
func TestCountersSideBySide(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publishWith(asks("a", "nome", "question"), Drain)
		const workers, batches = 3, 20
		var group sync.WaitGroup
		failed := make(chan error, 2*workers)
		for w := range workers {
			group.Add(2)
			go func() {
				defer group.Done()
				for n := range batches {
					request := conversation.TurnRequest{
						TenantID: b.tenant, BotID: b.bot.ID, ConversationID: fmt.Sprintf("cnv_%d_%d", w, n), Channel: "whatsapp",
						Cause: conversation.Started, AtMS: b.clock + int64(n),
					}
					err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
						_, err := b.service.Turns(ctx, tx, []conversation.TurnRequest{request})
						return err
					})
					if err != nil {
						failed <- err
						return
					}
				}
			}()
			go func() {
				defer group.Done()
				for range batches {
					if _, err := b.service.AddUp(t.Context()); err != nil {
						failed <- err
						return
					}
				}
			}()
		}
		group.Wait()
		close(failed)
		for err := range failed {
			t.Fatal(err)
		}
		for {
			n, err := b.service.AddUp(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
		if got, want := b.counted(2), fmt.Sprintf("cidade %d/%[1]d/0", workers*batches); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

func TestRatingsAreKeptAndSummedUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publish([]byte(`{"schema":1,"name":"Nota","languages":["pt-BR"],"start":"nota","nodes":[
			{"name":"nota","kind":"rating","text":"Que nota nos dá?","scale":5,"save":"nota","comment":"Por quê?","next":"fim"},
			{"name":"fim","kind":"end","text":"Obrigado!"}]}`))
		for n, score := range []string{"5", "4", "5"} {
			cnv := fmt.Sprint("cnv_", n)
			b.run(b.wrote(cnv, "oi"), b.wrote(cnv, score))
		}
		expect(t, b.run(b.wrote("cnv_1", "Demorou"))[0], "Obrigado!")
		sums, err := b.service.RatingSummaries(t.Context(), b.tenant, b.bot.ID, 0)
		if err != nil || len(sums) != 1 || sums[0].Count != 3 || sums[0].Scale != 5 || sums[0].Scores[5] != 2 || sums[0].Scores[4] != 1 ||
			sums[0].Average < 4.66 || sums[0].Average > 4.67 {
			t.Fatalf("%+v %v", sums, err)
		}
		if sums, err := b.service.RatingSummaries(t.Context(), b.tenant, b.bot.ID, time.Now().Add(time.Hour).UnixMilli()); err != nil || len(sums) != 0 {
			t.Fatalf("%+v %v", sums, err)
		}
		comments, query := 0, RatingQuery{TenantID: b.tenant, BotID: b.bot.ID, Limit: 2}
		for seen := 0; ; {
			list, err := b.service.Ratings(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list.Items {
				if seen++; r.Comment == "Demorou" && r.Score == 4 && r.ConversationID == "cnv_1" && r.Number == 2 {
					comments++
				}
			}
			if query.Cursor = list.Next; query.Cursor == "" {
				if seen != 3 || comments != 1 {
					t.Fatalf("%d ratings, %d comments", seen, comments)
				}
				return
			}
		}
	})
}

func TestOldTurnsAreDeletedInBatches(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		other := setup(t, db)
		old := time.Now().Add(-48 * time.Hour).UnixMilli()
		b.clock, other.clock = old, old
		b.run(b.wrote("cnv_waits", "oi"), b.wrote("cnv_ended", "oi"), b.wrote("cnv_ended", "sair"))
		other.run(other.wrote("cnv_other", "oi"), other.wrote("cnv_other", "sair"))
		b.exec("UPDATE bot_turn SET at_ms = $1 WHERE tenant_id = $2", old, b.tenant)
		b.exec("UPDATE bot_session SET updated_ms = $1 WHERE tenant_id = $2", old, b.tenant)
		b.clock = time.Now().UnixMilli()
		b.run(b.wrote("cnv_new", "oi"), b.wrote("cnv_new", "sair"), b.wrote("cnv_waits", "1"))
		for n := range pruneBatch + 10 {
			b.exec("INSERT INTO bot_turn (tenant_id, conversation_id, session_id, seq, version_id, input, effects, at_ms) VALUES ($1, 'c', $2, $3, 'v', '', '', 0)",
				b.tenant, id.Derive(id.BotSession, old, fmt.Sprint(n)), n)
		}
		deleted, err := b.service.Prune(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// Two turns of the session that ended and one of that which waits, and the
		// ended session; the other company's are younger by their row.
		if want := int64(pruneBatch + 10 + 3 + 1); deleted != want {
			t.Errorf("%d rows deleted, want %d", deleted, want)
		}
		for query, want := range map[string]string{
			"SELECT CAST(COUNT(*) AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_waits'": "1",
			"SELECT CAST(COUNT(*) AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_ended'": "0",
			"SELECT CAST(COUNT(*) AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_new'":   "1",
			"SELECT CAST(COUNT(*) AS TEXT) FROM bot_turn WHERE conversation_id = 'cnv_waits'":    "1",
			"SELECT CAST(COUNT(*) AS TEXT) FROM bot_turn WHERE conversation_id = 'cnv_new'":      "2",
		} {
			if got := b.one(query); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
	})
}
