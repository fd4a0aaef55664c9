package phone

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/messenger"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/stage"
	"prosa/internal/sandbox/telegram"
)

// The first letters of ids say whose they are.
const (
	whatsappID  = "w."
	telegramID  = "t."
	messengerID = "m."
	instagramID = "i."
)

// Where a telephone is when it shares its position without saying: Avenida
// Paulista.
const (
	demoLatitude  = -23.561414
	demoLongitude = -46.655881
)

// maxFile bounds an upload, in bytes.
const maxFile = 32 << 20

func whatsappChat(number, customer string) string { return whatsappID + number + "." + customer }
func telegramChat(bot, user int64) string         { return fmt.Sprintf("%s%d.%d", telegramID, bot, user) }

func pageChat(channel, account, person string) string {
	return pageID(channel) + account + "." + person
}

func pageID(channel string) string {
	if channel == InstagramChannel {
		return instagramID
	}
	return messengerID
}

// plainID takes the letter off an id.
func plainID(id string) string {
	if len(id) > 2 && id[1] == '.' {
		return id[2:]
	}
	return id
}

func (h *Handler) mediaURL(id string) string {
	return h.config.Prefix + "/media/" + url.PathEscape(id)
}

// Send is what a telephone's owner does in a chat; see the package comment.
type Send struct {
	Kind      string    `json:"kind"`
	Text      string    `json:"text"`
	ReplyTo   string    `json:"reply_to"`
	Bubble    string    `json:"bubble"`
	Choice    string    `json:"choice"`
	Emoji     string    `json:"emoji"`
	Latitude  float64   `json:"latitude"`
	Longitude float64   `json:"longitude"`
	Name      string    `json:"name"`
	Address   string    `json:"address"`
	Phone     string    `json:"phone"`
	Seconds   int       `json:"seconds"`
	CatalogID string    `json:"catalog_id"`
	Items     []Product `json:"items"`
	// Product is what a text asks about.
	Product *meta.ProductRef `json:"product"`
	Payload string           `json:"payload"`
	URL     string           `json:"url"`
	// State of a call or a preference; Values of a form; Answers of a poll, Picks
	// of a vote.
	State   string            `json:"state"`
	Values  map[string]string `json:"values"`
	Answers []string          `json:"answers"`
	Several bool              `json:"several"`
	Picks   []int             `json:"picks"`

	data           []byte
	mime, filename string
}

// place is a chat by its parts.
type place struct {
	channel   string
	number    string // WhatsApp
	customer  string
	bot, user int64  // Telegram
	account   string // page or Instagram account
	person    string
}

func readChat(id string) (place, error) {
	lost := fault.New(fault.NotFound, "no such chat")
	parts := strings.SplitN(id, ".", 3) // a user id of WhatsApp has a point inside
	if len(parts) != 3 {
		return place{}, lost
	}
	switch parts[0] + "." {
	case whatsappID:
		return place{channel: WhatsAppChannel, number: parts[1], customer: parts[2]}, nil
	case messengerID:
		return place{channel: MessengerChannel, account: parts[1], person: parts[2]}, nil
	case instagramID:
		return place{channel: InstagramChannel, account: parts[1], person: parts[2]}, nil
	case telegramID:
		bot, err := strconv.ParseInt(parts[1], 10, 64)
		if err != nil {
			return place{}, lost
		}
		user, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil {
			return place{}, lost
		}
		return place{channel: TelegramChannel, bot: bot, user: user}, nil
	}
	return place{}, lost
}

func (h *Handler) routes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(pattern string, status int, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := serve(r)
			if err != nil {
				stage.Failure(err).Write(w)
				return
			}
			stage.JSON(status, value).Write(w)
		})
	}
	handle("GET /phones", http.StatusOK, func(*http.Request) (any, error) { return map[string]any{"phones": h.phones()}, nil })
	handle("POST /phones", http.StatusCreated, h.postPhone)
	handle("PATCH /phones/{phone}", http.StatusOK, h.patchPhone)
	handle("GET /businesses", http.StatusOK, func(*http.Request) (any, error) {
		return map[string]any{"businesses": h.businesses()}, nil
	})
	handle("GET /phones/{phone}/chats", http.StatusOK, func(r *http.Request) (any, error) {
		chats, err := h.chats(r.PathValue("phone"))
		return map[string]any{"chats": chats}, err
	})
	handle("GET /chats/{chat}", http.StatusOK, func(r *http.Request) (any, error) { return h.chat(r.PathValue("chat")) })
	handle("GET /chats/{chat}/messages", http.StatusOK, h.getMessages)
	handle("POST /chats/{chat}/messages", http.StatusCreated, h.postMessage)
	handle("POST /chats/{chat}/media", http.StatusCreated, h.postMedia)
	handle("POST /chats/{chat}/read", http.StatusOK, h.postRead)
	handle("POST /chats/{chat}/block", http.StatusOK, h.postBlock)
	handle("GET /chats/{chat}/catalog", http.StatusOK, h.getCatalog)
	handle("POST /pay", http.StatusOK, h.postPay)
	handle("GET /wire/{bubble}", http.StatusOK, h.getWire)
	mux.HandleFunc("GET /media/{media}", h.getMedia)
	mux.HandleFunc("GET /events", h.events)
	return mux
}

func (h *Handler) getMessages(r *http.Request) (any, error) {
	where, err := readChat(r.PathValue("chat"))
	if err != nil {
		return nil, err
	}
	limit := 50
	if text := r.URL.Query().Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 500 {
			return nil, fault.OnField("limit", "must be between 1 and 500")
		}
	}
	bubbles := []Bubble{}
	more := false
	before := r.URL.Query().Get("before")
	switch where.channel {
	case WhatsAppChannel:
		var messages []meta.Message
		messages, more, err = h.config.Meta.Messages(where.number, where.customer, plainID(before), limit)
		for _, message := range messages {
			if bubble, ok := h.whatsappBubble(message); ok {
				bubbles = append(bubbles, bubble)
			}
		}
	case TelegramChannel:
		var messages []telegram.Message
		messages, more, err = h.config.Telegram.Messages(where.bot, where.user, plainID(before), limit)
		for _, message := range messages {
			bubbles = append(bubbles, h.telegramBubble(message))
		}
	default:
		bubbles, more, err = h.pageBubbles(where, before, limit)
	}
	return map[string]any{"bubbles": bubbles, "more": more}, err
}

func (h *Handler) postMessage(r *http.Request) (any, error) {
	var s Send
	if err := stage.ReadJSON(r, &s); err != nil {
		return nil, err
	}
	switch s.Kind {
	case "sticker":
		s.data, s.mime, s.filename = stickerFile(), "image/webp", "sticker.webp"
	case "voice":
		if s.Seconds <= 0 || s.Seconds > 120 {
			s.Seconds = 3
		}
		s.data, s.mime, s.filename = voiceFile(s.Seconds), "audio/ogg; codecs=opus", "voice.ogg"
	case "image", "video", "audio", "document":
		return nil, fault.OnField("kind", "files go to /chats/{chat}/media")
	}
	return h.send(r.PathValue("chat"), s)
}

func (h *Handler) send(chat string, s Send) (any, error) {
	where, err := readChat(chat)
	if err != nil {
		return nil, err
	}
	var bubble Bubble
	switch where.channel {
	case WhatsAppChannel:
		bubble, err = h.sendWhatsApp(where.number, where.customer, s)
	case TelegramChannel:
		bubble, err = h.sendTelegram(where.bot, where.user, s)
	default:
		bubble, err = h.sendPage(where, s)
	}
	return map[string]any{"bubble": bubble}, err
}

func (h *Handler) postMedia(r *http.Request) (any, error) {
	reader, err := r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "the body must be multipart/form-data")
	}
	var s Send
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "the body cannot be read: %w", err)
		}
		content, err := io.ReadAll(io.LimitReader(part, maxFile+1))
		if err != nil {
			return nil, fault.New(fault.Invalid, "the body cannot be read: %w", err)
		}
		if len(content) > maxFile {
			return nil, fault.New(fault.TooLarge, "a file may have 32 MB here")
		}
		switch part.FormName() {
		case "file":
			s.data, s.filename, s.mime = content, part.FileName(), part.Header.Get("Content-Type")
		case "kind":
			s.Kind = string(content)
		case "caption":
			s.Text = string(content)
		case "reply_to":
			s.ReplyTo = string(content)
		}
	}
	switch {
	case len(s.data) == 0:
		return nil, fault.OnField("file", "is missing or empty")
	case s.mime == "" || s.mime == "application/octet-stream":
		s.mime = http.DetectContentType(s.data)
	}
	switch s.Kind {
	case "image", "video", "audio", "voice", "document", "sticker", "video_note", "animation":
	default:
		return nil, fault.OnField("kind", "must be image, video, audio, voice, document, sticker, video_note or animation")
	}
	if kind, _, err := mime.ParseMediaType(s.mime); err == nil && s.Kind == "voice" {
		s.mime = kind
	}
	return h.send(r.PathValue("chat"), s)
}

func (h *Handler) postRead(r *http.Request) (any, error) {
	where, err := readChat(r.PathValue("chat"))
	if err != nil {
		return nil, err
	}
	switch where.channel {
	case WhatsAppChannel:
		n, err := h.config.Meta.Read(where.number, where.customer)
		return map[string]int{"read": n}, err
	case MessengerChannel, InstagramChannel:
		pages, err := h.pages()
		if err != nil {
			return nil, err
		}
		n, err := pages.Read(where.account, where.person)
		return map[string]int{"read": n}, err
	}
	view, err := h.config.Telegram.View(where.bot, where.user)
	if err != nil {
		return nil, err
	}
	if view.Unread > 0 {
		_, err = h.config.Telegram.Act(where.user, telegram.Action{Bot: where.bot, Do: "read"})
	}
	return map[string]int{"read": view.Unread}, err
}

func (h *Handler) postBlock(r *http.Request) (any, error) {
	var wish struct {
		Blocked bool `json:"blocked"`
	}
	where, err := readChat(r.PathValue("chat"))
	if err == nil {
		err = stage.ReadJSON(r, &wish)
	}
	if err != nil {
		return nil, err
	}
	do := map[bool]string{true: "block", false: "unblock"}[wish.Blocked]
	switch where.channel {
	case WhatsAppChannel:
		_, err = h.config.Meta.Act(where.customer, meta.Action{Number: where.number, Do: do})
	case TelegramChannel:
		_, err = h.config.Telegram.Act(where.user, telegram.Action{Bot: where.bot, Do: do})
	default:
		var pages Pages
		if pages, err = h.pages(); err == nil {
			_, err = pages.Act(where.person, messenger.Action{Account: where.account, Do: do})
		}
	}
	if err != nil {
		return nil, err
	}
	return h.chat(r.PathValue("chat"))
}

func (h *Handler) getMedia(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("media")
	var data []byte
	var kind, address string
	err := error(fault.New(fault.NotFound, "no such media"))
	switch {
	case strings.HasPrefix(id, whatsappID):
		data, kind, err = h.config.Meta.File(strings.TrimPrefix(id, whatsappID))
	case strings.HasPrefix(id, messengerID) && h.config.Pages != nil:
		data, kind, err = h.config.Pages.File(strings.TrimPrefix(id, messengerID))
	case strings.HasPrefix(id, telegramID):
		data, kind, address, err = h.config.Telegram.File(strings.TrimPrefix(id, telegramID))
	}
	if err != nil {
		stage.Failure(err).Write(w)
		return
	}
	if address != "" {
		http.Redirect(w, r, address, http.StatusFound)
		return
	}
	// What a customer sent is shown, never run.
	stage.Answer{Status: http.StatusOK, Type: kind, Body: data, Header: map[string]string{
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=3600",
	}}.Write(w)
}

// Step is one exchange of a Wire.
type Step struct {
	Title     string `json:"title"`
	Direction string `json:"direction"`
	stage.Exchange
}

func (h *Handler) getWire(r *http.Request) (any, error) {
	id := r.PathValue("bubble")
	var exchanges []stage.Exchange
	var called bool
	switch {
	case strings.HasPrefix(id, whatsappID):
		message, err := h.config.Meta.Message(strings.TrimPrefix(id, whatsappID))
		if err != nil {
			return nil, err
		}
		exchanges, called = h.config.Meta.Exchanges(message), message.Exchange != nil
	case strings.HasPrefix(id, telegramID):
		message, err := h.config.Telegram.Message(strings.TrimPrefix(id, telegramID))
		if err != nil {
			return nil, err
		}
		exchanges, called = h.config.Telegram.Exchanges(message), message.Exchange != nil
	case h.config.Pages != nil && (strings.HasPrefix(id, messengerID) || strings.HasPrefix(id, instagramID)):
		message, err := h.config.Pages.Message(plainID(id))
		if err != nil {
			return nil, err
		}
		exchanges, called = h.config.Pages.Exchanges(message), message.Exchange != nil
	default:
		return nil, fault.New(fault.NotFound, "no such bubble")
	}
	wire := Wire{Bubble: id, Steps: []Step{}}
	for i, exchange := range exchanges {
		step := Step{Title: "webhook", Direction: "to_business", Exchange: exchange}
		if i == 0 && called {
			step.Title, step.Direction = "call", "from_business"
		}
		wire.Steps = append(wire.Steps, step)
	}
	return wire, nil
}
