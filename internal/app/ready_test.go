package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadyAsksTheProcessBesideIt(t *testing.T) {
	answers := map[string]func(w http.ResponseWriter){
		"ready": func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"ready":true}`)) },
		"not yet": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"ready":false,"problems":["the stream is not open yet","the shards are not kept yet"]}`))
		},
		"somebody else": func(w http.ResponseWriter) { http.Error(w, "no", http.StatusNotFound) },
	}
	for name, c := range map[string]struct {
		code int
		says string
	}{
		"ready":         {exitOK, "ready"},
		"not yet":       {exitFailure, "the stream is not open yet; the shards are not kept yet"},
		"somebody else": {exitFailure, "answers 404"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/readyz" {
					t.Errorf("asked %s", r.URL.Path)
				}
				answers[name](w)
			}))
			defer server.Close()
			code, out, problem := invoke(t, map[string]string{"PROSA_OPERATIONS_LISTEN": strings.TrimPrefix(server.URL, "http://")}, "ready")
			if code != c.code || !strings.Contains(out+problem, c.says) {
				t.Errorf("exit %d, want %d with %q: %s%s", code, c.code, c.says, out, problem)
			}
		})
	}
	if code, _, problem := invoke(t, map[string]string{"PROSA_OPERATIONS_LISTEN": "off"}, "ready"); code != exitFailure || !strings.Contains(problem, "off") {
		t.Errorf("exit %d without an operations address: %s", code, problem)
	}
	if code, _, problem := invoke(t, map[string]string{"PROSA_OPERATIONS_LISTEN": "127.0.0.1:1"}, "ready"); code != exitFailure || !strings.Contains(problem, "nothing answers") {
		t.Errorf("exit %d where nobody listens: %s", code, problem)
	}
}

func TestWhereAListenerIsReached(t *testing.T) {
	for listen, want := range map[string]string{
		"0.0.0.0:8090": "127.0.0.1:8090", ":8090": "127.0.0.1:8090", "[::]:8090": "127.0.0.1:8090",
		"127.0.0.1:8090": "127.0.0.1:8090", "10.0.0.4:8090": "10.0.0.4:8090",
	} {
		if got := nearby(listen); got != want {
			t.Errorf("%s is asked at %s, want %s", listen, got, want)
		}
	}
}
