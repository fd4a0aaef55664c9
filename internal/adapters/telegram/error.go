package telegram

import (
	"net/http"
	"strconv"
	"strings"

	"prosa/internal/modules/channel"
)

// refusal is an answer of the Bot API without a result (Bot API,
// "Making requests").
type refusal struct {
	OK          bool   `json:"ok"`
	Code        int    `json:"error_code"`
	Description string `json:"description"`
	Parameters  struct {
		RetryAfter int64 `json:"retry_after"` // seconds
	} `json:"parameters"`
}

// unreachable are the beginnings of what a 403 says when the customer cannot be
// written to at all. Telegram adds words to them now and then.
var unreachable = []string{
	"forbidden: bot was blocked by the user",
	"forbidden: user is deactivated",
	"forbidden: bot can't initiate conversation",
}

// classify decides what an answer that is not a success means. The code of the
// body counts before the status of HTTP.
func classify(status int, body []byte) *channel.SendError {
	var r refusal
	if read(body, &r) != nil || r.Code == 0 {
		r = refusal{Code: status, Description: "the platform answered " + strconv.Itoa(status) + " without a reason"}
	}
	failure := &channel.SendError{Code: strconv.Itoa(r.Code), Message: r.Description}
	switch {
	case r.Code == http.StatusTooManyRequests:
		// The chat first; whoever sees several chats wait holds back the bot.
		failure.Class, failure.Scope = channel.Throttled, channel.OneCustomer
		failure.AfterMS = max(r.Parameters.RetryAfter, 0) * 1000
	case r.Code >= 500, r.Code == http.StatusConflict:
		failure.Class = channel.Retry
	case r.Code == http.StatusUnauthorized, r.Code == http.StatusNotFound:
		failure.Class = channel.Stop // token revoked, or wrong from the start
	case r.Code == http.StatusForbidden && startsWithAny(strings.ToLower(r.Description), unreachable):
		failure.Class = channel.Dead
	default:
		failure.Class = channel.Rejected
	}
	return failure
}

func startsWithAny(text string, beginnings []string) bool {
	for _, beginning := range beginnings {
		if strings.HasPrefix(text, beginning) {
			return true
		}
	}
	return false
}
