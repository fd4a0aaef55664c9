package app

import (
	"net/http"
	"strings"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/conversation"
)

// The sample company answers on its page and on its Instagram account, too, and
// fetches what customers send there.
func TestTheHouseSpeaksMessengerAndInstagram(t *testing.T) {
	l := liveIn(t)
	tenants, err := l.tenancy.List(t.Context(), "", 10)
	if err != nil || len(tenants.Items) != 1 {
		t.Fatalf("%+v, %v", tenants, err)
	}
	tenantID := tenants.Items[0].ID
	boss := conversation.Viewer{UserID: "usr_test", Role: conversation.Admin}
	for chat, first := range map[string]map[string]any{
		"m." + samplePage + ".5521987650202":      {"kind": "start"},
		"i." + sampleInstagram + ".5521987650202": {"kind": "story_reply", "text": "oi"},
	} {
		l.call(http.MethodPost, phonePath+"/chats/"+chat+"/messages", first, nil)
		l.until("the bot's menu in "+chat, func() bool {
			for _, b := range l.bubbles(chat) {
				if b.Dir == "theirs" && strings.Contains(b.Text, "Como posso ajudar?") {
					return true
				}
			}
			return false
		})
		l.call(http.MethodPost, phonePath+"/chats/"+chat+"/messages", map[string]any{"kind": "voice", "seconds": 2}, nil)
	}
	fetched := map[message.Channel]bool{}
	l.until("both voice notes, fetched", func() bool {
		list, err := l.conversation.List(t.Context(), conversation.ListInput{TenantID: tenantID, By: boss, View: conversation.AllView, Query: "Rafael"})
		if err != nil {
			return false
		}
		for _, row := range list.Items {
			thread, _, err := l.conversation.Thread(t.Context(), tenantID, row.ID, boss, 0, 50)
			if err != nil {
				return false
			}
			for _, m := range thread {
				if m.Kind == message.Audio && m.Content.Media.State == "ready" {
					fetched[row.Channel] = true
				}
			}
		}
		return fetched[message.Messenger] && fetched[message.Instagram]
	})
}
