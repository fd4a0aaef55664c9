package stripe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	sdk "github.com/stripe/stripe-go/v82"
	"github.com/stripe/stripe-go/v82/form"

	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/httpclient"
)

const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotent-Replayed"
	versionHeader  = "Stripe-Version"
)

// backend carries the library's calls. The library's own would run uname and
// tell its answer to the vendor, log addresses and bodies, and repeat calls
// while we wait.
type backend struct {
	base string
	http *http.Client
}

var _ sdk.Backend = (*backend)(nil)

// Call implements sdk.Backend.
func (b *backend) Call(method, path, key string, params sdk.ParamsContainer, v sdk.LastResponseSetter) error {
	values := &form.Values{}
	form.AppendTo(values, params)
	return b.CallRaw(method, path, key, []byte(values.Encode()), params.GetParams(), v)
}

// CallRaw implements sdk.Backend: one request, one answer. Errors: *refusal for
// what the vendor said no to, *subscription.Trouble for an answer that did not
// come.
func (b *backend) CallRaw(method, path, key string, body []byte, params *sdk.Params, v sdk.LastResponseSetter) error {
	request, err := b.request(method, path, key, body, params)
	if err != nil {
		return err
	}
	response, err := b.http.Do(request)
	if err != nil {
		return &subscription.Trouble{Kind: subscription.Down, Message: "Stripe can't be reached: " + httpclient.Redact(err).Error()}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return &subscription.Trouble{Kind: subscription.Down, Message: "Stripe's answer broke off"}
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return refused(response, text)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return &subscription.Trouble{Kind: subscription.Down, Message: "an answer of Stripe could not be read"}
	}
	return nil
}

func (b *backend) request(method, path, key string, body []byte, params *sdk.Params) (*http.Request, error) {
	ctx, target := context.Background(), b.base+path
	if params != nil && params.Context != nil {
		ctx = params.Context
	}
	var reader io.Reader
	if method == http.MethodPost {
		reader = bytes.NewReader(body)
	} else if len(body) > 0 {
		target += "?" + string(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, target, reader)
	if err != nil {
		return nil, fault.New(fault.Internal, "a request to Stripe can't be made")
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set(versionHeader, sdk.APIVersion)
	if method == http.MethodPost {
		if params == nil || params.IdempotencyKey == nil {
			return nil, fault.New(fault.Internal, "a call to Stripe that changes something has no key")
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set(keyHeader, *params.IdempotencyKey)
	}
	return request, nil
}

// CallStreaming implements sdk.Backend; nothing of ours streams.
func (b *backend) CallStreaming(string, string, string, sdk.ParamsContainer, sdk.StreamingLastResponseSetter) error {
	return fault.New(fault.Internal, "no call to Stripe streams")
}

// CallMultipart implements sdk.Backend; nothing of ours is uploaded.
func (b *backend) CallMultipart(string, string, string, string, *bytes.Buffer, *sdk.Params, sdk.LastResponseSetter) error {
	return fault.New(fault.Internal, "nothing is uploaded to Stripe")
}

// SetMaxNetworkRetries implements sdk.Backend; there are none.
func (*backend) SetMaxNetworkRetries(int64) {}

// keyMost bounds an idempotency key, in bytes. Source: "Idempotent requests".
const keyMost = 255

// keyed gives the common parameters of a call with a key; parts tell the calls
// of one wish apart.
func keyed(key string, parts ...string) sdk.Params {
	whole := strings.Join(append([]string{key}, parts...), ":")
	if len(whole) > keyMost {
		whole = "prosa:" + digest(whole)
	}
	return sdk.Params{IdempotencyKey: &whole}
}

// fresh is for a call that may be done twice without harm.
func fresh() sdk.Params { return sdk.Params{IdempotencyKey: sdk.String(sdk.NewIdempotencyKey())} }

// digest is a short name for a value.
func digest(value any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", value))
	return hex.EncodeToString(sum[:16])
}

// insistMost bounds the numbers behind a key.
const insistMost = 5

// insist makes a keyed call, past answers of 5xx that the vendor stored for the
// key and would give for ever.
func insist(key string, call func(key string) error) error {
	err := call(key)
	for try := 2; err != nil && stored(err) && try <= insistMost; try++ {
		err = call(fmt.Sprintf("%s:%d", key, try))
	}
	return err
}
