package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// maxHops bounds the redirects of a download.
const maxHops = 3

// Fetch implements channel.Adapter: the media endpoint tells where the bytes
// are for five minutes, and both want the token (Cloud API, media reference).
// Errors: fault.NotFound when the platform no longer has it, fault.Refused for
// an address outside the allowed hosts or a refused token, fault.Unavailable
// when it may work later.
func (a *Adapter) Fetch(ctx context.Context, account channel.Account, media message.Media) (channel.Download, error) {
	if media.Remote == "" {
		return channel.Download{}, fault.New(fault.Invalid, "the medium has no handle")
	}
	answer, err := a.graph.Do(ctx, account, meta.Call{Verb: http.MethodGet, Path: url.PathEscape(media.Remote)}, verdicts)
	if err != nil {
		return channel.Download{}, asFault(err)
	}
	var found struct {
		URL  string `json:"url"`
		MIME string `json:"mime_type"`
		Size int64  `json:"file_size"`
	}
	if meta.Read(answer, &found) != nil || found.URL == "" {
		return channel.Download{}, fault.New(fault.Unavailable, "the platform did not say where the medium is")
	}
	response, err := a.download(ctx, account, found.URL)
	if err != nil {
		return channel.Download{}, err
	}
	download := channel.Download{Body: response.Body, MIME: found.MIME, Size: response.ContentLength, Name: media.Name}
	if download.MIME == "" {
		download.MIME = response.Header.Get("Content-Type")
	}
	if download.Size < 0 && found.Size > 0 {
		download.Size = found.Size
	}
	return download, nil
}

// download follows redirects by itself, so that each hop is held against the
// list before the token goes there.
func (a *Adapter) download(ctx context.Context, account channel.Account, address string) (*http.Response, error) {
	for range maxHops {
		target, err := url.Parse(address)
		if err != nil || !a.allowed(target) {
			return nil, fault.Refuse("media_host", "the medium lies outside of the allowed hosts")
		}
		startMS := clock.MS(a.clock.Now())
		client := a.media
		if a.isGraph(target) {
			client = a.http
		}
		response, err := wire.Open(ctx, client, wire.Request{Method: http.MethodGet, URL: address, Header: meta.Bearer(account)})
		a.note(account, target, startMS, response, err)
		if err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "the medium could not be fetched")
		}
		switch status := response.StatusCode; {
		case status == http.StatusOK:
			return response, nil
		case status >= 300 && status < 400:
			next, err := target.Parse(response.Header.Get("Location"))
			response.Body.Close()
			if err != nil {
				return nil, fault.New(fault.Unavailable, "the medium's host sent us on to nowhere")
			}
			address = next.String()
		default:
			response.Body.Close()
			return nil, refusal(status)
		}
	}
	return nil, fault.New(fault.Unavailable, "the medium's host sends us in a circle")
}

func refusal(status int) error {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return fault.New(fault.NotFound, "the platform no longer has the medium")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.Refuse("token", "the platform refused to hand out the medium")
	case status == http.StatusTooManyRequests:
		return fault.New(fault.RateLimited, "the platform asks to wait with media")
	default:
		return fault.New(fault.Unavailable, "the medium's host answered %d", status)
	}
}

// isGraph is true for the Graph API's own host, taken as it was configured, with
// its scheme and port, which is how the simulator is reached.
func (a *Adapter) isGraph(target *url.URL) bool {
	base, err := url.Parse(a.config.BaseURL)
	return err == nil && target.Scheme == base.Scheme && target.Host == base.Host
}

// allowed holds an address against the list. All hosts but the Graph API's own
// are reached by https only.
func (a *Adapter) allowed(target *url.URL) bool {
	if target.User != nil {
		return false
	}
	if a.isGraph(target) {
		return true
	}
	if target.Scheme != "https" || target.Port() != "" {
		return false
	}
	name := strings.ToLower(target.Hostname())
	for _, host := range a.config.MediaHosts {
		if name == host || strings.HasSuffix(name, "."+host) {
			return true
		}
	}
	return false
}

// note records a download: its host and path, never the query, which is a
// ticket, and never the bytes.
func (a *Adapter) note(account channel.Account, target *url.URL, startMS int64, response *http.Response, err error) {
	mask := wire.NewMask(account.Credentials)
	exchange := channel.Exchange{
		TenantID: account.TenantID, AccountID: account.ID, AtMS: startMS, TookMS: clock.MS(a.clock.Now()) - startMS,
		Outgoing: true, Method: http.MethodGet, Path: mask.Hide(target.Host + target.Path),
	}
	if err != nil {
		exchange.Problem = mask.Hide(err.Error())
	} else {
		exchange.Status = response.StatusCode
		exchange.Response = "medium: " + mask.Hide(response.Header.Get("Content-Type"))
	}
	a.record.Record(exchange)
}

// asFault turns a failed call that was no send into the house's errors.
func asFault(err error) error {
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Class {
	case channel.Retry, channel.Ambiguous:
		return fault.New(fault.Unavailable, "WhatsApp cannot be reached: %s", failure.Message)
	case channel.Throttled:
		return fault.New(fault.RateLimited, "WhatsApp asks to wait: %s", failure.Message)
	default:
		return fault.Refuse(failure.Code, "WhatsApp refused: %s", failure.Message)
	}
}
