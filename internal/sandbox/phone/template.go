package phone

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"prosa/internal/sandbox/meta"
)

// whatsappNote draws what is no message: a call, a wish about marketing.
func (h *Handler) whatsappNote(m meta.Message) Bubble {
	b := Bubble{ID: whatsappID + m.ID, Chat: whatsappChat(m.Number, m.Customer), Dir: Mine, Kind: m.Type, At: m.AtMS, Text: m.Text, Tick: m.Status}
	if m.Dir == meta.Outbound {
		b.Dir = Theirs
	}
	return b
}

// definition is a template's components in Meta's own form.
type definition struct {
	Type    string
	Format  string
	Text    string
	Buttons []struct {
		Type, Text, URL string
		Phone           string `json:"phone_number"`
	}
}

// templateUse is what a call puts into a template.
type templateUse struct {
	Type       string
	SubType    string `json:"sub_type"`
	Index      any
	Parameters []struct {
		Type, Text, Payload    string
		Name                   string `json:"parameter_name"`
		Coupon                 string `json:"coupon_code"`
		Image, Video, Document *graphMedia
	}
}

// drawTemplate draws a template message: its header, footer and buttons are those
// of the definition, filled by the call.
func (h *Handler) drawTemplate(b *Bubble, m meta.Message) {
	var call struct {
		Template struct{ Components []templateUse }
	}
	_ = json.Unmarshal(m.Content, &call) // it was taken once; a shape of another kind only shows less
	uses := call.Template.Components
	template, known := h.config.Meta.TemplateOf(m)
	var parts []definition
	if !known || json.Unmarshal(template.Components, &parts) != nil {
		parts = nil
	}
	b.Header = h.templateHeader(parts, uses)
	drawn := map[string]bool{}
	for _, part := range parts {
		switch strings.ToUpper(part.Type) {
		case "FOOTER":
			b.Footer = part.Text
		case "BUTTONS":
			for i, button := range part.Buttons {
				choice := templateButton(i, button.Type, button.Text, button.URL, button.Phone, uses)
				// A quick reply without a payload of the call has one all the same.
				if choice.Kind == "reply" && m.Shown != nil && i < len(m.Shown.Buttons) {
					choice.ID = m.Shown.Buttons[i].Value
				}
				choice.Chosen = m.Chosen != "" && m.Chosen == choice.ID
				drawn[choice.ID] = true
				b.Rows = append(b.Rows, []Choice{choice})
			}
		}
	}
	for _, choice := range meta.Choices(m) {
		if !drawn[choice.ID] {
			b.Rows = append(b.Rows, []Choice{{ID: choice.ID, Text: choice.Title, Kind: "reply", Chosen: m.Chosen == choice.ID}})
		}
	}
}

func (h *Handler) templateHeader(parts []definition, uses []templateUse) *Header {
	var header *Header
	for _, part := range parts {
		if strings.EqualFold(part.Type, "HEADER") && strings.EqualFold(part.Format, "TEXT") {
			header = &Header{Text: part.Text}
		}
	}
	for _, use := range uses {
		if !strings.EqualFold(use.Type, "header") {
			continue
		}
		for i, p := range use.Parameters {
			if p.Type == "text" && header != nil {
				header.Text = filledIn(header.Text, i, p.Name, p.Text)
			}
			for _, media := range []*graphMedia{p.Image, p.Video, p.Document} {
				if media != nil {
					header = &Header{Media: h.graphMedia(media)}
				}
			}
		}
	}
	return header
}

// templateButton draws the button of a number, filled by the call.
func templateButton(i int, kind, text, address, phone string, uses []templateUse) Choice {
	choice := Choice{ID: fmt.Sprintf("button-%d", i), Text: text, Kind: "other"}
	var payload, tail, coupon string
	for _, use := range uses {
		if !strings.EqualFold(use.Type, "button") || fmt.Sprint(use.Index) != fmt.Sprint(i) {
			continue
		}
		for _, p := range use.Parameters {
			payload, tail, coupon = payload+p.Payload, tail+p.Text, coupon+p.Coupon
		}
	}
	switch strings.ToUpper(kind) {
	case "QUICK_REPLY":
		choice.Kind = "reply"
		if payload != "" {
			choice.ID = payload
		}
	case "URL":
		choice.Kind, choice.Value = "url", filledIn(address, 0, "", tail)
	case "PHONE_NUMBER":
		choice.Kind, choice.Value = "phone", phone
	case "COPY_CODE":
		choice.Kind, choice.Value = "copy", coupon
	case "FLOW":
		choice.Kind = "flow"
	}
	return choice
}

// gap finds the places of variables: {{1}} or {{name}}.
var gap = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// filledIn fills the variable of a number (from 0) or of a name.
func filledIn(text string, number int, name, value string) string {
	return gap.ReplaceAllStringFunc(text, func(found string) string {
		inside := strings.Trim(found, "{} ")
		if inside == name || inside == fmt.Sprint(number+1) {
			return value
		}
		return found
	})
}

// fillForm makes the answer of a form that a message offers, with the token that
// the business gave.
func (h *Handler) fillForm(target meta.Message, values map[string]string) json.RawMessage {
	var g graphMessage
	answer := map[string]string{}
	if json.Unmarshal(target.Content, &g) == nil && g.Interactive != nil {
		answer["flow_token"] = g.Interactive.Action.Parameters.FlowToken
	}
	if answer["flow_token"] == "" {
		answer["flow_token"] = "unused"
	}
	for name, value := range values {
		answer[name] = value
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return nil // texts always encode
	}
	return raw
}

// filledForm draws what a filled form says.
func filledForm(response string) *Form {
	var fields map[string]any
	if json.Unmarshal([]byte(response), &fields) != nil {
		return nil
	}
	form := &Form{Fields: []Field{}}
	for name, value := range fields {
		if name != "flow_token" {
			form.Fields = append(form.Fields, Field{Name: name, Value: fmt.Sprint(value)})
		}
	}
	sort.Slice(form.Fields, func(i, j int) bool { return form.Fields[i].Name < form.Fields[j].Name })
	return form
}

// adReferral is what a click on an advert leaves in a message.
func adReferral(title string) json.RawMessage {
	if title == "" {
		title = "Anúncio"
	}
	raw, err := json.Marshal(map[string]string{
		"source_url": "https://fb.me/ad", "source_id": "120200000000000000", "source_type": "ad", "headline": title, "body": title,
		"media_type": "image", "image_url": "https://scontent.xx.fbcdn.net/ad.jpg", "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwFF4XvnO2E4Nx0-eM-GABDLOPaOdRMv-_zfUQ2a",
	})
	if err != nil {
		return nil // texts always encode
	}
	return raw
}
