package messenger

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// TestTheStateSurvives stops the simulator in the middle of a repetition and
// opens its folder again.
func TestTheStateSurvives(t *testing.T) {
	dir := t.TempDir()
	w := start(t, Config{Dir: dir, WebhookGaps: []time.Duration{time.Hour}})
	w.hear(pageID)
	mid := w.sent(pageID, text("resposta"))
	picture := w.act(Action{Do: "image", Data: png, MIME: "image/png"})
	w.item("message")
	w.receiver.mu.Lock()
	w.receiver.answer = func(int) int { return http.StatusServiceUnavailable }
	w.receiver.mu.Unlock()
	lost := w.act(Action{Do: "text", Text: "perdida?"})
	if got := w.receiver.next(t); got.status != 503 {
		t.Fatal(got.status)
	}
	before, _ := w.server.Transcript(pageID, ana)
	w.stop()
	w.receiver.mu.Lock()
	w.receiver.answer = nil
	w.receiver.mu.Unlock()
	w.open(Config{Dir: dir, Clock: w.clock, DeliveryDelay: -1})
	if again := w.item("message"); again["mid"] != lost.ID {
		t.Fatalf("what was under way goes on: %v", again)
	}
	after, err := w.server.Transcript(pageID, ana)
	if err != nil || len(after.Lines) != len(before.Lines) || after.Chat.LastActionMS != before.Chat.LastActionMS {
		t.Fatalf("%v %+v", err, after.Chat)
	}
	if data, _, err := w.server.File(picture.Files[0].File); err != nil || string(data) != string(png) {
		t.Fatalf("%v", err)
	}
	if kept, err := w.server.Message(mid); err != nil || kept.Text != "resposta" {
		t.Fatalf("%v", err)
	}
	if len(w.server.Ledger(0).Sends) != 1 {
		t.Fatal("the ledger lost a send")
	}
	w.sent(pageID, text("e mais uma")) // tokens and scoped ids are known again
}

func TestTheControlAPI(t *testing.T) {
	w := start(t, Config{})
	for path, body := range map[string]any{
		"/_sandbox/apps": App{ID: "x"}, "/_sandbox/pages": Page{ID: "7", App: "9"}, "/_sandbox/instagrams": Instagram{ID: "7", Flavour: "odd"},
		"/_sandbox/people": Person{}, "/_sandbox/faults": stage.Rule{On: "dream"}, "/_sandbox/people/ana/actions": Action{Account: pageID, Do: "fly"},
	} {
		if status, raw := w.do("POST", path, "", body); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, status, raw)
		}
	}
	for path, status := range map[string]int{
		"/_sandbox/apps": 200, "/_sandbox/pages": 200, "/_sandbox/instagrams": 200, "/_sandbox/people": 200, "/_sandbox/settings": 200, "/_sandbox/faults": 200,
		"/_sandbox/ledger?after=0": 200, "/_sandbox/counts": 200, "/_sandbox/chats/" + pageID: 200, "/_sandbox/chats/" + pageID + "/ana": 200,
		"/_sandbox/people/ana/scoped/" + pageID: 200, "/_sandbox/media/5": 404, "/_sandbox/chats/" + pageID + "/bia": 404, "/_sandbox/ledger?after=x": 422,
	} {
		if got, raw := w.do("GET", path, "", nil); got != status {
			t.Errorf("%s: %d %s", path, got, raw)
		}
	}
	if status, raw := w.do("PUT", "/_sandbox/settings", "", map[string]any{"echo_first": true}); status != 200 || !w.server.Settings().EchoFirst || !w.server.Settings().RateLimits {
		t.Fatalf("%s", raw)
	}
	message := w.hear(pageID)
	if status, raw := w.do("POST", "/_sandbox/people/ana/actions", "", Action{Account: pageID, Do: "reaction", Message: message.ID, Emoji: "👍"}); status != 201 {
		t.Fatalf("%s", raw)
	}
	w.item("reaction")
	var chats struct{ Chats []ChatView }
	_, raw := w.do("GET", "/_sandbox/chats/"+pageID, "", nil)
	if err := json.Unmarshal(raw, &chats); err != nil || len(chats.Chats) != 1 || chats.Chats[0].Last.ReactionIn != "👍" {
		t.Fatalf("%s", raw)
	}
	if status, _ := w.do("POST", "/_sandbox/reset", "", map[string]string{"keep": "accounts"}); status != 201 {
		t.Fatal(status)
	}
	if len(w.server.Chats(pageID)) != 0 || len(w.server.Pages()) != 1 {
		t.Fatal("only chats are forgotten")
	}
	w.hear(pageID)
	if status, _ := w.do("POST", "/_sandbox/reset", "", nil); status != 201 || len(w.server.Pages()) != 0 {
		t.Fatal("all is forgotten")
	}
}

func TestActionsThatMakeNoSense(t *testing.T) {
	w := start(t, Config{})
	cases := []struct {
		act  Action
		code fault.Code
	}{
		{Action{Account: "5", Do: "text", Text: "oi"}, fault.NotFound},
		{Action{Do: "text"}, fault.Invalid},
		{Action{Do: "image"}, fault.Invalid},
		{Action{Do: "image", Data: png}, fault.Invalid},
		{Action{Do: "text", Text: "a", Data: png, MIME: "image/png"}, fault.Invalid},
		{Action{Do: "tap", Message: "m", Choice: "x"}, fault.NotFound},
		{Action{Do: "edit", Message: "m"}, fault.NotFound},
		{Action{Do: "referral"}, fault.Invalid},
		{Action{Do: "heart"}, fault.Refused},
		{Action{Do: "story_reply", Data: png, MIME: "image/png"}, fault.Refused},
		{Action{Account: igID, Do: "story_reply"}, fault.Invalid},
		{Action{Account: igID, Do: "location"}, fault.Refused},
		{Action{Account: igID, Do: "sticker"}, fault.Refused},
	}
	for _, c := range cases {
		c.act.Account = or(c.act.Account, pageID)
		if _, err := w.server.Act(ana, c.act); fault.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.act, err)
		}
	}
	if _, err := w.server.Act("bia", Action{Account: pageID, Do: "text", Text: "a"}); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// TestAWatcherIsTold of what a phone must draw anew.
func TestAWatcherIsTold(t *testing.T) {
	w := start(t, Config{})
	changes, end := w.server.Watch()
	defer end()
	message := w.hear(pageID)
	if change := <-changes; change.Account != pageID || change.Person != ana || change.Message == nil || change.Message.ID != message.ID {
		t.Fatalf("%+v", change)
	}
}
