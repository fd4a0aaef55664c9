package thread

import (
	"context"
	"net/http"
	"net/url"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// maxHops bounds the redirects of a download.
const maxHops = 3

// Fetch opens a file of a customer: its address came with the webhook and lives
// for a while, a story's for as long as the story does. Errors: fault.NotFound
// when the platform no longer has it, fault.Refused for an address outside of the
// allowed hosts, fault.TooLarge, fault.Unavailable when it may work later.
func (l *Line) Fetch(ctx context.Context, account channel.Account, media message.Media) (channel.Download, error) {
	if media.Remote == "" {
		return channel.Download{}, fault.New(fault.Invalid, "the medium has no address")
	}
	response, err := l.download(ctx, account, media.Remote)
	if err != nil {
		return channel.Download{}, err
	}
	if response.ContentLength > MaxMedia {
		response.Body.Close()
		return channel.Download{}, fault.New(fault.TooLarge, "the medium has %d bytes", response.ContentLength)
	}
	return channel.Download{Body: response.Body, MIME: response.Header.Get("Content-Type"), Size: response.ContentLength, Name: media.Name}, nil
}

// download follows redirects by itself, so that each hop is held against the
// list before anything goes there.
func (l *Line) download(ctx context.Context, account channel.Account, address string) (*http.Response, error) {
	for range maxHops {
		target, err := url.Parse(address)
		if err != nil || !l.Hosts.allowed(target) {
			return nil, fault.Refuse("media_host", "the medium lies outside of the allowed hosts")
		}
		startMS := clock.MS(l.Clock.Now())
		client := l.Media
		if l.Hosts.base(target) {
			client = l.HTTP
		}
		header := meta.Bearer(account)
		if !wantsToken(target) {
			header.Del("Authorization")
		}
		response, err := wire.Open(ctx, client, wire.Request{Method: http.MethodGet, URL: address, Header: header})
		l.note(account, target, startMS, response, err)
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

// refusal tells what is gone from what may come: an address whose time is over
// answers 403.
func refusal(status int) error {
	switch status {
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden, http.StatusUnauthorized:
		return fault.New(fault.NotFound, "the platform no longer hands out the medium")
	case http.StatusTooManyRequests:
		return fault.New(fault.RateLimited, "the platform asks to wait with media")
	default:
		return fault.New(fault.Unavailable, "the medium's host answered %d", status)
	}
}

// note records a download: its host and path, never the query, which is a
// ticket, and never the bytes.
func (l *Line) note(account channel.Account, target *url.URL, startMS int64, response *http.Response, err error) {
	mask := wire.NewMask(account.Credentials)
	exchange := channel.Exchange{
		TenantID: account.TenantID, AccountID: account.ID, AtMS: startMS, TookMS: clock.MS(l.Clock.Now()) - startMS,
		Outgoing: true, Method: http.MethodGet, Path: mask.Hide(target.Host + target.Path),
	}
	if err != nil {
		exchange.Problem = mask.Hide(err.Error())
	} else {
		exchange.Status = response.StatusCode
		exchange.Response = "medium: " + mask.Hide(response.Header.Get("Content-Type"))
	}
	l.Record.Record(exchange)
}
