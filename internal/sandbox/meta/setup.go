package meta

import (
	"fmt"
	"sort"
	"strings"

	"prosa/internal/base/fault"
)

// or gives the first text that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// store writes a changed record and tells the watchers; the caller holds no
// lock.
func (s *Server) settle() error {
	if err := s.journal.Flush(); err != nil {
		return err
	}
	s.feed.Publish(Change{})
	return nil
}

// PutApp makes an app or changes the members that are given.
func (s *Server) PutApp(app App) (App, error) {
	if app.ID == "" || digits(app.ID) != app.ID {
		return App{}, fault.OnField("app_id", "must be digits")
	}
	s.mu.Lock()
	kept := s.apps[app.ID]
	if kept == nil {
		kept = &App{ID: app.ID, Secret: hashDigits("secret"+app.ID, 19)}
		s.apps[app.ID] = kept
	}
	kept.Secret, kept.VerifyToken = or(app.Secret, kept.Secret), or(app.VerifyToken, kept.VerifyToken)
	kept.CallbackURL, kept.Name = or(app.CallbackURL, kept.CallbackURL), or(app.Name, kept.Name)
	s.journal.Put(keyApp+app.ID, kept)
	out := *kept
	s.mu.Unlock()
	return out, s.settle()
}

// PutWABA makes a business account or changes the members that are given.
func (s *Server) PutWABA(waba WABA) (WABA, error) {
	if waba.ID == "" || digits(waba.ID) != waba.ID {
		return WABA{}, fault.OnField("waba_id", "must be digits")
	}
	if waba.Payments != "" && waba.Payments != PaymentsOn && waba.Payments != PaymentsOff {
		return WABA{}, fault.OnField("payments", "must be on or off")
	}
	s.mu.Lock()
	kept := s.putWABA(waba)
	out := kept.copy()
	s.mu.Unlock()
	return out, s.settle()
}

func (s *Server) putWABA(waba WABA) *WABA {
	kept := s.wabas[waba.ID]
	if kept == nil {
		kept = &WABA{ID: waba.ID}
		s.wabas[waba.ID] = kept
	}
	kept.Name, kept.BusinessID = or(waba.Name, kept.Name, "Conta "+waba.ID), or(waba.BusinessID, kept.BusinessID)
	kept.Payments = or(waba.Payments, kept.Payments)
	kept.Marketing = or(waba.Marketing, kept.Marketing)
	if waba.Subscriptions != nil {
		kept.Subscriptions = waba.Subscriptions
	}
	s.journal.Put(keyWABA+waba.ID, kept)
	return kept
}

// PutNumber makes a business number or changes the members that are given. Its
// app must exist, or be the only one; its account is made when it is new. A
// new number gets a token.
func (s *Server) PutNumber(number Number) (Number, error) {
	if number.ID == "" || digits(number.ID) != number.ID {
		return Number{}, fault.OnField("phone_number_id", "must be digits")
	}
	s.mu.Lock()
	out, err := s.putNumber(number)
	s.mu.Unlock()
	if err != nil {
		return Number{}, err
	}
	return out, s.settle()
}

func (s *Server) putNumber(number Number) (Number, error) {
	kept := s.numbers[number.ID]
	if kept == nil {
		kept = &Number{ID: number.ID, Quality: "GREEN", Token: "EAAsandbox" + hashDigits("token"+number.ID, 19)}
	}
	next := *kept
	next.App, next.WABA = or(number.App, kept.App), or(number.WABA, kept.WABA, hashDigits("waba"+number.ID, 15))
	next.Display = or(number.Display, kept.Display, "+55 11 4000-"+hashDigits(number.ID, 4))
	next.VerifiedName = or(number.VerifiedName, kept.VerifiedName, "Empresa")
	next.Quality, next.Token = or(number.Quality, kept.Quality), or(number.Token, kept.Token)
	next.CallbackURL = or(number.CallbackURL, kept.CallbackURL)
	next.Limit, next.Status = or(number.Limit, kept.Limit, "TIER_1K"), or(number.Status, kept.Status, "CONNECTED")
	next.NameStatus = or(number.NameStatus, kept.NameStatus, "APPROVED")
	if number.PerSecond > 0 {
		next.PerSecond = number.PerSecond
	}
	if next.App == "" && len(s.apps) == 1 {
		for id := range s.apps {
			next.App = id
		}
	}
	if s.apps[next.App] == nil {
		return Number{}, fault.OnField("app_id", "name an app that exists")
	}
	if s.wabas[next.WABA] == nil {
		s.putWABA(WABA{ID: next.WABA})
	}
	*kept = next
	s.numbers[number.ID] = kept
	s.journal.Put(keyNumber+number.ID, kept)
	return next, nil
}

// PutCustomer makes a person or changes the members that are given; hide_phone
// and no_receipts are taken as given. A person is known by wa_id, or by
// user_id; a new one without either gets a user id only.
func (s *Server) PutCustomer(customer Customer) (Customer, error) {
	customer.WaID = digits(customer.WaID)
	s.mu.Lock()
	var kept *Customer
	for _, address := range []string{customer.ID, customer.WaID, customer.UserID} {
		if kept == nil && address != "" {
			kept = s.find(address)
		}
	}
	if kept == nil {
		if customer.WaID != "" && len(customer.WaID) < 8 {
			s.mu.Unlock()
			return Customer{}, fault.OnField("wa_id", "must be a telephone number with its country")
		}
		seed := or(customer.WaID, customer.Username, fmt.Sprint(len(s.customers)))
		kept = &Customer{WaID: customer.WaID, UserID: or(customer.UserID, country(customer.WaID)+"."+hashDigits("user"+seed, 16))}
		if !bsuidForm.MatchString(kept.UserID) {
			s.mu.Unlock()
			return Customer{}, fault.OnField("user_id", "must look like BR.1502576394655843")
		}
		kept.ID = or(customer.WaID, kept.UserID)
		s.customers[kept.ID] = kept
	}
	kept.Name = or(customer.Name, kept.Name, "Cliente")
	kept.Username = or(strings.TrimPrefix(customer.Username, "@"), kept.Username)
	kept.HidePhone, kept.NoReceipts = customer.HidePhone, customer.NoReceipts
	s.index(kept)
	s.journal.Put(keyCustomer+kept.ID, kept)
	out := *kept
	s.mu.Unlock()
	return out, s.settle()
}

// PutTemplate makes or replaces a message template: of components in Meta's
// form, or of a body with a header and a count of quick replies. No rule of the
// review is held against it; Parameters is counted from the body.
func (s *Server) PutTemplate(template Template) (Template, error) {
	if template.Name == "" || template.Language == "" || template.Body == "" && len(template.Components) == 0 {
		return Template{}, fault.OnField("name", "a template needs waba_id, name, language, and body or components")
	}
	template.ID = hashDigits(templateKey(template.WABA, template.Name, template.Language), 16)
	template.Category, template.Status = or(template.Category, "UTILITY"), or(template.Status, "APPROVED")
	template.Format, template.AtMS = or(template.Format, formatPositional), s.now().UnixMilli()
	if len(template.Components) == 0 {
		template.Components = plainComponents(template)
	}
	d := template.definition()
	if d.bodyText == "" {
		return Template{}, fault.OnField("components", "must be components with a body, in the form of Meta's API")
	}
	template.Body, template.Header, template.Parameters = d.bodyText, d.headerText, len(d.body)
	s.mu.Lock()
	if s.wabas[template.WABA] == nil {
		s.mu.Unlock()
		return Template{}, fault.New(fault.NotFound, "no such account")
	}
	key := templateKey(template.WABA, template.Name, template.Language)
	s.templates[key] = &template
	s.journal.Put(keyTemplate+key, template)
	s.mu.Unlock()
	return template, s.settle()
}

// Numbers gives the business numbers in the order of their ids.
func (s *Server) Numbers() []Number { return list(s, s.numbers) }

// Customers gives the people in the order of their ids.
func (s *Server) Customers() []Customer { return list(s, s.customers) }

// Ready reports whether a webhook would be sent for the number.
func (s *Server) Ready(number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.numbers[number]
	if kept == nil {
		return false
	}
	_, address := s.target(kept)
	return address != ""
}

// Chats gives a number's chats with known people, the latest first.
func (s *Server) Chats(number string) []ChatView {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []ChatView{}
	for _, chat := range s.chats {
		if chat.Number == number && s.customers[chat.Customer] != nil {
			out = append(out, s.view(chat))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].AtMS > out[j].AtMS })
	return out
}

// ChatView is what a telephone shows of a chat in its list.
type ChatView struct {
	Number        string   `json:"number"`
	Customer      string   `json:"customer"`
	AtMS          int64    `json:"at"` // of the last message
	Last          *Message `json:"last,omitempty"`
	Unread        int      `json:"unread"` // by the customer
	Blocked       bool     `json:"blocked,omitempty"`
	WindowUntilMS int64    `json:"window_until,omitempty"`
	TypingUntilMS int64    `json:"typing_until,omitempty"`
}

func (s *Server) view(chat *Chat) ChatView {
	v := ChatView{
		Number: chat.Number, Customer: chat.Customer, Blocked: chat.Blocked,
		WindowUntilMS: chat.WindowUntilMS(), TypingUntilMS: chat.TypingUntilMS,
	}
	for _, message := range chat.messages {
		if message.Dir == Outbound && message.Status != "failed" && message.Type != "reaction" && message.ReadMS == 0 && !message.readWanted {
			v.Unread++
		}
	}
	if n := len(chat.messages); n > 0 {
		last := *chat.messages[n-1]
		v.Last, v.AtMS = &last, last.AtMS
	}
	return v
}

// View gives one chat, also one that has no message yet.
func (s *Server) View(number, customer string) (ChatView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person := s.find(customer)
	if person == nil || s.numbers[number] == nil {
		return ChatView{}, fault.New(fault.NotFound, "no such customer or number")
	}
	if chat := s.chats[chatKey(number, person.ID)]; chat != nil {
		return s.view(chat), nil
	}
	return ChatView{Number: number, Customer: person.ID}, nil
}

// Messages gives a chat's messages, oldest first, from the one before `before`
// (a message id, empty for the end) back, at most limit.
func (s *Server) Messages(number, customer, before string, limit int) (messages []Message, more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person := s.find(customer)
	if person == nil {
		return nil, false, fault.New(fault.NotFound, "no such customer")
	}
	chat := s.chats[chatKey(number, person.ID)]
	if chat == nil {
		return []Message{}, false, nil
	}
	end := len(chat.messages)
	if before != "" {
		place := s.messages[before]
		if place == nil {
			return nil, false, fault.New(fault.NotFound, "no such message")
		}
		end = sort.Search(len(chat.messages), func(i int) bool { return chat.messages[i].Seq >= place.Seq })
	}
	start := max(0, end-limit)
	messages = []Message{}
	for _, message := range chat.messages[start:end] {
		messages = append(messages, *message)
	}
	return messages, start > 0, nil
}

// Message gives one message.
func (s *Server) Message(id string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	message := s.messages[id]
	if message == nil {
		return Message{}, fault.New(fault.NotFound, "no such message")
	}
	return *message, nil
}
