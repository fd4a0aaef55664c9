package whatsapp

import (
	"errors"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/template"
)

// formFields are the subcodes about the form of a template, with the field that
// each is about (Meta: WhatsApp Business Platform, Error Codes, template
// creation).
var formFields = map[int]string{
	2388040: "",       // a field is too long
	2388047: "header", // format of the header
	2388072: "body",   // format of the body
	2388073: "footer", // format of the footer
	2388293: "body",   // too many variables for so few words
	2388299: "body",   // a variable at the beginning or end
}

// templateFault says what an error of a call about templates means. The
// sentence is Meta's where it has one for people.
func templateFault(err error) error {
	var failure *channel.SendError
	if err == nil || !errors.As(err, &failure) {
		return err
	}
	first, second, _ := strings.Cut(failure.Code, "/")
	code, _ := strconv.Atoi(first) // "http_503", "network": 0
	subcode, _ := strconv.Atoi(second)
	if field, form := formFields[subcode]; form {
		return &fault.Error{Code: fault.Refused, Reason: template.ReasonForm, Field: field, Message: "WhatsApp refused the form of the template: " + failure.Message}
	}
	switch {
	case subcode == 2388024:
		return &fault.Error{Code: fault.Conflict, Reason: template.ReasonExists, Field: "name", Message: "WhatsApp has a template of this name in this language already"}
	case subcode == 2388023:
		return &fault.Error{Code: fault.Refused, Reason: template.ReasonNameKept, Field: "name", Message: "a template of this name was deleted lately: WhatsApp keeps the name for up to 30 days, choose another"}
	case subcode == 2388019:
		return fault.Refuse(template.ReasonTooMany, "the business account may have no more templates: delete some first")
	case code == 4 || code == 17 || code == 32 || code == 613 || code == 80007 || code == 80008 || code == 80014 || failure.Class == channel.Throttled:
		return fault.New(fault.RateLimited, "WhatsApp asks to wait with templates: %s", failure.Message)
	case code == 190 || code == 102 || code == 3 || code == 10 || code >= 200 && code <= 299 || failure.Class == channel.Stop || failure.Code == "0":
		return fault.Refuse(template.ReasonCredentials, "WhatsApp does not let the token manage templates (whatsapp_business_management): %s", failure.Message)
	case code == 100 && subcode == 33, failure.Code == "http_404", code == 803:
		return fault.Refuse(template.ReasonAbsent, "WhatsApp does not know this template or business account, or the token may not see it: %s", failure.Message)
	case code == 1 || code == 2 || code == 131000 || failure.Class == channel.Retry:
		return fault.New(fault.Unavailable, "WhatsApp has trouble: %s", failure.Message)
	case failure.Class == channel.Ambiguous:
		return fault.New(fault.Unavailable, "WhatsApp did not answer, and may have done it: read the templates again")
	default:
		return fault.Refuse(template.ReasonRefused, "WhatsApp refused: %s", failure.Message)
	}
}

// templateReason gives the reason of a fault, empty for any other error.
func templateReason(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Reason
	}
	return ""
}
