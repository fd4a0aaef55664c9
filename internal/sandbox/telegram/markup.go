package telegram

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Button is a button of an inline keyboard or a key of a reply keyboard.
type Button struct {
	Text            string          `json:"text"`
	CallbackData    *string         `json:"callback_data,omitempty"`
	URL             string          `json:"url,omitempty"`
	Pay             bool            `json:"pay,omitempty"`
	WebApp          json.RawMessage `json:"web_app,omitempty"`
	LoginURL        json.RawMessage `json:"login_url,omitempty"`
	SwitchInline    *string         `json:"switch_inline_query,omitempty"`
	SwitchCurrent   *string         `json:"switch_inline_query_current_chat,omitempty"`
	SwitchChosen    json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	CopyText        *copyText       `json:"copy_text,omitempty"`
	Game            json.RawMessage `json:"callback_game,omitempty"`
	RequestContact  bool            `json:"request_contact,omitempty"`
	RequestLocation bool            `json:"request_location,omitempty"`
	RequestPoll     json.RawMessage `json:"request_poll,omitempty"`
	RequestUsers    json.RawMessage `json:"request_users,omitempty"`
	RequestChat     json.RawMessage `json:"request_chat,omitempty"`
	Style           string          `json:"style,omitempty"`
	EmojiID         string          `json:"icon_custom_emoji_id,omitempty"`
}

type copyText struct {
	Text string `json:"text"`
}

// Markup is a reply_markup of any kind.
type Markup struct {
	Inline      [][]Button `json:"inline_keyboard,omitempty"`
	Keyboard    [][]Button `json:"keyboard,omitempty"`
	Persistent  bool       `json:"is_persistent,omitempty"`
	Resize      bool       `json:"resize_keyboard,omitempty"`
	OneTime     bool       `json:"one_time_keyboard,omitempty"`
	Placeholder string     `json:"input_field_placeholder,omitempty"`
	Selective   bool       `json:"selective,omitempty"`
	Remove      bool       `json:"remove_keyboard,omitempty"`
	Force       bool       `json:"force_reply,omitempty"`
}

// UnmarshalJSON lets a key be a plain string, as the Bot API does.
func (b *Button) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &b.Text)
	}
	type plain Button
	return json.Unmarshal(raw, (*plain)(b))
}

// readMarkup checks a reply_markup; nil when there is none.
func readMarkup(raw string) (*Markup, *apiError) {
	if raw == "" || raw == "{}" || raw == "null" {
		return nil, nil
	}
	if raw[0] != '{' {
		return nil, bad("object expected as reply markup")
	}
	var shape struct {
		Inline   json.RawMessage `json:"inline_keyboard"`
		Keyboard json.RawMessage `json:"keyboard"`
	}
	if json.Unmarshal([]byte(raw), &shape) != nil {
		return nil, bad("can't parse reply keyboard markup JSON object")
	}
	var rows [][]json.RawMessage
	if shape.Inline != nil && json.Unmarshal(shape.Inline, &rows) != nil {
		return nil, bad("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
	}
	if shape.Keyboard != nil && json.Unmarshal(shape.Keyboard, &rows) != nil {
		return nil, bad("field \"keyboard\" of the ReplyKeyboardMarkup must be an Array of Arrays")
	}
	markup := &Markup{}
	if err := json.Unmarshal([]byte(raw), markup); err != nil {
		return nil, bad("can't parse reply keyboard markup JSON object")
	}
	total := 0
	for _, row := range markup.Inline {
		total += len(row)
		for _, button := range row {
			if err := button.checkInline(); err != nil {
				return nil, err
			}
		}
	}
	for _, row := range markup.Keyboard {
		for _, key := range row {
			if strings.TrimSpace(key.Text) == "" {
				return nil, bad("can't parse keyboard button: Can't find field \"text\"")
			}
			if key.CallbackData != nil || key.URL != "" {
				return nil, bad("can't parse keyboard button: inline buttons are unallowed in the reply keyboard")
			}
		}
	}
	if total > maxButtons {
		return nil, bad("reply markup is too long")
	}
	if utf8.RuneCountInString(markup.Placeholder) > 64 {
		return nil, bad("input field placeholder is too long")
	}
	return markup, nil
}

func (b Button) checkInline() *apiError {
	if strings.TrimSpace(b.Text) == "" {
		return bad("can't parse inline keyboard button: Can't find field \"text\"")
	}
	switch {
	case b.CallbackData != nil:
		if n := len(*b.CallbackData); n < 1 || n > maxCallback {
			return bad("BUTTON_DATA_INVALID")
		}
	case b.URL != "":
		address, err := url.Parse(b.URL)
		if err != nil || address.Scheme == "" || address.Scheme != "tg" && address.Host == "" {
			return bad("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
		}
	case b.CopyText != nil:
		if n := utf8.RuneCountInString(b.CopyText.Text); n < 1 || n > 256 {
			return bad("COPY_TEXT_INVALID")
		}
	case b.Pay, b.WebApp != nil, b.LoginURL != nil, b.SwitchInline != nil, b.SwitchCurrent != nil, b.SwitchChosen != nil, b.Game != nil:
	default:
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return nil
}
