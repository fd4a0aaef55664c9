package telegram

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Fetch implements channel.Adapter: getFile names a path of at most 20 MB that
// is good for an hour, below a URL that holds the token (Bot API, getFile).
// Errors: fault.Refused when the platform will not give it (too big, token
// refused), fault.NotFound when it is gone, fault.Unavailable when it may work
// later.
func (a *Adapter) Fetch(ctx context.Context, account channel.Account, media message.Media) (channel.Download, error) {
	if media.Remote == "" {
		return channel.Download{}, fault.New(fault.Invalid, "the medium has no handle")
	}
	found, err := a.locate(ctx, account, media.Remote)
	if err != nil {
		return channel.Download{}, err
	}
	response, err := a.download(ctx, account, found.Path)
	if err != nil {
		return channel.Download{}, err
	}
	download := channel.Download{Body: response.Body, MIME: media.MIME, Size: response.ContentLength, Name: media.Name}
	if download.Size < 0 && found.Size > 0 {
		download.Size = found.Size
	}
	if download.MIME == "" {
		download.MIME = response.Header.Get("Content-Type")
	}
	return download, nil
}

// located is where a file lies below the URL that holds the token.
type located struct {
	Path string `json:"file_path"`
	Size int64  `json:"file_size"` // bytes
}

func (a *Adapter) locate(ctx context.Context, account channel.Account, fileID string) (located, error) {
	result, err := a.ask(ctx, account, "getFile", map[string]string{"file_id": fileID})
	if err != nil {
		return located{}, asFault(err)
	}
	var found located
	if read(result, &found) != nil || !relative(found.Path) {
		return located{}, fault.New(fault.Unavailable, "Telegram did not say where the medium is")
	}
	return found, nil
}

// relative guards the URL that the path becomes part of: the token is in it, so
// it must stay below the configured host.
func relative(path string) bool {
	return path != "" && !strings.HasPrefix(path, "/") && !strings.Contains(path, "..") && !strings.ContainsAny(path, "\\?#")
}

func (a *Adapter) download(ctx context.Context, account channel.Account, path string) (*http.Response, error) {
	escaped := (&url.URL{Path: path}).EscapedPath()
	startMS := clock.MS(a.clock.Now())
	response, err := wire.Open(ctx, a.http, wire.Request{
		Method: http.MethodGet, URL: a.config.BaseURL + "/file/bot" + account.Credential(Token).Reveal() + "/" + escaped,
	})
	mask := wire.NewMask(account.Credentials)
	exchange := channel.Exchange{
		TenantID: account.TenantID, AccountID: account.ID, AtMS: startMS, TookMS: clock.MS(a.clock.Now()) - startMS,
		Outgoing: true, Method: http.MethodGet, Path: mask.Hide("/file/bot[secret]/" + escaped),
	}
	if err != nil {
		exchange.Problem = mask.Hide(err.Error())
		a.record.Record(exchange)
		return nil, fault.New(fault.Unavailable, "the medium could not be fetched: %s", exchange.Problem)
	}
	exchange.Status, exchange.Response = response.StatusCode, "medium: "+response.Header.Get("Content-Type")
	a.record.Record(exchange)
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	response.Body.Close()
	switch status := response.StatusCode; {
	case status == http.StatusNotFound || status == http.StatusGone:
		return nil, fault.New(fault.NotFound, "Telegram no longer has the medium")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return nil, fault.Refuse("token", "Telegram refused to hand out the medium")
	case status == http.StatusTooManyRequests:
		return nil, fault.New(fault.RateLimited, "Telegram asks to wait with media")
	default:
		return nil, fault.New(fault.Unavailable, "Telegram answered %d to the request for a medium", status)
	}
}

// asFault turns a failed call that was no send into the house's errors.
func asFault(err error) error {
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Class {
	case channel.Retry, channel.Ambiguous:
		return fault.New(fault.Unavailable, "Telegram cannot be reached: %s", failure.Message)
	case channel.Throttled:
		return fault.New(fault.RateLimited, "Telegram asks to wait: %s", failure.Message)
	case channel.Stop:
		if failure.Code == malformed {
			return fault.Refuse(failure.Code, "%s", failure.Message) // Telegram was not asked
		}
		return fault.Refuse(failure.Code, "Telegram refused the token: %s", failure.Message)
	default:
		return fault.Refuse(failure.Code, "Telegram refused: %s", failure.Message)
	}
}
