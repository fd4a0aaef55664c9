package zoho

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/crm"
)

func isRefusal(err error) bool { return fault.CodeOf(err) == fault.Refused }

// failure is the vendor's error object; details vary by code.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
	Details struct {
		APIName   string            `json:"api_name"`
		Path      string            `json:"json_path"`
		Length    json.Number       `json:"maximum_length"`
		Type      string            `json:"expected_data_type"`
		Values    []json.RawMessage `json:"supported_values"`
		Duplicate struct {
			ID string `json:"id"`
		} `json:"duplicate_record"`
		Errors []failure `json:"errors"`
	} `json:"details"`
}

// kinds is what each code means. Source: "Status Codes" and the table of
// reference acquisition, section 3.1.
func kinds() map[string]crm.Kind {
	return map[string]crm.Kind{
		"INTERNAL_ERROR": crm.Down, "INTERNAL_SERVER_ERROR": crm.Down, "DEPENDENT_SERVICE_ERROR": crm.Down,
		"INVALID_TOKEN": crm.Stale, "AUTHENTICATION_FAILURE": crm.Stale, "INVALID_OAUTHTOKEN": crm.Stale,
		"OAUTH_SCOPE_MISMATCH": crm.Locked, "NO_PERMISSION": crm.Locked, "AUTHORIZATION_FAILED": crm.Locked,
		"INVALID_URL_PATTERN": crm.Locked, "INVALID_MODULE": crm.Locked, "INVALID_REQUEST_METHOD": crm.Locked, "NOT_SUPPORTED_FEATURE": crm.Locked,
		"TOO_MANY_REQUESTS": crm.Throttled, "LIMIT_EXCEEDED": crm.Throttled,
		"INVALID_DATA": crm.Refused, "MANDATORY_NOT_FOUND": crm.Refused, "DEPENDENT_FIELD_MISSING": crm.Refused, "DEPENDENT_MISMATCH": crm.Refused,
		"DEPENDENT_FIELD_MISMATCH": crm.Refused, "DUPLICATE_DATA": crm.Refused, "MULTIPLE_OR_MULTI_ERRORS": crm.Refused, "EXPECTED_FIELD_MISSING": crm.Refused,
		"RECORD_LOCKED": crm.Held, "RECORD_IN_BLUEPRINT": crm.Held, "NOT_APPROVED": crm.Held, "ALREADY_MODIFIED": crm.Held,
	}
}

// kindOf gives what a code means; one that is not known is judged by its status.
func kindOf(code string, status int) crm.Kind {
	if kind, known := kinds()[code]; known {
		return kind
	}
	switch {
	case status == http.StatusUnauthorized:
		return crm.Stale
	case status == http.StatusTooManyRequests:
		return crm.Throttled
	case status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status >= 300 && status < 400:
		return crm.Locked
	case status == http.StatusPreconditionFailed:
		return crm.Held
	case status >= 500 || status == http.StatusRequestTimeout || status < 300:
		return crm.Down
	default:
		return crm.Refused
	}
}

// judge reads an answer that is no success: a bare error object, or one with
// data[].
func judge(status int, body []byte) *crm.Trouble {
	var answer struct {
		failure
		Data []failure `json:"data"`
	}
	// What is not of that form, such as a proxy's page, is judged by its status.
	if json.Unmarshal(body, &answer) != nil {
		return failure{}.trouble(status)
	}
	if len(answer.Data) > 0 {
		return answer.Data[0].trouble(status)
	}
	return answer.trouble(status)
}

// trouble says what a failure means.
func (f failure) trouble(status int) *crm.Trouble {
	t := &crm.Trouble{Kind: kindOf(f.Code, status)}
	if f.Code == "" {
		t.Message = "Zoho answered " + strconv.Itoa(status)
		return t
	}
	first := f
	if f.Code == "MULTIPLE_OR_MULTI_ERRORS" && len(f.Details.Errors) > 0 {
		first = f.Details.Errors[0]
		var parts []string
		for _, one := range f.Details.Errors[:min(len(f.Details.Errors), 5)] {
			parts = append(parts, one.sentence())
		}
		t.Message = "Zoho: " + strings.Join(parts, "; ")
	} else {
		t.Message = "Zoho: " + f.sentence()
	}
	t.Field = clip(first.Details.Path)
	if t.Kind == crm.Refused {
		t.Ours = ours(first.Details.APIName, t.Field)
	}
	return t
}

// sentence says a failure to an operator.
func (f failure) sentence() string {
	text := clip(f.Code)
	if f.Details.APIName != "" {
		text += " " + clip(f.Details.APIName)
	}
	if f.Message != "" {
		text += ": " + clip(f.Message)
	}
	var more []string
	if f.Details.Length != "" {
		more = append(more, "at most "+clip(f.Details.Length.String())+" characters")
	}
	if f.Details.Type != "" {
		more = append(more, "a "+clip(f.Details.Type)+" is expected")
	}
	if f.Details.Duplicate.ID != "" {
		more = append(more, "record "+clip(f.Details.Duplicate.ID)+" has it already")
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	return text
}

// ours gives our name of a field of theirs; custom fields are named by settings.
func ours(name, path string) string {
	if name == "" {
		_, name, _ = strings.Cut(path, "].")
	}
	return map[string]string{
		"Account_Name": "name", "Last_Name": "name", "First_Name": "name", "Email": "email", "Phone": "phone", "Company": "name",
		"Billing_Street": "street", "Billing_City": "city", "Billing_State": "state", "Billing_Code": "zip", "Billing_Country": "country",
		"Deal_Name": "name", "Amount": "amount", "Closing_Date": "closing", "Stage": "stage", "Pipeline": "pipeline",
	}[name]
}

// said bounds what is shown of the vendor's words, in bytes.
const said = 200

// clip makes a text of the vendor fit for one line of a page.
func clip(text string) string {
	text = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text), "")
	if len(text) > said {
		text = strings.ToValidUTF8(text[:said], "") + "…"
	}
	return text
}
