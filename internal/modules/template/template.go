package template

import (
	"strings"

	"prosa/internal/message"
)

// Category says what a template is for, which decides its price and who may get
// it.
type Category string

// Categories, as the platform names them in lower case.
const (
	Marketing      Category = "marketing"
	Utility        Category = "utility"
	Authentication Category = "authentication"
)

// Status is what the platform says of a template, in lower case. Words that are
// not listed here are kept as they came.
type Status string

// Statuses. Gone is ours: a whole reading did not find it any more.
const (
	Approved        Status = "approved"
	Pending         Status = "pending"
	Rejected        Status = "rejected"
	Paused          Status = "paused"
	Disabled        Status = "disabled"
	Archived        Status = "archived"
	InAppeal        Status = "in_appeal"
	PendingDeletion Status = "pending_deletion"
	Deleted         Status = "deleted"
	Gone            Status = "gone"
)

// Kinds of header.
const (
	HeaderText     = "text"
	HeaderImage    = "image"
	HeaderVideo    = "video"
	HeaderDocument = "document"
	HeaderLocation = "location"
)

// Header stands above the words.
type Header struct {
	Kind string `json:"kind" enum:"text,image,video,document,location"`
	Text string `json:"text,omitempty" doc:"Of kind text; may hold one variable."`
	// Sample is a file of ours that shows the platform what will stand there, and
	// stands there where a message brings none of its own.
	Sample *message.Media `json:"sample,omitempty"`
}

// Kinds of button that we write. Others, made elsewhere, are kept by the
// platform's name in lower case.
const (
	ButtonReply = "quick_reply"
	ButtonURL   = "url"
	ButtonPhone = "phone_number"
	ButtonCode  = "copy_code"
	ButtonOTP   = "otp"
)

// Button stands below the words.
type Button struct {
	Kind  string `json:"kind" doc:"quick_reply, url, phone_number, copy_code; or one that was made at the platform: otp, flow, catalog, ..."`
	Text  string `json:"text" doc:"Its label; the platform writes that of copy_code by itself."`
	URL   string `json:"url,omitempty" doc:"Of kind url; may end in {{1}}."`
	Phone string `json:"phone,omitempty" doc:"Of kind phone_number, with + and country."`
}

// Definition is what the customer gets, with gaps for variables.
type Definition struct {
	Format  Format   `json:"format,omitempty" enum:"positional,named"`
	Header  *Header  `json:"header,omitempty"`
	Body    string   `json:"body"`
	Footer  string   `json:"footer,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
	// Samples are values by the key of their variable, shown to the platform's
	// reviewers and proposed in the preview.
	Samples map[string]string `json:"samples,omitempty"`
	// Foreign names what the template holds and we can't fill in: "carousel", ...
	Foreign []string `json:"foreign,omitempty"`
}

// Variable is a gap that wants a value. Its key is the variable's name in the
// body ("1", "first_name"), with "header." before it in the header, and
// "button.N" (from 1) for what is put at the end of a button's address or copied
// by it.
type Variable struct {
	Key    string `json:"key"`
	In     string `json:"in" enum:"header,body,button"`
	Sample string `json:"sample,omitempty"`
	// Max is how many UTF-16 units its value may have at most, alone.
	Max int `json:"max"`
}

// Template is a message that the platform has to approve, and may be sent when
// the customer's window is closed.
type Template struct {
	TenantID string   `json:"-"`
	ID       string   `json:"id"`
	WABA     string   `json:"waba_id" doc:"The WhatsApp business account; its numbers share its templates."`
	Name     string   `json:"name"`
	Language string   `json:"language" doc:"As the platform writes it: pt_BR, en_US."`
	Category Category `json:"category"`
	Status   Status   `json:"status" doc:"approved, pending, rejected, paused, disabled, archived, ...; gone: the platform has it no more."`
	Quality  string   `json:"quality,omitempty" doc:"green, yellow, red or unknown."`
	Reason   string   `json:"reason,omitempty" doc:"Why it stands so, in the platform's words."`
	Definition
	ExternalID string `json:"external_id,omitempty" doc:"The platform's id."`
	// EditedMS are the times of our edits, the last thirty days of them.
	EditedMS  []int64 `json:"edited_ms,omitempty"`
	StatusMS  int64   `json:"status_ms" doc:"When the status was told."`
	CreatedMS int64   `json:"created_ms"`
	UpdatedMS int64   `json:"updated_ms"`
	SyncedMS  int64   `json:"synced_ms,omitempty" doc:"When it was read from the platform last; absent: never."`

	// Worked out when it is read.
	Variables []Variable `json:"variables" doc:"What a message has to fill in."`
	Obstacle  string     `json:"obstacle,omitempty" doc:"Why it can't be sent, as a reason: not_approved, paused, disabled, gone, foreign; absent when it can."`
	Editable  Editable   `json:"editable"`

	statusMS, qualityMS, categoryMS int64
	version                         int64
}

// Editable says whether a template may be edited now.
type Editable struct {
	OK bool `json:"ok"`
	// Reason is pending, status, day (once in 24 hours) or month (ten times in 30
	// days).
	Reason  string `json:"reason,omitempty" enum:"pending,status,day,month"`
	UntilMS int64  `json:"until_ms,omitempty" doc:"From then on it may."`
}

// Rules of edits of approved templates (Business Management API, edit
// templates).
const (
	dayMS      = int64(24 * 60 * 60 * 1000)
	editsMonth = 10
	monthMS    = 30 * dayMS
)

// editable decides by the status and the edits before.
func (t *Template) editable(nowMS int64) Editable {
	switch t.Status {
	case Rejected, Paused:
		return Editable{OK: true}
	case Approved:
	case Pending, InAppeal:
		return Editable{Reason: "pending"}
	default:
		return Editable{Reason: "status"}
	}
	recent := since(t.EditedMS, nowMS-monthMS)
	if n := len(recent); n > 0 && recent[n-1] > nowMS-dayMS {
		return Editable{Reason: "day", UntilMS: recent[n-1] + dayMS}
	}
	if len(recent) >= editsMonth {
		return Editable{Reason: "month", UntilMS: recent[len(recent)-editsMonth] + monthMS}
	}
	return Editable{OK: true}
}

// since keeps the times after one; they are in order.
func since(times []int64, afterMS int64) []int64 {
	for len(times) > 0 && times[0] <= afterMS {
		times = times[1:]
	}
	return times
}

// obstacle is why a template can't be sent, empty when it can.
func (t *Template) obstacle() string {
	switch {
	case t.Status == Gone || t.Status == Deleted || t.Status == PendingDeletion:
		return "gone"
	case t.Status == Paused:
		return "paused"
	case t.Status == Disabled:
		return "disabled"
	case t.Status != Approved:
		return "not_approved"
	case len(t.Foreign) > 0:
		return "foreign"
	}
	return ""
}

// finish fills in what is worked out.
func (t *Template) finish(nowMS int64) {
	t.Variables, t.Obstacle, t.Editable = t.variables(), t.obstacle(), t.editable(nowMS)
	t.StatusMS = t.statusMS
}

// variables lists the gaps in the order in which a person meets them. What can't
// be parsed has none: the platform has approved it, so it means its braces.
func (d *Definition) variables() []Variable {
	list := []Variable{}
	add := func(in, key string, most int) {
		list = append(list, Variable{Key: key, In: in, Sample: d.Samples[key], Max: most})
	}
	if h := d.Header; h != nil {
		switch h.Kind {
		case HeaderText:
			for _, name := range named(meant(h.Text)) {
				add("header", "header."+name, maxHeader)
			}
		case HeaderLocation:
			for _, name := range placeKeys {
				add("header", "header."+name, maxPlace)
			}
		}
	}
	for _, name := range named(meant(d.Body)) {
		add("body", name, maxBody)
	}
	for n, b := range d.Buttons {
		switch {
		case b.Kind == ButtonURL && strings.Contains(b.URL, "{{"):
			add("button", buttonKey(n), maxURL)
		case b.Kind == ButtonCode:
			add("button", buttonKey(n), maxCode)
		}
	}
	return list
}

// placeKeys are the values of a header that shows a place.
var placeKeys = []string{"latitude", "longitude", "name", "address"}
