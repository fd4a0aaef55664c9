package phone

import (
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/stage"
	"prosa/internal/sandbox/telegram"
)

// phones joins the accounts of both channels by telephone number.
func (h *Handler) phones() []Phone {
	byID := map[string]*Phone{}
	var order []string
	take := func(id string) *Phone {
		if byID[id] == nil {
			byID[id] = &Phone{ID: id, ReadReceipts: true}
			order = append(order, id)
		}
		return byID[id]
	}
	for _, customer := range h.config.Meta.Customers() {
		p := take(whatsappPhone(customer))
		p.Name, p.Phone, p.Username, p.ReadReceipts = customer.Name, plus(customer.WaID), customer.Username, !customer.NoReceipts
		address := plus(customer.WaID)
		if address == "" {
			address = "@" + customer.Username
		}
		p.Accounts = append(p.Accounts, Account{Channel: WhatsAppChannel, ID: customer.ID, Address: address})
	}
	for _, user := range h.config.Telegram.Users() {
		p := take(telegramPhone(user))
		if p.Name == "" {
			p.Name = strings.TrimSpace(user.FirstName + " " + user.LastName)
			p.Phone, p.Username = plus(user.Phone), user.Username
		}
		address := plus(user.Phone)
		if user.Username != "" {
			address = "@" + user.Username
		}
		p.Accounts = append(p.Accounts, Account{Channel: TelegramChannel, ID: strconv.FormatInt(user.ID, 10), Address: address})
	}
	if h.config.Pages != nil {
		for _, person := range h.config.Pages.People() {
			p := take(person.ID)
			if p.Name == "" {
				p.Name, p.Phone, p.Username, p.ReadReceipts = person.Name, person.Phone, person.Username, !person.NoReceipts
			}
			p.Accounts = append(p.Accounts, pageAccounts(person)...)
		}
	}
	phones := make([]Phone, 0, len(order))
	for _, id := range order {
		phones = append(phones, *byID[id])
	}
	sort.SliceStable(phones, func(i, j int) bool { return phones[i].Name < phones[j].Name })
	return phones
}

func whatsappPhone(c meta.Customer) string { return c.ID }

func telegramPhone(u telegram.User) string {
	if u.Phone != "" {
		return u.Phone
	}
	return fmt.Sprintf("tg%d", u.ID)
}

func plus(digits string) string {
	if digits == "" {
		return ""
	}
	return "+" + digits
}

func (h *Handler) phone(id string) (Phone, error) {
	for _, p := range h.phones() {
		if p.ID == id {
			return p, nil
		}
	}
	return Phone{}, fault.New(fault.NotFound, "no such phone")
}

// businesses are the numbers and the bots that one can write to.
func (h *Handler) businesses() []Business {
	out := []Business{}
	for _, number := range h.config.Meta.Numbers() {
		out = append(out, h.number(number))
	}
	for _, bot := range h.config.Telegram.Bots() {
		out = append(out, botBusiness(bot))
	}
	if h.config.Pages != nil {
		out = append(out, h.pageBusinesses()...)
	}
	return out
}

func (h *Handler) number(n meta.Number) Business {
	return Business{ID: whatsappID + n.ID, Channel: WhatsAppChannel, Name: n.VerifiedName, Address: n.Display, Ready: h.config.Meta.Ready(n.ID)}
}

func botBusiness(b telegram.Bot) Business {
	return Business{ID: fmt.Sprintf("%s%d", telegramID, b.ID), Channel: TelegramChannel, Name: b.Name, Address: "@" + b.Username, Ready: b.WebhookURL != ""}
}

func (h *Handler) postPhone(r *http.Request) (any, error) {
	var wish struct {
		Name      string   `json:"name"`
		Phone     string   `json:"phone"`
		Username  string   `json:"username"`
		Channels  []string `json:"channels"`
		HidePhone bool     `json:"hide_phone"`
	}
	if err := stage.ReadJSON(r, &wish); err != nil {
		return nil, err
	}
	wish.Name = strings.TrimSpace(wish.Name)
	if wish.Name == "" {
		return nil, fault.OnField("name", "must not be empty")
	}
	if len(wish.Channels) == 0 {
		wish.Channels = []string{WhatsAppChannel, TelegramChannel}
		if h.config.Pages != nil {
			wish.Channels = append(wish.Channels, MessengerChannel, InstagramChannel)
		}
	}
	h.making.Lock()
	defer h.making.Unlock()
	number := onlyDigits(wish.Phone)
	if number == "" {
		number = h.freeNumber()
	}
	if len(number) < 10 || len(number) > 15 {
		return nil, fault.OnField("phone", "must be a number with its country, such as +55 11 98765-4321")
	}
	id := number
	for _, channel := range wish.Channels {
		switch channel {
		case WhatsAppChannel:
			customer, err := h.config.Meta.PutCustomer(meta.Customer{WaID: number, Name: wish.Name, Username: wish.Username, HidePhone: wish.HidePhone})
			if err != nil {
				return nil, err
			}
			// One telephone has one number on both: WhatsApp's own form.
			id, number = customer.ID, customer.WaID
		case TelegramChannel:
			first, last, _ := strings.Cut(wish.Name, " ")
			user, err := h.config.Telegram.PutUser(telegram.User{FirstName: first, LastName: last, Username: wish.Username, Phone: number})
			if err != nil {
				return nil, err
			}
			id = telegramPhone(user)
		case MessengerChannel, InstagramChannel:
			if err := h.joinPages(id, number, wish.Name, wish.Username, channel); err != nil {
				return nil, err
			}
		default:
			return nil, fault.OnField("channels", "unknown channel %q", channel)
		}
	}
	return h.phone(id)
}

// freeNumber makes up a Brazilian mobile number that nobody here has.
func (h *Handler) freeNumber() string {
	taken := map[string]bool{}
	for _, p := range h.phones() {
		taken[p.ID] = true
	}
	for i := 1; ; i++ {
		number := fmt.Sprintf("551199000%04d", i)
		if !taken[number] {
			return number
		}
	}
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func (h *Handler) patchPhone(r *http.Request) (any, error) {
	var wish struct {
		Name         *string `json:"name"`
		ReadReceipts *bool   `json:"read_receipts"`
	}
	if err := stage.ReadJSON(r, &wish); err != nil {
		return nil, err
	}
	if _, err := h.phone(r.PathValue("phone")); err != nil {
		return nil, err
	}
	for _, customer := range h.config.Meta.Customers() {
		if whatsappPhone(customer) != r.PathValue("phone") {
			continue
		}
		if wish.Name != nil {
			customer.Name = *wish.Name
		}
		if wish.ReadReceipts != nil {
			customer.NoReceipts = !*wish.ReadReceipts
		}
		if _, err := h.config.Meta.PutCustomer(customer); err != nil {
			return nil, err
		}
	}
	for _, user := range h.config.Telegram.Users() {
		if telegramPhone(user) != r.PathValue("phone") || wish.Name == nil {
			continue
		}
		user.FirstName, user.LastName, _ = strings.Cut(*wish.Name, " ")
		if _, err := h.config.Telegram.PutUser(user); err != nil {
			return nil, err
		}
	}
	if h.config.Pages != nil {
		for _, person := range h.config.Pages.People() {
			if person.ID != r.PathValue("phone") {
				continue
			}
			if wish.Name != nil {
				person.Name = *wish.Name
			}
			if wish.ReadReceipts != nil {
				person.NoReceipts = !*wish.ReadReceipts
			}
			if _, err := h.config.Pages.PutPerson(person); err != nil {
				return nil, err
			}
		}
	}
	return h.phone(r.PathValue("phone"))
}

// chats gives every chat that a phone could have: one with each business of
// each of its channels, those with messages first.
func (h *Handler) chats(id string) ([]Chat, error) {
	p, err := h.phone(id)
	if err != nil {
		return nil, err
	}
	out := []Chat{}
	for _, account := range p.Accounts {
		var ids []string
		switch account.Channel {
		case WhatsAppChannel:
			for _, number := range h.config.Meta.Numbers() {
				ids = append(ids, whatsappChat(number.ID, account.ID))
			}
		case TelegramChannel:
			for _, bot := range h.config.Telegram.Bots() {
				ids = append(ids, fmt.Sprintf("%s%d.%s", telegramID, bot.ID, account.ID))
			}
		default:
			for _, business := range h.pageBusinesses() {
				if business.Channel == account.Channel {
					ids = append(ids, business.ID+"."+account.ID)
				}
			}
		}
		for _, chatID := range ids {
			chat, err := h.chat(chatID)
			if err != nil {
				return nil, err
			}
			out = append(out, chat)
		}
	}
	at := func(c Chat) int64 {
		if c.Last == nil {
			return 0
		}
		return c.Last.At
	}
	sort.SliceStable(out, func(i, j int) bool { return at(out[i]) > at(out[j]) })
	return out, nil
}

// chat draws one chat.
func (h *Handler) chat(id string) (Chat, error) {
	where, err := readChat(id)
	if err != nil {
		return Chat{}, err
	}
	now := h.config.Clock.Now().UnixMilli()
	if where.account != "" {
		return h.pageChat(id, where)
	}
	if where.channel == WhatsAppChannel {
		view, err := h.config.Meta.View(where.number, where.customer)
		if err != nil {
			return Chat{}, err
		}
		chat := Chat{
			ID: id, Channel: WhatsAppChannel, Phone: view.Customer, Unread: view.Unread, Blocked: view.Blocked, Started: true,
			WindowUntil: view.WindowUntilMS, typingUntil: view.TypingUntilMS, Typing: view.TypingUntilMS > now,
		}
		if view.Last != nil {
			last := h.bubbleOrTarget(*view.Last)
			chat.Last = &last
		}
		if front := h.storefront(where.number); front != nil {
			chat.CatalogID, chat.Cart = front.CatalogID, front.Cart
		}
		for _, number := range h.config.Meta.Numbers() {
			if number.ID == where.number {
				chat.Business = h.number(number)
			}
		}
		return chat, nil
	}
	view, err := h.config.Telegram.View(where.bot, where.user)
	if err != nil {
		return Chat{}, err
	}
	chat := Chat{
		ID: id, Channel: TelegramChannel, Unread: view.Unread, Blocked: view.Blocked, Started: view.Started,
		Keyboard: keyboard(view.Keyboard), typingUntil: view.TypingUntilMS, Typing: view.TypingUntilMS > now,
	}
	if view.Last != nil {
		last := h.telegramBubble(*view.Last)
		chat.Last = &last
	}
	for _, bot := range h.config.Telegram.Bots() {
		if bot.ID == where.bot {
			chat.Business = botBusiness(bot)
		}
	}
	for _, user := range h.config.Telegram.Users() {
		if user.ID == where.user {
			chat.Phone = telegramPhone(user)
		}
	}
	return chat, nil
}
