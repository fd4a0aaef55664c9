package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/clock"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// call is one method with its arguments.
type call struct {
	method     string
	body       []byte // JSON
	files      []*attachment
	deliveryID string
}

// malformed is the code of a token that is not worth a call.
const malformed = "token"

// do makes the call and gives its result. Error: *channel.SendError, always.
func (a *Adapter) do(ctx context.Context, account channel.Account, c call) (jsontext.Value, error) {
	token := account.Credential(Token).Reveal()
	if !wellFormed(token) {
		return nil, &channel.SendError{Class: channel.Stop, Code: malformed, Message: "the bot's token is missing or malformed"}
	}
	timeout := a.config.Timeout
	request := wire.Request{
		Method: http.MethodPost,
		URL:    a.config.BaseURL + "/bot" + token + "/" + c.method,
		Header: http.Header{"Content-Type": {"application/json"}, "User-Agent": {"prosa/1"}},
		Body:   c.body,
	}
	note := string(c.body)
	if len(c.files) > 0 {
		timeout = a.config.UploadTimeout
		stream, size, kind, err := form(c)
		if err != nil {
			return nil, err
		}
		request.Body, request.Stream, request.Size = nil, stream, size
		request.Header.Set("Content-Type", kind)
		for _, file := range c.files {
			note += " with file " + file.name + ", " + file.mime + ", " + strconv.FormatInt(file.size, 10) + " bytes"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	startMS := clock.MS(a.clock.Now())
	answer, err := wire.Do(ctx, a.http, request)
	mask := wire.NewMask(account.Credentials)
	exchange := channel.Exchange{
		TenantID: account.TenantID, AccountID: account.ID, DeliveryID: c.deliveryID,
		AtMS: startMS, TookMS: clock.MS(a.clock.Now()) - startMS,
		Outgoing: true, Method: http.MethodPost, Path: "/bot[secret]/" + c.method,
		Request: mask.Keep([]byte(note)), Status: answer.Status, Response: mask.Keep(answer.Body),
	}
	if err != nil {
		exchange.Problem = mask.Hide(err.Error())
	}
	a.record.Record(exchange)

	result, failure := judge(answer, err)
	if failure != nil {
		failure.Message = mask.Hide(failure.Message)
		return nil, failure
	}
	return result, nil
}

// judge reads the answer, or what is known without one.
func judge(answer wire.Answer, err error) (jsontext.Value, *channel.SendError) {
	if err != nil && answer.Status < 400 {
		failure := &channel.SendError{Class: channel.Retry, Code: "network", Message: err.Error()}
		var fate *wire.Failure
		if errors.As(err, &fate) && fate.Sent {
			failure.Class, failure.Code = channel.Ambiguous, "no_answer"
		}
		return nil, failure
	}
	if answer.Status != http.StatusOK {
		return nil, classify(answer.Status, answer.Body)
	}
	var success struct {
		OK     bool           `json:"ok"`
		Result jsontext.Value `json:"result"`
	}
	if read(answer.Body, &success) != nil {
		return nil, &channel.SendError{Class: channel.Ambiguous, Code: "no_answer", Message: "the platform's answer cannot be read"}
	}
	if !success.OK {
		return nil, classify(answer.Status, answer.Body)
	}
	return success.Result, nil
}

// wellFormed checks a token before it becomes part of a URL: digits, a colon,
// and letters, digits, _ and - (Bot API, "Authorizing your bot").
func wellFormed(token string) bool {
	id, secret, found := strings.Cut(token, ":")
	return found && id != "" && secret != "" && strings.Trim(id, "0123456789") == "" && strings.IndexFunc(secret, notSecret) < 0
}
