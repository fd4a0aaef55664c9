package meta

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"prosa/internal/sandbox/stage"
)

// handshake does the verification that Meta does before it takes a callback
// address: GET with a challenge that must come back bare.
func (s *Server) handshake(ctx context.Context, callback, verifyToken string) *graphError {
	address, err := url.Parse(callback)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return invalid("Invalid callback URI format")
	}
	challenge := strconv.FormatInt(s.now().UnixNano()%1_900_000_000+100_000_000, 10)
	query := address.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.challenge", challenge)
	query.Set("hub.verify_token", verifyToken)
	address.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return invalid("Invalid callback URI format")
	}
	request.Header.Set("User-Agent", "facebookplatform/1.0 (+http://developers.facebook.com)")
	response, err := s.client.Do(request)
	if err != nil {
		return unverified("the callback did not answer")
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	_ = response.Body.Close()
	switch {
	case err != nil:
		return unverified("the answer could not be read")
	case response.StatusCode != http.StatusOK:
		return unverified(fmt.Sprintf("HTTP Status Code = %d; HTTP Message = %s", response.StatusCode, http.StatusText(response.StatusCode)))
	case string(body) != challenge:
		return unverified("HTTP Status Code = 200; HTTP Message = The response does not match the challenge")
	}
	return nil
}

func unverified(what string) *graphError {
	return &graphError{
		Message: "(#2200) Callback verification failed with the following errors: " + what,
		Type:    "OAuthException", Code: 2200, status: http.StatusBadRequest,
	}
}

// subscribedApps answers GET, POST and DELETE /{waba}/subscribed_apps. via is
// the app that the token belongs to.
func (s *Server) subscribedApps(c *call, waba WABA, via string) (stage.Answer, *graphError) {
	switch c.request.Method {
	case http.MethodGet:
		return stage.JSON(http.StatusOK, map[string]any{"data": s.subscriptions(waba)}), nil
	case http.MethodPost:
		c.jsonParams()
		callback := c.param("override_callback_uri")
		if callback != "" {
			if c.param("verify_token") == "" {
				return stage.Answer{}, invalid("The parameter verify_token is required.")
			}
			if err := s.handshake(c.request.Context(), callback, c.param("verify_token")); err != nil {
				return stage.Answer{}, err
			}
		}
		return s.changeWABA(waba.ID, func(account *WABA) {
			account.Subscriptions[via] = callback
		})
	case http.MethodDelete:
		return s.changeWABA(waba.ID, func(account *WABA) { delete(account.Subscriptions, via) })
	}
	return stage.Answer{}, unknownPath("/subscribed_apps")
}

func (s *Server) changeWABA(id string, change func(*WABA)) (stage.Answer, *graphError) {
	s.mu.Lock()
	account := s.wabas[id].copy() // whoever reads the old one keeps reading it
	change(&account)
	s.wabas[id] = &account
	s.journal.Put(keyWABA+id, account)
	s.mu.Unlock()
	return s.done(map[string]any{"success": true})
}

// done answers a change once it is on disk and tells the watchers.
func (s *Server) done(body any) (stage.Answer, *graphError) {
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, &graphError{Message: "An unknown error has occurred.", Type: "OAuthException", Code: 1, IsTransient: true, status: http.StatusInternalServerError}
	}
	s.feed.Publish(Change{})
	return stage.JSON(http.StatusOK, body), nil
}

func (s *Server) subscriptions(waba WABA) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []map[string]any{}
	for appID, callback := range waba.Subscriptions {
		name := "App " + appID
		if app := s.apps[appID]; app != nil && app.Name != "" {
			name = app.Name
		}
		item := map[string]any{"whatsapp_business_api_data": map[string]string{
			"id": appID, "name": name, "link": "https://www.facebook.com/games/?app_id=" + appID,
		}}
		if callback != "" {
			item["override_callback_uri"] = callback
		}
		items = append(items, item)
	}
	sort.Slice(items, func(i, j int) bool {
		return items[i]["whatsapp_business_api_data"].(map[string]string)["id"] < items[j]["whatsapp_business_api_data"].(map[string]string)["id"]
	})
	return items
}

// appSubscriptions answers GET and POST /{app}/subscriptions, with the app's
// own token (app id, a bar, the secret).
func (s *Server) appSubscriptions(c *call, app App) (stage.Answer, *graphError) {
	if c.request.Method == http.MethodGet {
		items := []map[string]any{}
		if app.CallbackURL != "" {
			items = append(items, map[string]any{
				"object": "whatsapp_business_account", "callback_url": app.CallbackURL, "active": true,
				"fields": []map[string]string{{"name": "messages", "version": "v25.0"}},
			})
		}
		return stage.JSON(http.StatusOK, map[string]any{"data": items}), nil
	}
	if c.request.Method != http.MethodPost {
		return stage.Answer{}, unknownPath("/subscriptions")
	}
	c.jsonParams()
	if object := c.param("object"); object != "whatsapp_business_account" {
		return stage.Answer{}, invalid("Param object must be one of {whatsapp_business_account} - got %q.", object)
	}
	for _, name := range []string{"callback_url", "verify_token"} {
		if c.param(name) == "" {
			return stage.Answer{}, invalid("The parameter %s is required.", name)
		}
	}
	if err := s.handshake(c.request.Context(), c.param("callback_url"), c.param("verify_token")); err != nil {
		return stage.Answer{}, err
	}
	s.mu.Lock()
	kept := s.apps[app.ID]
	kept.CallbackURL, kept.VerifyToken = c.param("callback_url"), c.param("verify_token")
	s.journal.Put(keyApp+app.ID, kept)
	s.mu.Unlock()
	return s.done(map[string]any{"success": true})
}

// configureNumber answers POST /{number} with a webhook_configuration.
func (s *Server) configureNumber(c *call, number Number) (stage.Answer, *graphError) {
	check := &checker{}
	body := check.decode(c.body)
	configuration := body.object("webhook_configuration")
	configuration.only("override_callback_uri", "verify_token")
	callback := configuration.maybe("override_callback_uri", 0)
	verify := configuration.maybe("verify_token", 0)
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	if callback != "" {
		if err := s.handshake(c.request.Context(), callback, verify); err != nil {
			return stage.Answer{}, err
		}
	}
	s.mu.Lock()
	kept := s.numbers[number.ID]
	kept.CallbackURL = callback
	s.journal.Put(keyNumber+number.ID, kept)
	s.mu.Unlock()
	return s.done(map[string]any{"success": true})
}

func (s *Server) listNumbers(waba WABA) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []map[string]any{}
	for _, number := range s.numbers {
		if number.WABA == waba.ID {
			items = append(items, s.numberNode(*number))
		}
	}
	sort.Slice(items, func(i, j int) bool { return items[i]["id"].(string) < items[j]["id"].(string) })
	return stage.JSON(http.StatusOK, map[string]any{"data": items, "paging": map[string]any{}}), nil
}

// debugToken answers GET /debug_token?input_token=...
func (s *Server) debugToken(c *call) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[string]string{}
	for _, number := range s.numbers {
		known[number.Token] = number.App
	}
	appID, secret, isApp := strings.Cut(c.token, "|")
	if _, ok := known[c.token]; !ok && (!isApp || s.apps[appID] == nil || s.apps[appID].Secret != secret) {
		return stage.Answer{}, badToken()
	}
	app, valid := known[c.param("input_token")]
	data := map[string]any{"is_valid": valid}
	if valid {
		data["app_id"], data["type"], data["expires_at"] = app, "SYSTEM_USER", 0
		data["scopes"] = []string{"whatsapp_business_management", "whatsapp_business_messaging"}
	} else {
		data["error"] = map[string]any{"code": 190, "message": "Invalid OAuth access token."}
		data["scopes"] = []string{}
	}
	return stage.JSON(http.StatusOK, map[string]any{"data": data}), nil
}
