package stripe

import (
	"crypto/rand"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rsc.io/qr"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// pageRoutes are the pages that a payer sees.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /c/pay/{id}", func(w http.ResponseWriter, r *http.Request) { s.showSession(w, r, "") })
	mux.HandleFunc("POST /c/pay/{id}", s.actOnSession)
	mux.HandleFunc("GET /i/{id}", func(w http.ResponseWriter, r *http.Request) { s.showInvoice(w, r, "") })
	mux.HandleFunc("POST /i/{id}", s.actOnInvoice)
	mux.HandleFunc("GET /p/session/{id}", s.showPortal)
	mux.HandleFunc("POST /p/session/{id}", s.actOnPortal)
}

// view is what a page shows.
type view struct {
	Words    words
	Lang     string
	Title    string // what is paid
	Amount   string
	Each     string // a month, a year
	Notes    []string
	Status   string // a sentence on how far it is
	Problem  string
	Code     string
	CodeName string
	Picture  template.URL // of a Pix code
	Buttons  []button
	Back     string
	BackName string
	Nonce    string
}

type button struct {
	Value, Name string
	Quiet       bool
}

// showSession shows the page of a checkout.
func (s *Server) showSession(w http.ResponseWriter, r *http.Request, problem string) {
	s.mu.Lock()
	one := s.sessions.get(r.PathValue("id"))
	if one == nil {
		s.mu.Unlock()
		show(w, r, view{Problem: wordsOf("pt-BR").NotFound}, http.StatusNotFound)
		return
	}
	shown := s.sessionView(one)
	s.mu.Unlock()
	if problem != "" {
		shown.Problem = problem
	}
	show(w, r, shown, http.StatusOK)
}

// sessionView is made under the lock.
func (s *Server) sessionView(one *session) view {
	p := s.prices.get(one.Price)
	t := wordsOf(one.Locale)
	currency := money.Currency(strings.ToUpper(p.Currency))
	off := s.discount(one.Coupon, p.Amount)
	shown := view{Lang: langOf(one.Locale), Title: s.products.get(p.Product).Name, Amount: (p.Amount - off).Text(currency), Each: t.Each[p.Interval], Back: one.Cancel, BackName: t.Cancel}
	if off > 0 {
		c := s.coupons.get(one.Coupon)
		named := strings.NewReplacer("{price}", p.Amount.Text(currency), "{off}", off.Text(currency), "{months}", stamped(c.Months))
		shown.Notes = append(shown.Notes, named.Replace(t.Discount[c.Duration]))
	}
	if one.TrialDays > 0 {
		shown.Notes = append(shown.Notes, strings.ReplaceAll(t.Trial, "{days}", stamped(one.TrialDays)))
	}
	switch {
	case one.Status == expired:
		shown.Status = t.Expired
	case one.Status == complete && one.PaymentStatus != unpaid:
		shown.Status, shown.Back, shown.BackName = t.Paid, successURL(one), t.Return
	case one.Status == complete:
		s.addVoucher(&shown, s.invoices.get(one.Invoice), t)
		shown.Back, shown.BackName = successURL(one), t.Later
	default:
		shown.Buttons = checkoutButtons(one.Methods, t)
		if one.Refused {
			shown.Problem = t.Refused
		}
	}
	return shown
}

func checkoutButtons(methods []string, t words) (list []button) {
	for _, one := range methods {
		list = append(list, button{Value: one, Name: t.PayBy[one]})
	}
	if slices.Contains(methods, byCard) {
		list = append(list, button{Value: chooseDeclined, Name: t.PayBy[chooseDeclined], Quiet: true})
	}
	return list
}

// addVoucher adds what an open invoice is paid with later.
func (s *Server) addVoucher(shown *view, v *invoice, t words) {
	i := s.intents.get(v.Intent)
	switch {
	case v.Status == paid:
		shown.Status = t.Paid
	case v.Status == void:
		shown.Status = t.Expired
	case i != nil && i.Status == needsAction:
		shown.Status, shown.Code = t.Waiting, i.Code
		kind := s.methods.get(i.Method).Type
		shown.CodeName = t.Code[kind]
		if kind == byPix {
			shown.Picture = picture(i.Code)
		}
		shown.Buttons = []button{{Value: "pay", Name: t.PayNow}}
	case i != nil && i.Code != "":
		shown.Status = t.Lapsed
		shown.Buttons = []button{{Value: byCard, Name: t.PayBy[byCard]}}
	default:
		shown.Status = t.Open
		shown.Buttons = []button{{Value: byCard, Name: t.PayBy[byCard]}}
	}
}

// picture draws a Pix code; empty when it is too long for one.
func picture(code string) template.URL {
	drawn, err := qr.Encode(code, qr.M)
	if err != nil {
		return ""
	}
	drawn.Scale = 6
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn.PNG())) //nolint:gosec // a picture that was drawn here
}

func successURL(one *session) string {
	return strings.ReplaceAll(one.Success, "{CHECKOUT_SESSION_ID}", one.ID)
}

// actOnSession is a press of a button of a checkout.
func (s *Server) actOnSession(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	sessionID, action := r.PathValue("id"), r.FormValue("action")
	s.mu.Lock()
	one := s.sessions.get(sessionID)
	var err error
	if action == "pay" {
		_, err = s.payVoucher(Pay{Session: sessionID})
	} else {
		one, err = s.choose(sessionID, action)
	}
	done := err == nil && one != nil && one.Status == complete && one.PaymentStatus != unpaid
	target := ""
	if done {
		target = successURL(one)
	}
	s.mu.Unlock()
	s.answerPage(w, r, err, target, s.showSession)
}

// answerPage shows a page after a press: the next place, or the same one with why
// not.
func (s *Server) answerPage(w http.ResponseWriter, r *http.Request, err error, target string, again func(http.ResponseWriter, *http.Request, string)) {
	if err == nil {
		err = s.journal.Flush()
	}
	if err != nil {
		again(w, r, fault.MessageOf(err))
		return
	}
	if target == "" {
		target = r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] // the same page, wherever this server is mounted
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// showInvoice shows the page of an invoice.
func (s *Server) showInvoice(w http.ResponseWriter, r *http.Request, problem string) {
	s.mu.Lock()
	v := s.invoices.get(r.PathValue("id"))
	if v == nil {
		s.mu.Unlock()
		show(w, r, view{Problem: wordsOf("pt-BR").NotFound}, http.StatusNotFound)
		return
	}
	locale := s.localeOf(v.Customer)
	t := wordsOf(locale)
	shown := view{Lang: langOf(locale), Title: t.Invoice + " " + v.Number, Amount: v.Due.Text(money.Currency(strings.ToUpper(v.Currency))), Problem: problem}
	for _, l := range v.Lines {
		shown.Notes = append(shown.Notes, l.Description+": "+l.Amount.Text(money.Currency(strings.ToUpper(v.Currency))))
	}
	s.addVoucher(&shown, v, t)
	s.mu.Unlock()
	show(w, r, shown, http.StatusOK)
}

func (s *Server) localeOf(customerID string) string {
	if of := s.customers.get(customerID); of != nil && len(of.Locales) > 0 {
		return of.Locales[0]
	}
	return "pt-BR"
}

func (s *Server) actOnInvoice(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mu.Lock()
	_, err := s.payVoucher(Pay{Invoice: r.PathValue("id"), Card: r.FormValue("action") == byCard})
	s.mu.Unlock()
	s.answerPage(w, r, err, "", s.showInvoice)
}

// The ways to pay that the portal offers; the bad card is taken, and refused at
// the next renewal.
const chooseBad = "bad"

func (s *Server) showPortal(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	one := s.portals.get(r.PathValue("id"))
	if one == nil {
		s.mu.Unlock()
		show(w, r, view{Problem: wordsOf("pt-BR").NotFound}, http.StatusNotFound)
		return
	}
	locale := s.localeOf(one.Customer)
	t := wordsOf(locale)
	shown := view{Lang: langOf(locale), Title: t.Portal, Back: one.Return, BackName: t.Return}
	for _, u := range s.subscriptions.newest(func(u *subscription) bool { return u.Customer == one.Customer && u.Status != canceled }) {
		if m := s.methods.get(u.Method); m != nil {
			shown.Notes = append(shown.Notes, strings.TrimSpace(s.products.get(s.prices.get(u.Price).Product).Name+": "+t.Method[m.Type]+" "+m.Last4))
		}
	}
	s.mu.Unlock()
	for _, kind := range []string{byCard, chooseBad, byPix, byBoleto} {
		shown.Buttons = append(shown.Buttons, button{Value: kind, Name: t.Use[kind], Quiet: kind == chooseBad})
	}
	show(w, r, shown, http.StatusOK)
}

func (s *Server) actOnPortal(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	action := r.FormValue("action")
	s.mu.Lock()
	one := s.portals.get(r.PathValue("id"))
	target := ""
	var err error
	switch {
	case one == nil:
		err = fault.New(fault.NotFound, "no such page")
	case !slices.Contains([]string{byCard, chooseBad, byPix, byBoleto}, action):
		err = fault.OnField("action", "no such way to pay")
	default:
		s.changeMethod(one.Customer, action)
		target = one.Return
	}
	s.mu.Unlock()
	s.answerPage(w, r, err, target, func(w http.ResponseWriter, r *http.Request, _ string) { s.showPortal(w, r) })
}

// changeMethod gives a payer's subscriptions another way to pay.
func (s *Server) changeMethod(customerID, action string) {
	kind := action
	if action == chooseBad {
		kind = byCard
	}
	m := s.newMethod(customerID, kind)
	if kind == byCard {
		m.Brand, m.Last4 = "mastercard", "4444"
	}
	if action == chooseBad {
		m.Brand, m.Last4 = "visa", "0341"
	}
	s.methods.put(m.ID, m)
	for _, u := range s.subscriptions.newest(func(u *subscription) bool { return u.Customer == customerID && u.Status != canceled }) {
		u.Method = m.ID
		s.subscriptions.put(u.ID, u)
		s.emit("customer.subscription.updated", s.viewSubscription(u))
	}
}

func langOf(locale string) string {
	if locale == "en" {
		return "en"
	}
	return "pt-BR"
}

func show(w http.ResponseWriter, _ *http.Request, shown view, status int) {
	if shown.Lang == "" {
		shown.Lang = "pt-BR"
	}
	shown.Words, shown.Nonce = wordsOf(shown.Lang), rand.Text()
	// Where a button leads in the end must be named: browsers check a form's
	// redirects too.
	places := "'self'"
	if target, err := url.Parse(shown.Back); err == nil && target.Host != "" {
		places += " " + target.Scheme + "://" + target.Host
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-"+shown.Nonce+"'; form-action "+places+"; base-uri 'none'; frame-ancestors 'none'")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_ = pageForm.Execute(w, shown) // a payer who hung up is nobody's problem
}
