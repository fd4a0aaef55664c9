package httpclient

import (
	"cmp"
	"io"
	"net/http"
	"time"

	"prosa/internal/base/fault"
)

// Limits bounds one call. A field at zero takes the constructor's default.
type Limits struct {
	// Timeout bounds the whole call, the reading of the answer included.
	Timeout time.Duration
	// Body bounds the answer, decompressed, in bytes.
	Body int64
	// Redirects is how many are followed; negative for none.
	Redirects int
	// Connections bounds the connections to one host; 0 for no bound.
	Connections int
}

const (
	dialTimeout     = 5 * time.Second
	maxHeaderBytes  = 64 << 10
	userAgent       = "prosa/1"
	providerTimeout = 30 * time.Second
	providerBody    = 128 << 20 // documents on WhatsApp reach 100 MB
	guardedTimeout  = 10 * time.Second
	guardedBody     = 256 << 10
	redirects       = 3
)

func (l Limits) or(timeout time.Duration, body int64) Limits {
	l.Timeout = cmp.Or(l.Timeout, timeout)
	l.Body = cmp.Or(l.Body, body)
	l.Redirects = max(cmp.Or(l.Redirects, redirects), 0)
	return l
}

// bounded is a body that ends in fault.TooLarge when it goes over its limit.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fault.New(fault.TooLarge, "the answer is larger than allowed")
	}
	// One byte more than is left tells a body that just fits from one that
	// doesn't.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n, b.left = int(b.left), -1
		return n, fault.New(fault.TooLarge, "the answer is larger than allowed")
	}
	b.left -= int64(n)
	return n, err
}

// ruled is a transport that checks each request, redirects included, before it
// leaves and bounds each answer.
type ruled struct {
	inner *http.Transport
	check func(*http.Request) error
	body  int64
}

// RoundTrip implements http.RoundTripper.
func (r *ruled) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := r.check(request); err != nil {
		if request.Body != nil {
			_ = request.Body.Close() // as a RoundTripper must
		}
		return nil, err
	}
	if request.Header.Get("User-Agent") == "" {
		request = request.Clone(request.Context())
		request.Header.Set("User-Agent", userAgent)
	}
	response, err := r.inner.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &bounded{ReadCloser: response.Body, left: r.body}
	return response, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (r *ruled) CloseIdleConnections() { r.inner.CloseIdleConnections() }
