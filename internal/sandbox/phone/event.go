package phone

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"prosa/internal/sandbox/messenger"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/telegram"
)

// heartbeat is the pause between comment lines, so that proxies keep the
// connection.
const heartbeat = 15 * time.Second

// stream is one reader of the events.
type stream struct {
	handler *Handler
	writer  io.Writer
	flush   func() error
	phone   string // empty: all
	typing  map[string]int64
}

// events answers GET /events.
func (h *Handler) events(w http.ResponseWriter, r *http.Request) {
	// Before the first byte: what changes from here on is told.
	fromMeta, endMeta := h.config.Meta.Watch()
	fromTelegram, endTelegram := h.config.Telegram.Watch()
	var fromPages <-chan messenger.Change // nil: never anything
	endPages := func() {}
	if h.config.Pages != nil {
		fromPages, endPages = h.config.Pages.Watch()
	}
	defer func() { endMeta(); endTelegram(); endPages() }()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // a stream has no end; servers without deadlines say so here
	s := &stream{handler: h, writer: w, flush: control.Flush, phone: r.URL.Query().Get("phone"), typing: map[string]int64{}}
	if s.send("hello", map[string]int64{"at": h.config.Clock.Now().UnixMilli()}) != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case change, open := <-fromMeta:
			if !open {
				fromMeta, endMeta = h.config.Meta.Watch()
				err = s.send("resync", struct{}{})
				break
			}
			err = s.whatsapp(change)
		case change, open := <-fromTelegram:
			if !open {
				fromTelegram, endTelegram = h.config.Telegram.Watch()
				err = s.send("resync", struct{}{})
				break
			}
			err = s.telegram(change)
		case change, open := <-fromPages:
			if !open {
				fromPages, endPages = h.config.Pages.Watch()
				err = s.send("resync", struct{}{})
				break
			}
			err = s.page(change)
		case <-beat.C:
			if _, err = io.WriteString(w, ": still here\n\n"); err == nil {
				err = s.flush()
			}
		}
		if err != nil {
			return // the reader is gone
		}
	}
}

func (s *stream) send(event string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.writer, "event: %s\ndata: %s\n\n", event, raw); err != nil {
		return err
	}
	return s.flush()
}

func (s *stream) whatsapp(change meta.Change) error {
	if change.Number == "" {
		return s.send("phones", struct{}{})
	}
	if s.phone != "" && s.phone != change.Customer {
		return nil
	}
	var bubble *Bubble
	if change.Message != nil {
		if drawn := s.handler.bubbleOrTarget(*change.Message); drawn.ID != "" {
			bubble = &drawn
		}
	}
	return s.chat(whatsappChat(change.Number, change.Customer), bubble)
}

func (s *stream) telegram(change telegram.Change) error {
	if change.Bot == 0 {
		return s.send("phones", struct{}{})
	}
	var bubble *Bubble
	if change.Message != nil {
		drawn := s.handler.telegramBubble(*change.Message)
		bubble = &drawn
	}
	return s.chat(telegramChat(change.Bot, change.User), bubble)
}

func (s *stream) page(change messenger.Change) error {
	if change.Person == "" {
		return s.send("phones", struct{}{})
	}
	where, err := s.handler.pagePlace(change.Account, change.Person)
	if err != nil {
		return nil //nolint:nilerr // an account that was taken away: nobody's chat
	}
	var bubble *Bubble
	if change.Message != nil {
		drawn := s.handler.pageBubble(where.channel, *change.Message)
		bubble = &drawn
	}
	return s.chat(pageChat(where.channel, where.account, where.person), bubble)
}

// chat tells a changed bubble, the chat, and when typing began or ended.
func (s *stream) chat(id string, bubble *Bubble) error {
	chat, err := s.handler.chat(id)
	if err != nil {
		return nil //nolint:nilerr // a chat with somebody who is not here: nobody's phone
	}
	if s.phone != "" && s.phone != chat.Phone {
		return nil
	}
	if bubble != nil {
		if err := s.send("bubble", map[string]any{"chat": id, "phone": chat.Phone, "bubble": bubble}); err != nil {
			return err
		}
	}
	if s.typing[id] != chat.typingUntil {
		s.typing[id] = chat.typingUntil
		if err := s.send("typing", map[string]any{"chat": id, "phone": chat.Phone, "typing": chat.Typing, "until": chat.typingUntil}); err != nil {
			return err
		}
	}
	return s.send("chat", map[string]any{"chat": chat, "phone": chat.Phone})
}
