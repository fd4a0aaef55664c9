package meta

import (
	"fmt"
	"net/http"
	"testing"

	"prosa/internal/modules/channel"
)

// TestPageErrors holds the table of Messenger and Instagram.
func TestPageErrors(t *testing.T) {
	all := channel.OneAccount
	for _, c := range []struct {
		code, subcode, status int
		class                 channel.Class
		scope                 channel.Scope
		tries                 int
	}{
		{10, 2018278, 400, channel.Window, "", 0},
		{10, 2534022, 400, channel.Window, "", 0},
		{100, 2018001, 400, channel.Dead, "", 0},
		{100, 33, 400, channel.Dead, "", 0},
		{10, 2018065, 400, channel.Window, "", 0},
		{551, 1545041, 400, channel.Rejected, "", 0},
		{551, 0, 400, channel.Rejected, "", 0},
		{190, 463, 401, channel.Stop, "", 0},
		{190, 0, 401, channel.Stop, "", 0},
		{102, 0, 401, channel.Stop, "", 0},
		{10904, 0, 400, channel.Stop, "", 0},
		{2022, 0, 400, channel.Stop, "", 0},
		{10900, 0, 400, channel.Rejected, "", 0},
		{10903, 0, 400, channel.Rejected, "", 0},
		{3, 0, 400, channel.Doubtful, "", 0},
		{101, 0, 400, channel.Rejected, "", 0},
		{194, 0, 400, channel.Rejected, "", 0},
		{200, 0, 403, channel.Doubtful, "", 0},
		{200, 2018027, 403, channel.Rejected, "", 0},
		{200, 2018028, 403, channel.Rejected, "", 0},
		{230, 0, 403, channel.Doubtful, "", 0},
		{283, 0, 403, channel.Doubtful, "", 0},
		{10, 0, 403, channel.Doubtful, "", 0},
		{4, 0, 400, channel.Throttled, channel.OneApp, 0},
		{17, 0, 400, channel.Throttled, all, 0},
		{32, 0, 400, channel.Throttled, all, 0},
		{613, 1893016, 400, channel.Throttled, all, 0},
		{613, 0, 400, channel.Throttled, all, 0},
		{100, 2018022, 400, channel.Throttled, channel.OneCustomer, 0},
		{100, 2018021, 400, channel.Throttled, all, 0},
		{80006, 0, 400, channel.Throttled, all, 0},
		{1200, 0, 400, channel.Retry, "", 0},
		{2, 0, 500, channel.Retry, "", 0},
		{1, 0, 400, channel.Retry, "", 0},
		{368, 0, 403, channel.Stop, "", 0},
		{100, 2018047, 400, channel.Retry, "", 2},
		{100, 2018008, 400, channel.Retry, "", 2},
		{100, 2018109, 400, channel.Retry, "", 2},
		{100, 2018294, 400, channel.Retry, "", 2},
		{100, -3, 400, channel.Retry, "", 2},
		{100, 2018034, 400, channel.Rejected, "", 0},
		{100, 0, 400, channel.Rejected, "", 0},
		{9999, 0, 400, channel.Rejected, "", 0},
		{9999, 0, 500, channel.Retry, "", 0},
		{9999, 0, 429, channel.Throttled, all, 0},
	} {
		body := fmt.Sprintf(`{"error":{"message":"no","code":%d,"error_subcode":%d}}`, c.code, c.subcode)
		got := Classify(c.status, nil, []byte(body), PageErrors)
		if got.Class != c.class || got.Scope != c.scope || got.MaxTries != c.tries {
			t.Errorf("%d/%d under %d: %+v", c.code, c.subcode, c.status, got)
		}
	}
}

func TestSentenceOfAnError(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"m","code":1}}`:                                             "m",
		`{"error":{"message":"m","code":1,"error_data":{"details":"d"}}}`:                "m: d",
		`{"error":{"message":"m d","code":1,"error_data":{"details":"d"}}}`:              "m d",
		`{"error":{"message":"m","error_user_title":"t","error_user_msg":"u","code":1}}`: "u",
		`{"error":{}}`: "the platform gave no reason",
	} {
		if got := Classify(400, nil, []byte(body), PageErrors); got.Message != want {
			t.Errorf("%s: %q", body, got.Message)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]int64{"": 0, "12": 12000, "-1": 0, "soon": 0, "Wed, 21 Oct 2026 07:28:00 GMT": 0} {
		if got := Classify(429, http.Header{"Retry-After": {value}}, nil, PageErrors); got.AfterMS != want {
			t.Errorf("%q: %d", value, got.AfterMS)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	good := Config{BaseURL: "https://graph.facebook.com", Version: "v25.0", Timeout: 1, UploadTimeout: 1}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Config){
		"no host":   func(c *Config) { c.BaseURL = "graph" },
		"slash":     func(c *Config) { c.BaseURL += "/" },
		"scheme":    func(c *Config) { c.BaseURL = "ftp://x" },
		"query":     func(c *Config) { c.BaseURL += "?a=b" },
		"version":   func(c *Config) { c.Version = "25" },
		"traversal": func(c *Config) { c.Version = "v1/.." },
		"timeout":   func(c *Config) { c.Timeout = 0 },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s passed", name)
		}
	}
}
