package whatsapp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/template"
	"prosa/internal/platform/wire"
)

// AppID is the setting of an account that names its Meta app.
const AppID = "app_id"

// UploadHeader implements template.Platform by a session of the Resumable Upload
// API: it is opened for the app, takes the bytes, and gives a handle.
func (t *Templates) UploadHeader(ctx context.Context, account channel.Account, file template.File) (string, error) {
	app, err := t.app(ctx, account)
	if err != nil {
		return "", err
	}
	query := url.Values{"file_length": {strconv.FormatInt(file.Size, 10)}, "file_type": {base(file.MIME)}, "file_name": {file.Name}}
	answer, err := t.graph.Do(ctx, account, meta.Call{Verb: http.MethodPost, Path: url.PathEscape(app) + "/uploads", Query: query}, anyCode)
	if err != nil {
		return "", templateFault(err)
	}
	var session struct {
		ID string `json:"id"`
	}
	if meta.Read(answer, &session) != nil || session.ID == "" {
		return "", fault.New(fault.Unavailable, "WhatsApp opened an upload without naming it")
	}
	return t.put(ctx, account, session.ID, file)
}

// app is the Meta app that the token belongs to.
func (t *Templates) app(ctx context.Context, account channel.Account) (string, error) {
	if id := account.Settings[AppID]; id != "" {
		return id, nil
	}
	answer, err := t.graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: "app", Query: url.Values{"fields": {"id"}}}, anyCode)
	if err != nil {
		return "", templateFault(err)
	}
	var app struct {
		ID meta.Text `json:"id"`
	}
	if meta.Read(answer, &app) != nil || app.ID == "" {
		return "", fault.OnField("settings."+AppID, "Meta did not say which app the token belongs to: add the app's id to the account's settings")
	}
	return string(app.ID), nil
}

// put sends the bytes of a session in one go. The session's id ("upload:..")
// holds a signature and is kept out of the exchange log; this call wants the
// token as OAuth.
func (t *Templates) put(ctx context.Context, account channel.Account, session string, file template.File) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, t.config.UploadTimeout)
	defer cancel()
	header := meta.Bearer(account)
	header["Authorization"] = []string{"OAuth " + account.Credential(meta.Token).Reveal()}
	header["file_offset"] = []string{"0"}
	header["Content-Type"] = []string{"application/octet-stream"}
	startMS := clock.MS(t.clock.Now())
	answer, err := wire.Do(ctx, t.http, wire.Request{
		Method: http.MethodPost, URL: t.config.BaseURL + "/" + t.config.Version + "/" + session, Header: header, Stream: file.Content, Size: file.Size,
	})
	mask := wire.NewMask(account.Credentials)
	exchange := channel.Exchange{
		TenantID: account.TenantID, AccountID: account.ID, AtMS: startMS, TookMS: clock.MS(t.clock.Now()) - startMS, Outgoing: true,
		Method: http.MethodPost, Path: "/" + t.config.Version + "/upload", Request: "file " + file.Name + ", " + file.MIME + ", " + strconv.FormatInt(file.Size, 10) + " bytes",
		Status: answer.Status,
	}
	if err != nil {
		exchange.Problem = mask.Hide(err.Error())
	}
	t.record.Record(exchange)
	if err != nil {
		return "", fault.New(fault.Unavailable, "WhatsApp did not take the file: %s", mask.Hide(err.Error()))
	}
	if answer.Status >= 300 {
		failure := meta.Classify(answer.Status, answer.Header, answer.Body, anyCode)
		failure.Message = mask.Hide(failure.Message)
		return "", templateFault(failure)
	}
	var handle struct {
		Handle string `json:"h"`
	}
	if meta.Read(answer.Body, &handle) != nil || handle.Handle == "" {
		return "", fault.New(fault.Unavailable, "WhatsApp took the file without naming it")
	}
	return handle.Handle, nil
}
