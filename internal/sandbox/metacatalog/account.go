package metacatalog

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// App is a Meta app: it signs webhooks with its secret.
type App struct {
	Secret      string
	CallbackURL string // of the object catalog; empty: no webhooks
}

// Holder is what a token may do.
type Holder struct {
	App      string            // id
	Business string            // portfolio; empty: one of its own is made
	Numbers  map[string]string // phone number id -> WhatsApp Business Account
}

// Directory knows tokens and apps that another simulator keeps.
type Directory interface {
	Holder(token string) (Holder, bool)
	Application(id string) (App, bool)
}

// Account is a business that was made here: its app, its token and its numbers.
type Account struct {
	Business    string            `json:"business_id"`
	App         string            `json:"app_id"`
	AppSecret   string            `json:"app_secret,omitempty"`
	Token       string            `json:"token,omitempty"`
	CallbackURL string            `json:"callback_url,omitempty"`
	Numbers     map[string]string `json:"numbers,omitempty"` // phone number id -> WhatsApp Business Account
}

func (a Account) shown() Account {
	a.AppSecret, a.Token = "", ""
	return a
}

// PutAccount makes or replaces a business. Error: fault.Invalid.
func (s *Server) PutAccount(account Account) (Account, error) {
	switch {
	case !isNumber(account.Business):
		return account, fault.OnField("business_id", "must be digits")
	case !isNumber(account.App):
		return account, fault.OnField("app_id", "must be digits")
	case account.AppSecret == "":
		return account, fault.OnField("app_secret", "is needed: it signs the webhooks")
	case account.Token == "":
		return account, fault.OnField("token", "is needed")
	}
	for phone, waba := range account.Numbers {
		if !isNumber(phone) || !isNumber(waba) {
			return account, fault.OnField("numbers", "must be ids of digits")
		}
	}
	if account.CallbackURL != "" {
		if target, err := url.Parse(account.CallbackURL); err != nil || target.Host == "" {
			return account, fault.OnField("callback_url", "must be an address")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := account
	s.accounts[account.Business] = &kept
	s.journal.Put(accountPrefix+account.Business, &kept)
	return account.shown(), nil
}

// Accounts lists the businesses that were made here, without secrets.
func (s *Server) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Account, 0, len(s.accounts))
	for _, account := range s.accounts {
		list = append(list, account.shown())
	}
	slices.SortFunc(list, func(a, b Account) int { return strings.Compare(a.Business, b.Business) })
	return list
}

// holder gives what a token may do. The Directory is asked without the lock.
func (s *Server) holder(token string) (Holder, bool) {
	s.mu.Lock()
	for _, account := range s.accounts {
		if subtle.ConstantTimeCompare([]byte(account.Token), []byte(token)) == 1 {
			found := Holder{App: account.App, Business: account.Business, Numbers: account.Numbers}
			s.mu.Unlock()
			return found, true
		}
	}
	s.mu.Unlock()
	if s.config.Directory == nil {
		return Holder{}, false
	}
	found, known := s.config.Directory.Holder(token)
	if known && found.Business == "" {
		s.mu.Lock()
		found.Business = s.owner(found)
		s.mu.Unlock()
	}
	return found, known
}

// owner gives the portfolio of a holder who names none: the one that any of its
// WhatsApp Business Accounts already belongs to, or a new one. What it has stays
// in it, whatever the holder adds.
func (s *Server) owner(h Holder) string {
	wabas := make([]string, 0, len(h.Numbers))
	for _, waba := range h.Numbers {
		wabas = append(wabas, waba)
	}
	slices.Sort(wabas)
	business := ""
	for _, waba := range wabas {
		business = or(business, s.owners[waba])
	}
	business = or(business, "7"+digitsOf("business "+h.App+" "+strings.Join(slices.Compact(wabas), " "), 14))
	for _, waba := range wabas {
		if s.owners[waba] == "" {
			s.owners[waba] = business
			s.journal.Put(ownerPrefix+waba, business)
		}
	}
	return business
}

func (h Holder) has(waba string) bool {
	for _, own := range h.Numbers {
		if own == waba {
			return true
		}
	}
	return false
}

// application gives an app by its id; the caller holds no lock.
func (s *Server) application(id string) (App, bool) {
	s.mu.Lock()
	for _, account := range s.accounts {
		if account.App == id {
			found := App{Secret: account.AppSecret, CallbackURL: account.CallbackURL}
			s.mu.Unlock()
			return found, true
		}
	}
	s.mu.Unlock()
	if s.config.Directory == nil {
		return App{}, false
	}
	return s.config.Directory.Application(id)
}

func isNumber(text string) bool {
	return text != "" && len(text) <= 20 && strings.Trim(text, "0123456789") == ""
}

// digitsOf derives n decimal digits (at most 18) from a text.
func digitsOf(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	number := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])|1<<63, 10)
	return number[len(number)-n:]
}
