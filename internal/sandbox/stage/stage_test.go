package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

func TestRulesFireAsOftenAsTold(t *testing.T) {
	call := Call{On: "call", Method: "POST", Path: "/v25.0/1/messages", Account: "1", Kinds: []string{"text"}}
	cases := []struct {
		name string
		rule Rule
		call Call
		want string // of six matches: which fire
	}{
		{"always", Rule{On: "call", Do: DoCutAfter}, call, "111111"},
		{"twice", Rule{On: "call", Do: DoCutAfter, Count: 2}, call, "110000"},
		{"the third", Rule{On: "call", Do: DoCutAfter, Skip: 2, Count: 1}, call, "001000"},
		{"by method", Rule{On: "call", Method: "post", Do: DoCutAfter}, call, "111111"},
		{"other method", Rule{On: "call", Method: "GET", Do: DoCutAfter}, call, "000000"},
		{"by path", Rule{On: "call", Path: "/messages", Do: DoCutAfter}, call, "111111"},
		{"other account", Rule{On: "call", Account: "2", Do: DoCutAfter}, call, "000000"},
		{"by kind", Rule{On: "call", Kind: "text", Do: DoCutAfter}, call, "111111"},
		{"other kind", Rule{On: "call", Kind: "image", Do: DoCutAfter}, call, "000000"},
		{"other side", Rule{On: "webhook", Do: DoDrop}, call, "000000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rules := NewRules(1)
			if _, err := rules.Add(c.rule); err != nil {
				t.Fatal(err)
			}
			got := ""
			for range 6 {
				got += fmt.Sprint(len(rules.Match(c.call)))
			}
			if got != c.want || rules.List()[0].Hits != strings.Count(c.want, "1") {
				t.Fatalf("fired %s, %d hits", got, rules.List()[0].Hits)
			}
		})
	}
}

func TestProbabilitiesRepeatWithTheirSeed(t *testing.T) {
	draw := func(seed int64) (out string) {
		rules := NewRules(seed)
		if _, err := rules.Add(Rule{On: "call", Do: DoCutBefore, Probability: 0.5}); err != nil {
			t.Fatal(err)
		}
		for range 64 {
			out += fmt.Sprint(len(rules.Match(Call{On: "call"})))
		}
		return out
	}
	if draw(1) != draw(1) || draw(1) == draw(2) {
		t.Fatal("the seed does not decide")
	}
	if n := strings.Count(draw(1), "1"); n < 16 || n > 48 {
		t.Fatalf("%d of 64 at one half", n)
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	rules := NewRules(1)
	for _, rule := range []Rule{
		{On: "dream", Do: DoDelay, DelayMS: 1}, {On: "call", Do: DoDuplicate}, {On: "webhook", Do: DoStatus, Status: 500},
		{On: "call", Do: DoStatus, Status: 200}, {On: "call", Do: DoDelay}, {On: "call", Do: DoCutAfter, Probability: 2},
		{On: "call", Do: DoCutAfter, Count: -1},
	} {
		if _, err := rules.Add(rule); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%+v was taken: %v", rule, err)
		}
	}
	first, _ := rules.Add(Rule{On: "call", Do: DoCutAfter})
	again, _ := rules.Add(Rule{ID: first.ID, On: "call", Do: DoCutBefore})
	if list := rules.List(); len(list) != 1 || list[0].Do != DoCutBefore || again.ID != first.ID {
		t.Fatalf("%+v", list)
	}
	if !rules.Remove(first.ID) || rules.Remove(first.ID) || len(rules.List()) != 0 {
		t.Fatal("not removed")
	}
}

// TestBucketNeverGivesMoreThanItsRate over any span it gives at most its burst
// and its rate times the span.
func TestBucketNeverGivesMoreThanItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.1, 100).Draw(t, "rate")
		burst := float64(rapid.IntRange(1, 50).Draw(t, "burst"))
		var b Bucket
		start := time.Unix(1_000_000, 0)
		now := start
		given := 0.0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "ms")) * time.Millisecond)
			wait, ok := b.Take(now, rate, burst)
			if ok {
				given++
			} else {
				late := b
				if _, ok := late.Take(now.Add(wait+time.Millisecond), rate, burst); !ok {
					t.Fatal("the wait that it told was too short")
				}
			}
			if most := burst + rate*now.Sub(start).Seconds() + 1e-6; given > most {
				t.Fatalf("%v tokens where %v were due", given, most)
			}
		}
	})
}

func TestTimersFireInOrder(t *testing.T) {
	timers := NewTimers()
	fired := make(chan int, 10)
	for i, ms := range []int{30, 1, 20, 1, 10} {
		timers.After(time.Duration(ms)*time.Millisecond, func() { fired <- i })
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { timers.Run(ctx); close(done) }()
	got := ""
	for range 5 {
		got += fmt.Sprint(<-fired)
	}
	if got != "13420" {
		t.Fatalf("fired %s", got)
	}
	timers.After(time.Hour, func() { t.Error("an hour passed") })
	timers.After(0, func() { fired <- 9 }) // sooner than what it waits for
	if <-fired != 9 {
		t.Fatal("not woken")
	}
	cancel()
	<-done
	timers.Clear()
}

func TestASlowReaderIsCutOff(t *testing.T) {
	var feed Feed[int]
	slow, endSlow := feed.Subscribe(1)
	quick, endQuick := feed.Subscribe(10)
	for i := range 3 {
		feed.Publish(i)
	}
	if value, open := <-slow; value != 0 || !open {
		t.Fatal("the buffer was lost")
	}
	if _, open := <-slow; open {
		t.Fatal("a reader that missed something was not told")
	}
	for i := range 3 {
		if <-quick != i {
			t.Fatal("out of order")
		}
	}
	endSlow()
	endQuick()
	endQuick()
	feed.Publish(1)
	last, _ := feed.Subscribe(1)
	feed.Close()
	if _, open := <-last; open {
		t.Fatal("still open")
	}
}

func TestLedgerSurvivesInItsJournal(t *testing.T) {
	dir := t.TempDir()
	journal, _, err := OpenJournal(dir, "j")
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := NewLedger("", journal)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		ledger.Accept(Send{ID: fmt.Sprint(i), Payload: json.RawMessage(`{"x":1}`)})
	}
	ledger.Pushed(Push{ID: "p", URL: "u", Events: []string{"a", "b"}})
	ledger.Attempted("p", Attempt{Status: 503}, "waiting")
	ledger.Attempted("p", Attempt{Status: 200}, "delivered")
	ledger.Attempted("p", Attempt{Status: 500}, "waiting") // a late twin
	want := ledger.Dump(0)
	if want.Webhooks[0].State != "delivered" || want.Counts != (Counts{Sends: 3, Events: 2, Webhooks: 1, WebhookAttempts: 3, WebhookFailures: 2, WebhookDelivered: 1}) {
		t.Fatalf("%+v", want)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	journal, records, err := OpenJournal(dir, "j")
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	again, _ := NewLedger(LedgerFull, journal)
	for _, record := range records {
		if taken, err := again.Load(record); !taken || err != nil {
			t.Fatalf("%s: %v", record.Key, err)
		}
	}
	if got := again.Dump(0); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %+v, wanted %+v", got, want)
	}
	if next := again.Accept(Send{ID: "3"}); next.Seq != 4 {
		t.Fatalf("numbering went on at %d", next.Seq)
	}
	if taken, err := again.Load(Record{Key: "other/1"}); taken || err != nil {
		t.Fatal("took a record of somebody else")
	}
	for _, key := range []string{"ledger/send/9", "ledger/push/xx"} {
		if _, err := again.Load(Record{Key: key, Value: json.RawMessage(`[`)}); err == nil {
			t.Errorf("%s: broken JSON was taken", key)
		}
	}
	if rest := again.Dump(2); len(rest.Sends) != 2 || rest.Sends[0].ID != "2" {
		t.Fatalf("%+v", rest.Sends)
	}
	if _, err := NewLedger("loud", nil); err == nil {
		t.Fatal("an unknown mode")
	}
}

func TestAnswers(t *testing.T) {
	codes := map[fault.Code]int{
		fault.Invalid: 422, fault.NotFound: 404, fault.Refused: 409, fault.Conflict: 409, fault.Unauthorized: 401, fault.Forbidden: 403,
		fault.TooLarge: 413, fault.RateLimited: 429, fault.Unavailable: 503, fault.Internal: 500,
	}
	for code, status := range codes {
		answer := Failure(fault.New(code, "por quê"))
		if answer.Status != status || !strings.Contains(string(answer.Body), string(code)) {
			t.Errorf("%s: %d %s", code, answer.Status, answer.Body)
		}
	}
	if answer := Failure(fault.OnField("name", "curto")); !strings.Contains(string(answer.Body), `"field":"name"`) {
		t.Fatalf("%s", answer.Body)
	}
	if kept := Headers(http.Header{"Authorization": {"Bearer s3cret"}, "X-Telegram-Bot-Api-Secret-Token": {"s3cret"}, "Cookie": {"s3cret"}, "Accept": {"a"}, "Empty": {}}); strings.Contains(fmt.Sprint(kept), "s3cret") || kept["Accept"] != "a" {
		t.Fatalf("%v", kept)
	}
	if long := Clip(make([]byte, maxKept+1)); len(long) > maxKept+4 {
		t.Fatalf("%d bytes kept", len(long))
	}
	request := httptest.NewRequest("POST", "/", strings.NewReader(`{"on":"call","mode":"x"}`))
	if err := ReadJSON(request, &Rule{}); fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("a misspelt member: %v", err)
	}
}

func TestCutClosesTheConnection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { Cut(w) }))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if response, err := client.Post(server.URL, "text/plain", strings.NewReader("x")); err == nil {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("answered %d %s", response.StatusCode, body)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if Pause(ctx, time.Hour) || !Pause(context.Background(), time.Millisecond) || !Pause(ctx, 0) {
		t.Fatal("a pause does not mind its context")
	}
}
