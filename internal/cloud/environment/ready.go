package environment

import (
	"context"
	"net/http"
	"net/url"

	"prosa/internal/base/fault"
	"prosa/internal/platform/httpclient"
)

// Probe makes a question to every address of /readyz: all must answer 200. It is
// nil without addresses. Error: fault.Invalid for an address that is none.
func Probe(addresses []string) (func(ctx context.Context) error, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	client, err := httpclient.Provider(httpclient.Limits{Timeout: readyTimeout, Redirects: -1}, addresses...)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		for _, address := range addresses {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				return fault.New(fault.Invalid, "the address of /readyz is none")
			}
			response, err := client.Do(request)
			if err != nil {
				return fault.New(fault.Unavailable, "%s does not answer", host(address))
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				return fault.New(fault.Unavailable, "%s answers %d", host(address), response.StatusCode)
			}
		}
		return nil
	}, nil
}

func host(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "an address"
	}
	return parsed.Host
}
