package messenger

import (
	"net/http"

	"prosa/internal/sandbox/stage"
)

// threadControl answers the calls of the handover protocol. Source: "Handover
// Protocol".
func (s *Server) threadControl(c *call, a seat, edge string) (stage.Answer, *graphError) {
	check := &checker{}
	body := c.object(check)
	a = s.speaker(body, a)
	body.only("recipient", "target_app_id", "metadata", "access_token", "platform")
	recipient := body.object("recipient")
	recipient.only("id")
	d := draft{to: recipient.text("id", 0)}
	body.maybe("metadata", maxMetadata) // told to the other app, which lives outside of this simulator
	target := ""
	if edge == "pass_thread_control" {
		target = body.text("target_app_id", 0)
	}
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	s.mu.Lock()
	_, chat, err := s.reach(a, d)
	if err == nil {
		err = s.moveThread(a, chat, edge, target)
	}
	s.mu.Unlock()
	if err != nil {
		return stage.Answer{}, err
	}
	return s.done(map[string]bool{"success": true})
}

// moveThread gives a thread to another app, or takes it back; the caller holds
// the lock.
func (s *Server) moveThread(a seat, chat *Chat, edge, target string) *graphError {
	mine := chat.Owner == "" || chat.Owner == a.app
	switch edge {
	case "pass_thread_control":
		if !mine {
			return graphFault(http.StatusForbidden, 10, 2018300, "Only the app that controls the thread can pass it on.")
		}
		s.own(chat, target, a)
	case "release_thread_control":
		if mine {
			s.own(chat, pageInbox, a)
		}
	case "take_thread_control":
		if mine {
			return nil
		}
		s.own(chat, "", a)
	case "request_thread_control":
		// The other app decides: control API, actions pass_control.
	}
	return nil
}

// own writes down who holds a thread.
func (s *Server) own(chat *Chat, app string, a seat) {
	if app == a.app {
		app = ""
	}
	chat.Owner = app
	s.journal.Put(keyChat+chatKey(chat.Account, chat.Person), chat)
}

// threadOwner answers GET /{account}/thread_owner?recipient={id}.
func (s *Server) threadOwner(c *call, a seat) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if who, there := s.byScoped[c.param("recipient")]; there {
		if other, _ := s.seat(who.account); other.page == a.id {
			a = other
		}
	}
	_, chat, err := s.reach(a, draft{to: c.param("recipient")})
	if err != nil {
		return stage.Answer{}, err
	}
	owner := map[string]any{"thread_owner": map[string]string{"app_id": or(chat.Owner, a.app)}}
	return stage.JSON(http.StatusOK, map[string]any{"data": []any{owner}}), nil
}

// handover makes the action of another app on a thread, and the event that tells
// ours.
func (s *Server) handover(a seat, person *Person, chat *Chat, act Action) *event {
	other := or(act.App, pageInbox)
	item := s.item(a, person, false)
	field := "messaging_handovers"
	if a.instagram() {
		field = "messaging_handover"
	}
	switch act.Do {
	case "pass_control":
		s.own(chat, "", a)
		item["pass_thread_control"] = map[string]string{"new_owner_app_id": a.app, "previous_owner_app_id": other, "metadata": act.Text}
	case "take_control":
		s.own(chat, other, a)
		item["take_thread_control"] = map[string]string{"previous_owner_app_id": a.app, "new_owner_app_id": other, "metadata": act.Text}
	case "request_control":
		item["request_thread_control"] = map[string]string{"requested_owner_app_id": other, "metadata": act.Text}
	case "app_roles":
		role := or(act.Text, "primary_receiver")
		item["app_roles"] = map[string][]string{a.app: {role}}
	}
	return s.newEvent(a, nil, chat, field, "handover", act.Do+"/"+traceID(), item)
}
