package messenger

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"prosa/internal/base/fault"
)

// Action is something that a person, the page's own inbox, another app or the
// platform does.
type Action struct {
	Account string `json:"account"` // page or Instagram account
	// Do is one of: text, image, video, audio, file, images (several at once),
	// sticker (Messenger's thumb), heart (Instagram's), location, share, reel,
	// story_reply, story_mention, unsupported, tap, quick_reply, get_started,
	// postback, referral, reaction, unreact, edit, unsend, read, block, unblock,
	// optin, optout, comment; of others: page_reply, pass_control, take_control,
	// request_control, app_roles, policy.
	Do string `json:"do"`
	// AtMS is when it was written, of a message whose webhook comes late; 0: now.
	// The reply window counts from it.
	AtMS    int64  `json:"at,omitempty"`
	Text    string `json:"text,omitempty"`
	ReplyTo string `json:"reply_to,omitempty"`
	Message string `json:"message,omitempty"` // target of tap, reaction, edit, unsend
	Choice  string `json:"choice,omitempty"`  // payload of a tap
	Title   string `json:"title,omitempty"`
	Emoji   string `json:"emoji,omitempty"`
	URL     string `json:"url,omitempty"`

	Data     []byte   `json:"data,omitempty"` // base64
	MIME     string   `json:"mime,omitempty"`
	Filename string   `json:"filename,omitempty"`
	Files    []Upload `json:"files,omitempty"` // of images

	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`

	// Referral comes with a message, a postback or alone: {"ref","source","type","ad_id",...}.
	Referral map[string]any `json:"referral,omitempty"`
	// Product is a product of the shop that a message asks about.
	Product string `json:"product,omitempty"`
	App     string `json:"app,omitempty"` // another app's id; default: the page's inbox
	Topic   string `json:"topic,omitempty"`
	// Raw replaces the message of the item: for shapes that have no action.
	Raw map[string]any `json:"raw,omitempty"`
}

// Upload is one file of several.
type Upload struct {
	Data []byte `json:"data"`
	MIME string `json:"mime"`
	Name string `json:"filename,omitempty"`
	Kind string `json:"kind,omitempty"` // image (default), video, audio, file
}

// Comment is a public comment under a post of the account.
type Comment struct {
	ID       string `json:"id"`
	Account  string `json:"account"`
	Person   string `json:"person"`
	Text     string `json:"text"`
	AtMS     int64  `json:"at"`
	Answered bool   `json:"answered,omitempty"`
}

// Act lets something happen. It gives the message that came of it, an empty one
// when none did. The errors are Invalid for a wrong field, NotFound for unknown
// people, accounts and messages, Refused for what the app would not offer.
func (s *Server) Act(person string, a Action) (Message, error) {
	if a.Do == "read" {
		_, err := s.Read(a.Account, person)
		return Message{}, err
	}
	files, err := s.receive(a)
	if err != nil {
		return Message{}, err
	}
	s.mu.Lock()
	message, events, err := s.perform(person, a, files)
	s.mu.Unlock()
	if err != nil {
		return Message{}, err
	}
	if err := s.journal.Flush(); err != nil {
		return Message{}, err
	}
	for _, waiting := range events {
		if waiting != nil {
			s.hooks.enqueue(waiting)
		}
	}
	if message == nil {
		s.feed.Publish(Change{Account: a.Account, Person: person})
		return Message{}, nil
	}
	s.publish(*message)
	return *message, nil
}

// receive stores the files that a person sends.
func (s *Server) receive(a Action) ([]Attached, error) {
	uploads := a.Files
	if len(a.Data) > 0 {
		kind := a.Do
		switch a.Do {
		case "story_reply", "story_mention", "images", "page_reply":
			kind = "image"
		}
		uploads = append([]Upload{{Data: a.Data, MIME: a.MIME, Name: a.Filename, Kind: kind}}, uploads...)
	}
	var out []Attached
	for _, u := range uploads {
		kind := or(u.Kind, "image")
		if u.MIME == "" || len(u.Data) == 0 {
			return nil, fault.OnField("mime", "a file needs data and mime")
		}
		if !slices.Contains([]string{"image", "video", "audio", "file"}, kind) {
			return nil, fault.OnField("do", "%s carries no file", kind)
		}
		item, err := s.keepFile(a.Account, kind, u.MIME, u.Name, u.Data, a.Do == "story_reply" || a.Do == "story_mention")
		if err != nil {
			return nil, err
		}
		out = append(out, Attached{Kind: kind, File: item.ID, MIME: item.MIME, Name: item.Name, Size: item.Size})
	}
	return out, nil
}

// perform does an action; the caller holds the lock.
func (s *Server) perform(personID string, act Action, files []Attached) (*Message, []*event, error) {
	a, person, chat, err := s.meet(act.Account, personID)
	if err != nil {
		return nil, nil, err
	}
	switch act.Do {
	case "block", "unblock":
		chat.Blocked = act.Do == "block"
		s.keepChat(chat)
		return nil, nil, nil
	case "pass_control", "take_control", "request_control", "app_roles":
		return nil, []*event{s.handover(a, person, chat, act)}, nil
	case "policy":
		return nil, []*event{s.enforce(a, act)}, nil
	case "page_reply":
		message, waiting := s.pageReply(a, chat, act, files)
		return message, []*event{waiting}, nil
	}
	if chat.Blocked {
		return nil, nil, fault.Refuse("blocked", "the person blocked this account")
	}
	switch act.Do {
	case "reaction", "unreact", "edit", "unsend":
		return s.amend(a, person, chat, act)
	case "optin", "optout":
		waiting := s.opt(a, person, chat, act)
		return nil, []*event{waiting}, nil
	case "comment":
		return nil, []*event{s.comment(a, person, act)}, nil
	}
	in, err := s.compose(a, chat, act, files)
	if err != nil {
		return nil, nil, err
	}
	return s.write(a, person, chat, act, in)
}

func (s *Server) keepChat(chat *Chat) {
	s.journal.Put(keyChat+chatKey(chat.Account, chat.Person), chat)
}

// incoming is an item under construction.
type incoming struct {
	kind    string
	text    string
	member  string         // of the item: message, postback or referral
	body    map[string]any // of the member
	files   []Attached
	payload string
	replyTo string
	story   *Story
}

// write makes the inbound message and its event; the caller holds the lock.
func (s *Server) write(a seat, person *Person, chat *Chat, act Action, in incoming) (*Message, []*event, error) {
	now := s.now().UnixMilli()
	if act.AtMS > 0 {
		now = min(now, act.AtMS)
	}
	message := &Message{
		ID: newMid(a), Account: a.id, Person: person.ID, Dir: Inbound, Kind: in.kind, AtMS: now, Text: in.text, Files: in.files,
		Status: "sent", ReplyTo: or(in.replyTo, act.ReplyTo), Payload: in.payload, Story: in.story,
	}
	item := s.item(a, person, false)
	item["timestamp"] = now
	field := "messages"
	switch in.member {
	case "message":
		in.body["mid"] = message.ID
		if message.ReplyTo != "" && in.kind != "quick_reply" {
			in.body["reply_to"] = map[string]any{"mid": message.ReplyTo}
		}
		if act.Referral != nil {
			in.body["referral"] = act.Referral
		}
		if act.Product != "" {
			in.body["referral"] = map[string]any{"product": map[string]string{"id": act.Product}}
		}
	case "postback":
		field = "messaging_postbacks"
		in.body["mid"] = message.ID
		if act.Referral != nil {
			in.body["referral"] = act.Referral
		}
	case "referral":
		field = "messaging_referrals"
		if a.instagram() {
			field = "messaging_referral"
		}
	}
	item[in.member] = in.body
	raw, err := json.Marshal(item)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "the content is not JSON: %w", err)
	}
	message.Content = raw
	// A bare visit of somebody who never wrote opens no window.
	if in.member != "referral" || chat.LastActionMS > 0 {
		chat.LastActionMS = max(chat.LastActionMS, now)
	}
	chat.Started = true
	s.keepChat(chat)
	s.keepMessage(chat, message)
	return message, []*event{s.newEvent(a, message, chat, field, "message", message.ID, item)}, nil
}

// compose turns an action into the member of an item that the platform would
// send. Sources: "messages", "messaging_postbacks", "messaging_referrals".
func (s *Server) compose(a seat, chat *Chat, act Action, files []Attached) (incoming, error) {
	in := incoming{kind: act.Do, text: act.Text, member: "message", body: map[string]any{}, files: files}
	if act.Raw != nil {
		in.body = act.Raw
		return in, nil
	}
	switch act.Do {
	case "text", "image", "video", "audio", "file", "images":
		return s.composePlain(in, act)
	case "sticker", "heart", "location", "unsupported":
		return composeSmall(a, in, act)
	case "share", "reel", "story_reply", "story_mention":
		return s.composeShared(a, in, act)
	case "tap":
		return s.composeTap(a, chat, in, act)
	case "quick_reply":
		in.payload, in.body = act.Choice, map[string]any{"text": act.Text, "quick_reply": map[string]string{"payload": act.Choice}}
		return in, nil
	case "get_started", "postback":
		if act.Do == "get_started" && chat.Started {
			return in, fault.Refuse("started", "the conversation has started already")
		}
		title, payload := or(act.Title, act.Text, "Começar"), act.Choice
		if act.Do == "get_started" {
			payload = or(payload, s.startPayload(a), "GET_STARTED_PAYLOAD")
		}
		in.kind, in.member, in.text, in.payload = "postback", "postback", title, payload
		in.body = map[string]any{"title": title, "payload": payload}
		return in, nil
	case "referral":
		if act.Referral == nil {
			return in, fault.OnField("referral", "must say where the person comes from")
		}
		in.member, in.body = "referral", act.Referral
		in.text = fmt.Sprint(act.Referral["ref"])
		return in, nil
	}
	return in, fault.OnField("do", "unknown action %q", act.Do)
}

// startPayload is what the page's Get Started button sends; the caller holds the
// lock.
func (s *Server) startPayload(a seat) string {
	page := s.pages[a.page]
	if page == nil {
		return ""
	}
	var start struct{ Payload string }
	if raw := page.Profile["messenger"]["get_started"]; raw == nil || json.Unmarshal(raw, &start) != nil {
		return ""
	}
	return start.Payload
}

// attachment makes an entry of attachments.
func attachment(kind string, payload map[string]any) map[string]any {
	out := map[string]any{"type": kind}
	if payload != nil {
		out["payload"] = payload
	}
	return out
}

func (s *Server) composePlain(in incoming, act Action) (incoming, error) {
	if act.Do == "text" {
		if n := len([]rune(act.Text)); n < 1 || n > 20000 {
			return in, fault.OnField("text", "must have 1 to 20000 characters")
		}
	} else if len(in.files) == 0 {
		return in, fault.OnField("data", "must not be empty")
	}
	if act.Text != "" {
		in.body["text"] = act.Text
	}
	var list []map[string]any
	for _, f := range in.files {
		list = append(list, attachment(f.Kind, map[string]any{"url": s.addressOf(f)}))
	}
	if list != nil {
		in.body["attachments"] = list
	}
	return in, nil
}

// thumb is the id of Messenger's thumbs-up. Source: "messages", sticker_id.
const (
	thumb    = 369239263222822
	thumbURL = "https://scontent.xx.fbcdn.net/v/t39.1997-6/369239263222822.png"
)

func composeSmall(a seat, in incoming, act Action) (incoming, error) {
	wrong := fault.Refuse("not_here", "this app has no such thing")
	switch {
	case act.Do == "sticker" && !a.instagram():
		in.text = "👍"
		in.body["sticker_id"] = thumb
		in.body["attachments"] = []any{attachment("image", map[string]any{"url": thumbURL, "sticker_id": thumb})}
	case act.Do == "heart" && a.instagram():
		in.kind, in.text = "like", "❤️"
		in.body["attachments"] = []any{attachment("like_heart", nil)}
	case act.Do == "location" && !a.instagram():
		in.text = or(act.Title, "Localização")
		at := attachment("location", map[string]any{"coordinates": map[string]float64{"lat": act.Latitude, "long": act.Longitude}})
		at["title"], at["url"] = in.text, fmt.Sprintf("https://www.bing.com/maps/default.aspx?v=2&pc=FACEBK&mid=8100&where1=%f%%2C+%f", act.Latitude, act.Longitude)
		in.body["attachments"] = []any{at}
	case act.Do == "unsupported" && a.instagram():
		in.body["is_unsupported"] = true
	case act.Do == "unsupported":
		in.body["attachments"] = []any{map[string]any{"type": "fallback", "payload": nil, "title": "Attachment Unavailable"}}
	default:
		return in, wrong
	}
	return in, nil
}

// composeShared makes what points to something of the platform: posts, reels,
// stories.
func (s *Server) composeShared(a seat, in incoming, act Action) (incoming, error) {
	if act.Do != "share" && act.Do != "reel" && !a.instagram() {
		return in, fault.Refuse("not_here", "only Instagram has stories here")
	}
	switch act.Do {
	case "share", "reel":
		address := or(act.URL, "https://www.facebook.com/posts/"+hashDigits(act.Text+act.Title, 15))
		if len(in.files) > 0 {
			address = s.addressOf(in.files[0])
		}
		payload := map[string]any{"url": address}
		if act.Title != "" {
			payload["title"] = act.Title
		}
		kind := "share"
		switch {
		case act.Do == "reel":
			kind = "reel"
			payload["reel_video_id"] = hashDigits(address, 16)
			if a.instagram() {
				kind = "ig_reel"
			}
		case !a.instagram():
			kind = "fallback"
		}
		in.kind = "share"
		in.body["attachments"] = []any{attachment(kind, payload)}
		if act.Text != "" {
			in.body["text"] = act.Text
		}
	default:
		if len(in.files) == 0 {
			return in, fault.OnField("data", "a story needs its picture")
		}
		in.story = &Story{ID: hashDigits("story"+in.files[0].File, 17), File: in.files[0].File}
		address := s.addressOf(in.files[0])
		if act.Do == "story_mention" {
			in.body["attachments"] = []any{attachment("story_mention", map[string]any{"url": address})}
			break
		}
		in.files = nil
		in.text = or(act.Text, "❤️")
		in.body["text"] = in.text
		in.body["reply_to"] = map[string]any{"story": map[string]string{"id": in.story.ID, "url": address}}
	}
	return in, nil
}

// composeTap answers what an outbound message offers, if it does: a quick reply
// while it is the last message, a button at any time.
func (s *Server) composeTap(a seat, chat *Chat, in incoming, act Action) (incoming, error) {
	target := s.messages[act.Message]
	if target == nil || target.Dir != Outbound || target.Account != chat.Account || target.Person != chat.Person {
		return in, fault.New(fault.NotFound, "no such message in this chat")
	}
	shown := Show(*target)
	for _, quick := range shown.Quick {
		choice, title := quick.Payload, quick.Title
		if quick.Type != "text" {
			choice = quick.Type
			title = s.filled(chat.Person, quick.Type)
		}
		if choice != act.Choice {
			continue
		}
		if chat.messages[len(chat.messages)-1] != target {
			return in, fault.Refuse("gone", "quick replies vanish with the next message")
		}
		target.Chosen = choice
		s.saveMessage(target)
		payload := quick.Payload
		if quick.Type != "text" {
			payload = title
		}
		in.kind, in.text, in.payload = "quick_reply", title, payload
		in.body = map[string]any{"text": title, "quick_reply": map[string]string{"payload": payload}}
		return in, nil
	}
	buttons := shown.Buttons
	for _, element := range shown.Elements {
		buttons = append(buttons, element.Buttons...)
	}
	for _, button := range buttons {
		if button.Type != "postback" || button.Payload != act.Choice {
			continue
		}
		target.Chosen = button.Payload
		s.saveMessage(target)
		in.kind, in.member, in.text, in.payload = "postback", "postback", button.Title, button.Payload
		in.body = map[string]any{"title": button.Title, "payload": button.Payload}
		return in, nil
	}
	return in, fault.Refuse("no_choice", "the message offers no such choice")
}

// filled is what a person's app fills in when it is asked for a number or an
// address; the caller holds the lock.
func (s *Server) filled(person, what string) string {
	p := s.people[person]
	if what == "user_email" {
		return or(p.Email, p.ID+"@example.com")
	}
	return or(p.Phone, "+5511900000000")
}

// amend changes an earlier message: a reaction to it, other words, or none. The
// caller holds the lock.
func (s *Server) amend(a seat, person *Person, chat *Chat, act Action) (*Message, []*event, error) {
	target := s.messages[act.Message]
	if target == nil || target.Account != chat.Account || target.Person != chat.Person {
		return nil, nil, fault.New(fault.NotFound, "no such message in this chat")
	}
	if (act.Do == "edit" || act.Do == "unsend") && target.Dir != Inbound {
		return nil, nil, fault.Refuse("not_own", "only own messages can be changed")
	}
	item := s.item(a, person, false)
	field, kind := "message_reactions", "reaction"
	now := s.now()
	switch act.Do {
	case "reaction":
		target.ReactionIn = act.Emoji
		if act.Emoji == "" {
			act.Do = "unreact"
		}
		fallthrough
	case "unreact":
		body := map[string]string{"mid": target.ID, "action": "react", "reaction": reactionOf(act.Emoji), "emoji": act.Emoji}
		if act.Do == "unreact" {
			target.ReactionIn = ""
			body = map[string]string{"mid": target.ID, "action": "unreact"}
		} else {
			chat.LastActionMS = now.UnixMilli() // a reaction opens the window, its end does not
			s.keepChat(chat)
		}
		item["reaction"] = body
	case "edit":
		switch {
		case target.Kind != "text" || act.Text == "":
			return nil, nil, fault.OnField("text", "only a text can be edited, into another text")
		case target.Edits >= maxEdits || now.Sub(time.UnixMilli(target.AtMS)) > editTime:
			return nil, nil, fault.Refuse("too_late", "a text can be edited five times in fifteen minutes")
		}
		target.Text = act.Text
		target.Edits++
		field, kind = "message_edits", "edit"
		if a.instagram() {
			field = "message_edit"
		}
		item["message_edit"] = map[string]any{"mid": target.ID, "text": act.Text, "num_edit": target.Edits}
	case "unsend":
		if !a.instagram() {
			return nil, nil, fault.Refuse("not_here", "Messenger does not tell the business of unsent messages")
		}
		target.Unsent = true
		field, kind = "messages", "unsend"
		item["message"] = map[string]any{"mid": target.ID, "is_deleted": true}
	}
	s.saveMessage(target)
	copied := *target
	return &copied, []*event{s.newEvent(a, target, chat, field, kind, target.ID+"/"+kind+"/"+traceID(), item)}, nil
}

// opt tells that the person wants messages of a topic, or no more of them.
func (s *Server) opt(a seat, person *Person, chat *Chat, act Action) *event {
	topic := or(act.Topic, act.Title, "Novidades")
	token := hashDigits(a.id+"|"+person.ID+"|"+topic, 19)
	optin := map[string]any{
		"type": "notification_messages", "payload": or(act.Choice, topic), "notification_messages_token": token,
		"notification_messages_frequency": "WEEKLY", "notification_messages_timezone": "America/Sao_Paulo", "title": topic,
		"token_expiry_timestamp": s.now().Add(180 * 24 * time.Hour).UnixMilli(), "user_token_status": "NOT_REFRESHED",
	}
	if chat.Topics == nil {
		chat.Topics = map[string]string{}
	}
	if act.Do == "optout" {
		delete(chat.Topics, topic)
		optin["notification_messages_status"] = "STOP_NOTIFICATIONS"
	} else {
		chat.Topics[topic] = token
		chat.Started = true
	}
	s.keepChat(chat)
	item := s.item(a, person, false)
	item["optin"] = optin
	return s.newEvent(a, nil, chat, "messaging_optins", "optin", "optin/"+traceID(), item)
}

// comment writes under a post of the account, in public.
func (s *Server) comment(a seat, person *Person, act Action) *event {
	kept := &Comment{ID: hashDigits(traceID(), 17), Account: a.id, Person: person.ID, Text: act.Text, AtMS: s.now().UnixMilli()}
	s.comments[kept.ID] = kept
	s.journal.Put(keyComment+kept.ID, kept)
	from := map[string]string{"id": scopedID(a.id, person.ID), "name": person.Name}
	if a.instagram() {
		from = map[string]string{"id": scopedID(a.id, person.ID), "username": person.Username}
		return s.newChange(a, "comments", "comment", kept.ID, map[string]any{
			"id": kept.ID, "from": from, "text": kept.Text, "media": map[string]string{"id": hashDigits("media"+a.id, 17), "media_product_type": "FEED"},
		})
	}
	post := a.id + "_" + hashDigits("post"+a.id, 15)
	kept.ID = post + "_" + kept.ID
	s.comments[kept.ID] = kept
	s.journal.Put(keyComment+kept.ID, kept)
	return s.newChange(a, "feed", "comment", kept.ID, map[string]any{
		"item": "comment", "verb": "add", "comment_id": kept.ID, "post_id": post, "message": kept.Text, "from": from, "created_time": kept.AtMS / 1000,
	})
}

// enforce tells of a measure of the platform against the account.
func (s *Server) enforce(a seat, act Action) *event {
	measure := or(act.Choice, "warning")
	blocked := ""
	if measure == "block" {
		blocked = or(act.Text, "policy")
	}
	if measure != "warning" {
		if page := s.pages[a.id]; page != nil {
			page.Blocked = blocked
			s.journal.Put(keyPage+a.id, page)
		} else {
			s.instagrams[a.id].Blocked = blocked
			s.journal.Put(keyInstagram+a.id, s.instagrams[a.id])
		}
	}
	item := map[string]any{
		"recipient": map[string]string{"id": a.id}, "timestamp": s.now().UnixMilli(),
		"policy_enforcement": map[string]string{"action": measure, "reason": or(act.Text, "The page breaks a rule of the platform.")},
	}
	return s.newEvent(a, nil, nil, "messaging_policy_enforcement", "policy", "policy/"+traceID(), item)
}

// pageReply writes as somebody does in the page's own inbox, or in another app.
func (s *Server) pageReply(a seat, chat *Chat, act Action, files []Attached) (*Message, *event) {
	kind := "text"
	if len(files) > 0 {
		kind = files[0].Kind
	}
	content, _ := json.Marshal(map[string]string{"text": act.Text})
	message := &Message{
		ID: newMid(a), Account: a.id, Person: chat.Person, Dir: Outbound, Kind: kind, AtMS: s.now().UnixMilli(), Content: content, Text: act.Text,
		Files: files, Status: "delivered", DeliveredMS: s.now().UnixMilli(), App: or(act.App, pageInbox),
	}
	s.keepMessage(chat, message)
	return message, s.echoEvent(a, message)
}
