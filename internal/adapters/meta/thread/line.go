package thread

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Line is the way to one host of the Graph API: graph.facebook.com for pages
// and what is linked to them, graph.instagram.com for Instagram Login.
type Line struct {
	Dialect Dialect
	Graph   *meta.Client
	HTTP    *http.Client // for files at the Graph API's own host
	Media   *http.Client // for the platform's media hosts, which have many names
	Hosts   Hosts
	Blobs   Blobs
	Clock   clock.Clock
	Logger  *slog.Logger
	Record  channel.Recorder
	// Platform stands in uploads to pages that are meant for another product.
	Platform string
}

// Blobs opens the bytes of a file of ours, with their count.
type Blobs interface {
	Open(ctx context.Context, tenantID, key string) (io.ReadCloser, int64, error)
}

// MaxMedia bounds a download, in bytes: the platform carries 25 MB, films of
// stories may be larger.
const MaxMedia = 128 << 20

// recipientOf gives the request's form of an address.
func (d Dialect) recipientOf(to []message.Address) (recipient, bool) {
	r := rendering{dialect: d, out: channel.Outbound{To: to}}
	err := r.address()
	return r.to, err == nil
}

// AsFault turns a failed call that was no send into the house's errors.
func (d Dialect) AsFault(err error) error {
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Class {
	case channel.Retry, channel.Ambiguous:
		return fault.New(fault.Unavailable, "%s cannot be reached: %s", d.Name, failure.Message)
	case channel.Throttled:
		return fault.New(fault.RateLimited, "%s asks to wait: %s", d.Name, failure.Message)
	default:
		return fault.Refuse(failure.Code, "%s refused: %s", d.Name, failure.Message)
	}
}
