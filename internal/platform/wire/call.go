package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
)

// MaxAnswer bounds how much of an answer is read, in bytes. Vendors answer with
// a few hundred.
const MaxAnswer = 1 << 20

// Request is one call. Either Body or Stream is the payload.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
	// Stream is a payload too big to hold; Size is its length in bytes.
	Stream io.Reader
	Size   int64
	// MaxAnswer bounds the answer in bytes where more than the usual MaxAnswer is
	// due; 0 is the usual.
	MaxAnswer int64
}

// Answer is what the other side said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Failure is a call without a whole answer.
type Failure struct {
	// Sent is true when the request may have reached the other side, so that it
	// may have been carried out. A refused connection, an unknown host and a
	// request that broke off while it was written are not sent.
	Sent bool
	// Timeout is true when we gave up waiting.
	Timeout bool
	// Reason is a few words without addresses of ours or secrets.
	Reason string
}

// Error implements error.
func (f *Failure) Error() string { return f.Reason }

// Do makes the call and reads the answer. A *Failure comes beside an Answer
// whose Status is set when the answer broke off after its head.
func Do(ctx context.Context, client *http.Client, request Request) (Answer, error) {
	response, fate, err := open(ctx, client, request)
	if err != nil {
		return Answer{}, failure(err, fate.sent())
	}
	defer response.Body.Close()
	answer := Answer{Status: response.StatusCode, Header: response.Header}
	most := max(request.MaxAnswer, MaxAnswer)
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return answer, failure(err, true)
	}
	if int64(len(body)) > most {
		return answer, &Failure{Sent: true, Reason: "the answer is larger than " + strconv.FormatInt(most>>20, 10) + " MiB"}
	}
	answer.Body = body
	return answer, nil
}

// Open makes the call and leaves the answer's body to the caller, who closes
// it; for downloads. Redirects come back as they are. Error: *Failure.
func Open(ctx context.Context, client *http.Client, request Request) (*http.Response, error) {
	response, fate, err := open(ctx, client, request)
	if err != nil {
		return nil, failure(err, fate.sent())
	}
	return response, nil
}

func open(ctx context.Context, client *http.Client, request Request) (*http.Response, *fate, error) {
	fate := &fate{}
	var payload io.Reader
	switch {
	case request.Stream != nil:
		payload = request.Stream
	case request.Body != nil:
		payload = bytes.NewReader(request.Body)
	}
	outgoing, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, fate.trace()), request.Method, request.URL, payload)
	if err != nil {
		return nil, fate, err
	}
	if request.Stream != nil {
		outgoing.ContentLength = request.Size
	}
	for name, values := range request.Header {
		outgoing.Header[name] = values
	}
	still := *client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := still.Do(outgoing)
	return response, fate, err
}

// fate follows a request on its way out. The transport calls the hooks from its
// own goroutines, perhaps after the call has been given up.
type fate struct {
	connected, wrote, broke atomic.Bool
}

func (f *fate) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { f.connected.Store(true) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err != nil {
				f.broke.Store(true)
				return
			}
			f.wrote.Store(true)
		},
	}
}

// sent leans to true: a request that is being written counts as sent until its
// writing is known to have failed.
func (f *fate) sent() bool {
	return f.wrote.Load() || f.connected.Load() && !f.broke.Load()
}

func failure(err error, sent bool) *Failure {
	var outer *url.Error
	for errors.As(err, &outer) && outer.Err != nil {
		err = outer.Err // its own text would show the URL
	}
	f := &Failure{Sent: sent, Reason: reason(err)}
	var timed net.Error
	f.Timeout = errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timed) && timed.Timeout()
	if f.Timeout {
		f.Reason = "no answer in time"
	}
	return f
}

// reason keeps to words of ours where the library's would show an address.
func reason(err error) string {
	var lookup *net.DNSError
	var operation *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return "the call was given up"
	case errors.As(err, &lookup):
		return "the host name cannot be resolved"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed without an answer"
	case errors.As(err, &operation) && operation.Op == "dial":
		return "no connection could be made"
	case errors.As(err, &operation):
		return "the connection broke (" + operation.Op + ")"
	default:
		return "the call failed: " + kind(err)
	}
}

// kind names an error of the HTTP library that has no type of its own. Parse
// errors of a URL repeat the URL, so those are not quoted.
func kind(err error) string {
	var parse *url.EscapeError
	var host url.InvalidHostError
	if errors.As(err, &parse) || errors.As(err, &host) {
		return "the address is not valid"
	}
	return err.Error()
}
