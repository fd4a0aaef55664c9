package mercadopago

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/mercadopago/sdk-go/pkg/config"
	"github.com/mercadopago/sdk-go/pkg/mperror"
	"github.com/mercadopago/sdk-go/pkg/order"
	"github.com/mercadopago/sdk-go/pkg/requester"

	"prosa/internal/base/fault"
	"prosa/internal/modules/payment"
)

const keyHeader = "X-Idempotency-Key"

// caller is the seam of the SDK: it sends a request to the configured address,
// with our key in place of the random one.
type caller struct {
	http *http.Client
	base *url.URL
	key  string // empty for calls that only read
}

var _ requester.Requester = caller{}

// Do implements requester.Requester.
func (c caller) Do(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet && c.key == "" {
		return nil, fault.New(fault.Internal, "a call to Mercado Pago that changes something has no key")
	}
	request.URL.Scheme, request.URL.Host, request.Host = c.base.Scheme, c.base.Host, ""
	request.URL.Path, request.URL.RawPath = c.base.Path+request.URL.Path, ""
	request.Header.Del(keyHeader)
	if c.key != "" {
		request.Header.Set(keyHeader, c.key)
	}
	return c.http.Do(request)
}

// orders is the SDK's client of the Orders API for an account. The key belongs
// to one call.
func (a *Adapter) orders(account payment.Account, key string) (order.Client, error) {
	cfg, err := config.New(account.Token.Reveal(), config.WithHTTPClient(caller{a.http, a.base, key}))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the client of Mercado Pago can't be made")
	}
	return order.NewClient(cfg), nil
}

// call makes a call that the SDK has no exact form for. in is nil for no body.
func (a *Adapter) call(ctx context.Context, account payment.Account, method, path, key string, query url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in, json.Deterministic(true))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "a request to Mercado Pago can't be written")
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "a request to Mercado Pago can't be made")
	}
	request.URL.RawQuery = query.Encode()
	request.Header.Set("Authorization", "Bearer "+account.Token.Reveal())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	response, err := caller{a.http, a.base, key}.Do(request)
	if err != nil {
		return classify(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return classify(err)
	}
	if response.StatusCode > 399 {
		return classify(&mperror.ResponseError{StatusCode: response.StatusCode, Message: string(text)})
	}
	if err := json.Unmarshal(text, out); err != nil {
		return unreadable()
	}
	return nil
}
