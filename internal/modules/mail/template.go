package mail

import (
	"bytes"
	"embed"
	"encoding/json"
	html "html/template"
	"maps"
	"slices"
	"strings"
	text "text/template"
	"unicode"

	"prosa/internal/base/fault"
)

// Templates that letters name, with the data that each needs. All take "link",
// which may be empty.
const (
	Invitation      = "invitation"       // company, inviter, role, until, link
	PasswordReset   = "password_reset"   // minutes, link
	PasswordChanged = "password_changed" // when, ip, link
	FactorAdded     = "factor_added"     // when, ip, link
	FactorRemoved   = "factor_removed"   // when, ip, link
	SupportOpened   = "support_opened"   // company, operator, reason, until, link

	// What a company's admins are told about it: company, link.
	CompanyActive    = "company_active"
	CompanyPastDue   = "company_past_due"
	CompanyReadOnly  = "company_read_only"
	CompanySuspended = "company_suspended"
	CompanyCanceled  = "company_canceled"
	// What it used of its plan in a month: company, meter, used, limit, until, link.
	UsageWarning = "usage_warning"
	UsageReached = "usage_reached" // the bots are silent
	UsageBilled  = "usage_billed"  // what is beyond is billed

	// What is paid for a plan: company, link, and of a missing payment days,
	// read_only, suspended; of a trial and an end until; of a change plan, price, due.
	PlanPaymentFailed   = "plan_payment_failed"
	PlanPaymentReminder = "plan_payment_reminder"
	PlanPaymentWarning  = "plan_payment_warning"
	PlanReadOnly        = "plan_read_only"
	PlanSuspended       = "plan_suspended"
	PlanDeletion        = "plan_deletion"
	PlanPaid            = "plan_paid"
	PlanTrialEnding     = "plan_trial_ending"
	PlanTrialOver       = "plan_trial_over"
	PlanChanged         = "plan_changed"
	PlanCanceled        = "plan_canceled"
	PlanResumed         = "plan_resumed"
	PlanEnded           = "plan_ended"

	// ChannelAlarm tells admins that a channel needs them: company, channel, problem.
	ChannelAlarm = "channel_alarm"

	SignupCode     = "signup_code"     // code, minutes, link
	SignupResume   = "signup_resume"   // company, until, link
	SignupExpired  = "signup_expired"  // company, until, link
	SignupWelcome  = "signup_welcome"  // company, contract, until, link
	SignupReminder = "signup_reminder" // company, since, until, link
)

// usualLocale is that of letters in a language without texts.
const usualLocale = "pt-BR"

//go:embed text
var texts embed.FS

// Content is what a mail says: the same as plain text and as HTML.
type Content struct{ Subject, Text, HTML string }

// wording is a template in one language.
type wording struct {
	Subject string   `json:"subject"`
	Title   string   `json:"title"`
	Lines   []string `json:"lines"`
	Button  string   `json:"button"`
	Foot    string   `json:"foot"`
}

// book holds all templates.
type book struct {
	wordings map[string]map[string]wording // by language and template
	layout   *html.Template
}

// openBook reads the templates of the binary.
func openBook() (*book, error) {
	b := &book{wordings: map[string]map[string]wording{}}
	for _, locale := range []string{"pt-BR", "en"} {
		file, err := texts.ReadFile("text/" + locale + ".json")
		if err != nil {
			return nil, err
		}
		var all map[string]wording
		if err := json.Unmarshal(file, &all); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the mails in "+locale+" can't be read")
		}
		b.wordings[locale] = all
	}
	layout, err := html.ParseFS(texts, "text/layout.html")
	b.layout = layout
	return b, err
}

// knows tells whether there is such a template.
func (b *book) knows(template string) bool {
	_, ok := b.wordings[usualLocale][template]
	return ok
}

// render fills a template. Values are texts: nothing in them is markup, a line
// break or a header. Error: fault.Internal for an unknown template or missing
// data.
func (b *book) render(template, locale string, data map[string]string) (Content, error) {
	if _, ok := b.wordings[locale]; !ok {
		locale = usualLocale
	}
	words, ok := b.wordings[locale][template]
	if !ok {
		return Content{}, fault.New(fault.Internal, "there is no mail %q", template)
	}
	clean := map[string]string{}
	for name, value := range data {
		clean[name] = oneLine(value)
	}
	var failed error
	fill := func(pattern string) string {
		filled, err := fillIn(pattern, clean)
		if err != nil && failed == nil {
			failed = fault.Wrap(err, fault.Internal, "the mail "+template+" lacks data")
		}
		return filled
	}
	page := struct {
		Locale, Subject, Title, Button, Foot, Link string
		Lines                                      []string
	}{Locale: locale, Subject: fill(words.Subject), Title: fill(words.Title), Button: fill(words.Button), Foot: fill(words.Foot), Link: clean["link"]}
	for _, line := range words.Lines {
		page.Lines = append(page.Lines, fill(line))
	}
	if failed != nil {
		return Content{}, failed
	}
	var markup bytes.Buffer
	if err := b.layout.Execute(&markup, page); err != nil {
		return Content{}, err
	}
	parts := append([]string{page.Title}, page.Lines...)
	if page.Link != "" {
		parts = append(parts, page.Button+":\n"+page.Link)
	}
	parts = append(parts, page.Foot)
	return Content{Subject: page.Subject, Text: strings.Join(parts, "\n\n") + "\n", HTML: markup.String()}, nil
}

func fillIn(pattern string, data map[string]string) (string, error) {
	parsed, err := text.New("").Option("missingkey=error").Parse(pattern)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = parsed.Execute(&out, data)
	return out.String(), err
}

// oneLine keeps a value from ending a line or turning the direction of text.
func oneLine(value string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(value, ""), func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

// templates lists the names, sorted.
func (b *book) templates() []string { return slices.Sorted(maps.Keys(b.wordings[usualLocale])) }
