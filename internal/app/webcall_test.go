package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"prosa/internal/modules/botrun"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
)

// The whole house in one process: the bot calls a service, which lies on our own
// machine and is therefore refused; the flow goes its way for failures, tags the
// customer and hands over to an attendant by e-mail; all of it is counted.
func TestABotCallsAServiceAndHandsOver(t *testing.T) {
	l := liveIn(t)
	ctx := t.Context()
	var reached atomic.Int64
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer service.Close()
	tenants, err := l.tenancy.List(ctx, "", 10)
	if err != nil || len(tenants.Items) != 1 {
		t.Fatal(tenants, err)
	}
	tenantID := tenants.Items[0].ID
	members, err := l.identity.Members(ctx, tenantID)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(members, func(m identity.Member) bool { return m.Role == "attendant" })
	if at < 0 {
		t.Fatalf("no attendant among %+v", members)
	}
	bot, err := l.bots.CreateBot(ctx, tenantID, "Consulta")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"schema":1,"name":"Consulta","languages":["pt-BR"],"start":"consulta","nodes":[
		{"name":"consulta","kind":"web","method":"GET","url":"%s/x","next":"fim","on_error":"etiqueta"},
		{"name":"etiqueta","kind":"tag","add":["sem consulta"],"next":"pessoa"},
		{"name":"pessoa","kind":"handoff","text":"Vou chamar alguém.","assignee":%q},
		{"name":"fim","kind":"end","text":"Consegui."}]}`, service.URL, strings.ToUpper(members[at].Email))
	if _, issues, err := l.bots.PublishVersion(ctx, tenantID, bot.ID, botrun.Draft{Definition: []byte(text)}); err != nil {
		t.Fatal(err, issues)
	}
	accounts, err := l.channel.List(ctx, tenantID)
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range accounts {
		if err := l.bots.AssignDefault(ctx, tenantID, account.ID, bot.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.channel.Directory().Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	chat := "w." + sampleNumber + ".5521987650202"
	l.call(http.MethodPost, phonePath+"/chats/"+chat+"/messages", map[string]string{"kind": "text", "text": "oi"}, nil)
	l.until("the bot's words after the failed call", func() bool {
		return slices.ContainsFunc(l.bubbles(chat), func(b shownBubble) bool { return b.Dir == "theirs" && b.Text == "Vou chamar alguém." })
	})
	if reached.Load() != 0 {
		t.Error("a flow reached a service on our own machine")
	}
	boss := conversation.Viewer{UserID: "usr_test", Role: conversation.Admin}
	list, err := l.conversation.List(ctx, conversation.ListInput{TenantID: tenantID, By: boss, View: conversation.OpenView, Query: "Rafael Antunes"})
	if err != nil || len(list.Items) != 1 || list.Items[0].Owner.ID != members[at].UserID {
		t.Fatalf("%+v %v", list.Items, err)
	}
	person, err := l.contact.Get(ctx, tenantID, list.Items[0].ContactID)
	if err != nil || len(person.Tags) != 1 || person.Tags[0] != "sem consulta" {
		t.Errorf("tags %v, %v", person.Tags, err)
	}
	l.until("the counts", func() bool {
		counts, err := l.bots.Counts(ctx, tenantID, bot.ID, 1)
		return err == nil && len(counts.Nodes) == 3 && counts.Nodes[0].Exits[0] == botrun.ExitCount{Exit: "on_error", Count: 1}
	})
}
