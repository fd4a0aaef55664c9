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

// verdict is what an error means: of a code, and where that says too little, of
// the beginning of its description, in lower case. Telegram adds words to its
// descriptions now and then, at the end.
type verdict struct {
	code   int
	begins string
	class  channel.Class
}

// verdicts is read from the top; what it does not name is final for the
// message, and 500 and above may pass later.
var verdicts = []verdict{
	// The chat first; the bot when several chats wait (floods).
	{http.StatusTooManyRequests, "", channel.Throttled},
	{http.StatusUnauthorized, "", channel.Stop}, // token revoked
	{http.StatusNotFound, "", channel.Stop},     // token wrong from the start, or no such method
	{http.StatusConflict, "", channel.Retry},    // another webhook or getUpdates runs
	{http.StatusRequestEntityTooLarge, "", channel.Rejected},
	{http.StatusForbidden, "forbidden: bot was blocked by the user", channel.Dead},
	{http.StatusForbidden, "forbidden: user is deactivated", channel.Dead},
	{http.StatusForbidden, "forbidden: bot can't initiate conversation", channel.Dead},
	{http.StatusForbidden, "forbidden: bot can't send messages to bots", channel.Dead},
	{http.StatusForbidden, "forbidden: bots can't send messages to bots", channel.Dead},
	{http.StatusForbidden, "", channel.Rejected},
	{http.StatusBadRequest, "", channel.Rejected},
}

// classify decides what an answer that is not a success means. The code of the
// body counts before the status of HTTP.
func classify(status int, body []byte) *channel.SendError {
	var r refusal
	if read(body, &r) != nil || r.Code == 0 {
		r = refusal{Code: status, Description: "the platform answered " + strconv.Itoa(status) + " without a reason"}
	}
	failure := &channel.SendError{Class: channel.Rejected, Code: strconv.Itoa(r.Code), Message: r.Description}
	if r.Code >= 500 {
		failure.Class = channel.Retry
	}
	description := strings.ToLower(r.Description)
	for _, v := range verdicts {
		if v.code == r.Code && strings.HasPrefix(description, v.begins) {
			failure.Class = v.class
			break
		}
	}
	if failure.Class == channel.Throttled {
		failure.Scope, failure.AfterMS = channel.OneCustomer, max(r.Parameters.RetryAfter, 0)*1000
	}
	return failure
}

// remedy is what helps against a refusal of the form of a message.
type remedy uint8

const (
	noRemedy   remedy = iota
	done              // what was asked for is so already
	unmarked          // without its formatting
	inOtherWay        // as the next of Part.Instead
)

// remedies name refusals by a part of their description, in lower case.
var remedies = []struct {
	says   string
	remedy remedy
}{
	{"message is not modified", done},
	{"message to delete not found", done},
	{"chat not found", noRemedy},
	{"can't parse entities", unmarked},
	{"can't parse messageentity", unmarked},
	{"entity_", unmarked}, // ENTITY_BOUNDS_INVALID and its like
}

// remedyOf decides what to try after a refusal. Whatever else was wrong with
// the request, the plainer form may pass; of the customer or the chat it will
// not.
func remedyOf(failure *channel.SendError) remedy {
	if failure.Class != channel.Rejected || failure.Code != strconv.Itoa(http.StatusBadRequest) && failure.Code != unfetched {
		return noRemedy
	}
	description := strings.ToLower(failure.Message)
	for _, known := range remedies {
		if strings.Contains(description, known.says) {
			return known.remedy
		}
	}
	return inOtherWay
}
