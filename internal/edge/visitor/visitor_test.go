package visitor

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAddressesAreThoseThatOurProxiesSaw(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "10.0.0.1:99"
	r.Header.Set("X-Forwarded-For", "1.2.3.4, 5.6.7.8")
	for proxies, want := range map[int]string{0: "10.0.0.1", 1: "5.6.7.8", 2: "1.2.3.4", 3: "10.0.0.1"} {
		if got := Address(r, proxies); got != want {
			t.Errorf("%d proxies: %s, want %s", proxies, got, want)
		}
	}
}
