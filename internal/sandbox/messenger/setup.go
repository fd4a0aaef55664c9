package messenger

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"prosa/internal/sandbox/stage"
)

// describe answers GET /{account}.
func (s *Server) describe(c *call, a seat) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !a.instagram() {
		all := map[string]any{
			"id": a.id, "name": a.name, "username": nil, "category": "Loja", "link": "https://www.facebook.com/" + a.id, "access_token": nil,
			"instagram_business_account": nil, "picture": map[string]any{"data": map[string]string{"url": s.config.PublicURL + "/picture/" + a.id}},
			"has_whatsapp_number": false, "is_published": true,
		}
		if ig := s.linked(a.id); ig != nil {
			all["instagram_business_account"] = map[string]string{"id": ig.ID}
		}
		return filtered(c, all, "id", "name")
	}
	ig := s.instagrams[a.id]
	all := map[string]any{
		"id": ig.ID, "ig_id": ig.ID, "username": ig.User, "name": ig.Name, "profile_picture_url": s.config.PublicURL + "/picture/" + ig.ID,
		"followers_count": 1200, "follows_count": 80, "media_count": 42, "biography": "", "website": "",
	}
	if c.instagram {
		all["id"], all["user_id"], all["account_type"] = ig.ScopedID, ig.ID, "BUSINESS"
		return filtered(c, all, "id", "user_id")
	}
	return filtered(c, all, "id")
}

// profile answers GET /{scoped id}: what an account may see of a person.
func (s *Server) profile(c *call, a seat, personID string) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person, chat := s.people[personID], s.chats[chatKey(a.id, personID)]
	if person == nil || chat == nil || chat.LastActionMS == 0 {
		return stage.Answer{}, noObject(http.MethodGet, c.path[0])
	}
	if person.NoProfile {
		return stage.Answer{}, graphFault(http.StatusForbidden, 230, 2534013, "User consent is required to access user profile")
	}
	id := scopedID(a.id, personID)
	picture := s.config.PublicURL + "/picture/" + personID
	if a.instagram() {
		return filtered(c, map[string]any{
			"id": id, "name": person.Name, "username": person.Username, "profile_pic": picture, "follower_count": 321, "is_verified_user": false,
			"is_user_follow_business": true, "is_business_follow_user": false,
		}, "id", "name", "username")
	}
	first, last, _ := strings.Cut(person.Name, " ")
	return filtered(c, map[string]any{
		"id": id, "name": person.Name, "first_name": first, "last_name": last, "profile_pic": picture, "locale": "pt_BR", "timezone": -3, "gender": nil,
	}, "id", "first_name", "last_name", "profile_pic")
}

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
	return graphFault(http.StatusBadRequest, 2200, 0, "Callback verification failed with the following errors: %s", what)
}

// appSubscriptions answers GET, POST and DELETE /{app}/subscriptions, with the
// app's own token (app id, a bar, the secret).
func (s *Server) appSubscriptions(c *call, app App) (stage.Answer, *graphError) {
	switch c.request.Method {
	case http.MethodGet:
		return s.listSubscriptions(app)
	case http.MethodPost, http.MethodDelete:
	default:
		return stage.Answer{}, unknownPath("/subscriptions")
	}
	object := c.param("object")
	if fieldsOf[object] == nil {
		return stage.Answer{}, invalid("Param object must be one of {page, instagram} - got %q.", object)
	}
	if c.request.Method == http.MethodDelete {
		return s.changeApp(app.ID, func(kept *App) { delete(kept.Callbacks, object) })
	}
	for _, name := range []string{"callback_url", "verify_token", "fields"} {
		if c.param(name) == "" {
			return stage.Answer{}, invalid("The parameter %s is required.", name)
		}
	}
	fields, err := readFields(object, "fields", c.param("fields"))
	if err == nil {
		err = s.handshake(c.request.Context(), c.param("callback_url"), c.param("verify_token"))
	}
	if err != nil {
		return stage.Answer{}, err
	}
	return s.changeApp(app.ID, func(kept *App) {
		kept.Callbacks[object], kept.VerifyToken, kept.Fields[object] = c.param("callback_url"), c.param("verify_token"), fields
	})
}

func (s *Server) listSubscriptions(app App) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []map[string]any{}
	for _, object := range []string{ObjectInstagram, ObjectPage} {
		address := s.apps[app.ID].Callbacks[object]
		if address == "" {
			continue
		}
		fields := []map[string]string{}
		for _, name := range s.apps[app.ID].Fields[object] {
			fields = append(fields, map[string]string{"name": name, "version": "v25.0"})
		}
		items = append(items, map[string]any{"object": object, "callback_url": address, "active": true, "fields": fields})
	}
	return stage.JSON(http.StatusOK, map[string]any{"data": items}), nil
}

func (s *Server) changeApp(id string, change func(*App)) (stage.Answer, *graphError) {
	s.mu.Lock()
	kept := s.apps[id].copy() // whoever reads the old one keeps reading it
	change(&kept)
	s.apps[id] = &kept
	s.journal.Put(keyApp+id, kept)
	s.mu.Unlock()
	return s.done(map[string]any{"success": true})
}

func (a *App) copy() App {
	copied := *a
	copied.Callbacks, copied.Fields = map[string]string{}, map[string][]string{}
	for object, address := range a.Callbacks {
		copied.Callbacks[object] = address
	}
	for object, fields := range a.Fields {
		copied.Fields[object] = fields
	}
	return copied
}

// readFields reads a list of webhook fields.
func readFields(object, name, list string) ([]string, *graphError) {
	fields := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	for i, field := range fields {
		if !slices.Contains(fieldsOf[object], field) {
			return nil, invalid("Param %s[%d] must be one of {%s} - got %q.", name, i, strings.Join(fieldsOf[object], ", "), field)
		}
	}
	sort.Strings(fields)
	return slices.Compact(fields), nil
}

// subscribedApps answers GET, POST and DELETE /{account}/subscribed_apps for the
// app of the token.
func (s *Server) subscribedApps(c *call, a seat) (stage.Answer, *graphError) {
	if a.instagram() && !c.instagram {
		return stage.Answer{}, noObject(c.request.Method, c.path[0])
	}
	switch c.request.Method {
	case http.MethodGet:
		return s.listSubscribed(a)
	case http.MethodPost:
		if c.param("subscribed_fields") == "" {
			return stage.Answer{}, invalid("Param subscribed_fields must be non-empty.")
		}
		fields, err := readFields(a.object, "subscribed_fields", c.param("subscribed_fields"))
		if err != nil {
			return stage.Answer{}, err
		}
		s.subscribe(a, fields)
	case http.MethodDelete:
		s.subscribe(a, nil)
	default:
		return stage.Answer{}, unknownPath("/subscribed_apps")
	}
	return s.done(map[string]any{"success": true})
}

// subscribe sets the fields of the account's own app; nil ends it.
func (s *Server) subscribe(a seat, fields []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ig := s.instagrams[a.id]; ig != nil {
		ig.Subscriptions = fields
		s.journal.Put(keyInstagram+a.id, ig)
		return
	}
	page := *s.pages[a.id]
	page.Subscriptions = map[string][]string{}
	for app, list := range s.pages[a.id].Subscriptions {
		page.Subscriptions[app] = list
	}
	if fields == nil {
		delete(page.Subscriptions, a.app)
	} else {
		page.Subscriptions[a.app] = fields
	}
	s.pages[a.id] = &page
	s.journal.Put(keyPage+a.id, page)
}

func (s *Server) listSubscribed(a seat) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lists := map[string][]string{}
	if ig := s.instagrams[a.id]; ig != nil && ig.Subscriptions != nil {
		lists[ig.App] = ig.Subscriptions
	}
	if page := s.pages[a.id]; page != nil {
		lists = page.Subscriptions
	}
	items := []map[string]any{}
	for id, fields := range lists {
		name := "App " + id
		if app := s.apps[id]; app != nil {
			name = or(app.Name, name)
		}
		items = append(items, map[string]any{"id": id, "name": name, "link": "https://www.facebook.com/games/?app_id=" + id, "category": "Business", "subscribed_fields": fields})
	}
	sort.Slice(items, func(i, j int) bool { return items[i]["id"].(string) < items[j]["id"].(string) })
	return stage.JSON(http.StatusOK, map[string]any{"data": items}), nil
}

// profileRules hold a property of messenger_profile against its limits. Source:
// "Messenger Profile API".
var profileRules = map[string]func(object){
	"get_started": func(o object) { o.object("get_started").text("payload", maxPayload) },
	"greeting": func(o object) {
		for _, greeting := range o.list("greeting", 50) {
			greeting.text("locale", 0)
			greeting.text("text", 160)
		}
	},
	"ice_breakers": func(o object) {
		for _, breaker := range o.list("ice_breakers", 4) {
			if breaker.has("call_to_actions") {
				for _, action := range breaker.list("call_to_actions", 4) {
					action.text("question", 80)
					action.text("payload", maxPayload)
				}
				continue
			}
			breaker.text("question", 80)
			breaker.text("payload", maxPayload)
		}
	},
	"persistent_menu": func(o object) {
		for _, menu := range o.list("persistent_menu", 50) {
			menu.text("locale", 0)
			for _, item := range menu.list("call_to_actions", 20) {
				item.text("title", 30)
				if item.one("type", "postback", "web_url") == "postback" {
					item.text("payload", maxPayload)
				} else {
					item.address("url")
				}
			}
		}
	},
	"whitelisted_domains": func(object) {},
}

// messengerProfile answers GET, POST and DELETE /{account}/messenger_profile.
func (s *Server) messengerProfile(c *call, a seat) (stage.Answer, *graphError) {
	platform := or(strings.ToLower(c.param("platform")), "messenger")
	if c.instagram {
		platform = "instagram"
	}
	switch c.request.Method {
	case http.MethodGet, http.MethodDelete:
		names := strings.FieldsFunc(c.param("fields"), func(r rune) bool { return r == ',' || r == ' ' })
		if len(names) == 0 {
			return stage.Answer{}, invalid("The parameter fields is required.")
		}
		for i, name := range names {
			if profileRules[name] == nil {
				return stage.Answer{}, invalid("Param fields[%d] must be one of {GET_STARTED, GREETING, ICE_BREAKERS, PERSISTENT_MENU, WHITELISTED_DOMAINS} - got %q.", i, name)
			}
		}
		if c.request.Method == http.MethodGet {
			return s.readProfile(a, platform, names)
		}
		return s.changeProfile(a, platform, func(kept map[string]json.RawMessage) {
			for _, name := range names {
				delete(kept, name)
			}
		})
	}
	check := &checker{}
	body := c.object(check)
	given := map[string]json.RawMessage{}
	for name, value := range body.m {
		if name == "platform" || name == "access_token" {
			continue
		}
		rule := profileRules[name]
		if rule == nil {
			check.fail(invalid("Invalid keys %q were found in the profile.", name))
			continue
		}
		rule(body)
		given[name], _ = json.Marshal(value)
	}
	if check.err == nil && given["persistent_menu"] != nil && platform == "messenger" && given["get_started"] == nil && s.profileOf(a, platform)["get_started"] == nil {
		check.fail(graphFault(http.StatusBadRequest, 100, 2018145, "You must set a Get Started button if you also wish to use a persistent menu"))
	}
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	return s.changeProfile(a, platform, func(kept map[string]json.RawMessage) {
		for name, value := range given {
			kept[name] = value
		}
	})
}

// profileOf copies the profile of an account on a platform.
func (s *Server) profileOf(a seat, platform string) map[string]json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all map[string]map[string]json.RawMessage
	if page := s.pages[a.id]; page != nil {
		all = page.Profile
	}
	if ig := s.instagrams[a.id]; ig != nil {
		all = ig.Profile
		if page := s.pages[ig.Page]; page != nil && ig.Flavour == FlavourPage {
			all = page.Profile // set through its page
		}
	}
	out := map[string]json.RawMessage{}
	for name, value := range all[platform] {
		out[name] = value
	}
	return out
}

func (s *Server) readProfile(a seat, platform string, names []string) (stage.Answer, *graphError) {
	kept := s.profileOf(a, platform)
	items := []map[string]json.RawMessage{}
	shown := map[string]json.RawMessage{}
	for _, name := range names {
		if kept[name] != nil {
			shown[name] = kept[name]
		}
	}
	if len(shown) > 0 {
		items = append(items, shown)
	}
	return stage.JSON(http.StatusOK, map[string]any{"data": items}), nil
}

func (s *Server) changeProfile(a seat, platform string, change func(map[string]json.RawMessage)) (stage.Answer, *graphError) {
	kept := s.profileOf(a, platform)
	change(kept)
	s.mu.Lock()
	if page := s.pages[a.id]; page != nil {
		copied := *page
		copied.Profile = map[string]map[string]json.RawMessage{"messenger": page.Profile["messenger"], "instagram": page.Profile["instagram"]}
		copied.Profile[platform] = kept
		s.pages[a.id] = &copied
		s.journal.Put(keyPage+a.id, copied)
	} else {
		copied := *s.instagrams[a.id]
		copied.Profile = map[string]map[string]json.RawMessage{platform: kept}
		s.instagrams[a.id] = &copied
		s.journal.Put(keyInstagram+a.id, copied)
	}
	s.mu.Unlock()
	return s.done(map[string]string{"result": "success"})
}

// permissions of the tokens, by object.
var permissions = map[string][]string{
	ObjectPage:      {"pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement", "instagram_basic", "instagram_manage_messages"},
	ObjectInstagram: {"instagram_business_basic", "instagram_business_manage_messages"},
}

// debugToken answers GET /debug_token?input_token=...
func (s *Server) debugToken(c *call) (stage.Answer, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	appID, secret, isApp := strings.Cut(c.token, "|")
	if asker := s.tokens[c.token]; asker == "" && (!isApp || s.apps[appID] == nil || s.apps[appID].Secret != secret) {
		return stage.Answer{}, badToken("")
	}
	account, known := s.seat(s.tokens[c.param("input_token")])
	data := map[string]any{"is_valid": false, "scopes": []string{}, "error": map[string]any{"code": 190, "message": "Invalid OAuth access token."}}
	if page := s.pages[account.id]; known && page != nil {
		data = map[string]any{
			"app_id": account.app, "type": "PAGE", "application": s.apps[account.app].Name, "is_valid": page.TokenState == "", "expires_at": 0, "data_access_expires_at": 0,
			"profile_id": page.ID, "user_id": hashDigits("owner"+page.ID, 15), "scopes": permissions[ObjectPage],
		}
		if page.TokenState != "" {
			data["error"] = map[string]any{"code": 190, "subcode": badToken(page.TokenState).Subcode, "message": badToken(page.TokenState).Message}
		}
	}
	return stage.JSON(http.StatusOK, map[string]any{"data": data}), nil
}

// refreshToken answers GET /refresh_access_token of graph.instagram.com: a new
// token of 60 days for one that is a day old and still works.
func (s *Server) refreshToken(c *call) (stage.Answer, *graphError) {
	if grant := c.param("grant_type"); grant != "ig_refresh_token" {
		return stage.Answer{}, invalid("Param grant_type must be one of {ig_refresh_token} - got %q.", grant)
	}
	s.mu.Lock()
	holder, err := s.holder(c)
	if err != nil {
		s.mu.Unlock()
		return stage.Answer{}, err
	}
	now := s.now().UnixMilli()
	ig := *s.instagrams[holder]
	if c.token == ig.Token && now-ig.TokenIssuedMS < igTokenYoung.Milliseconds() {
		s.mu.Unlock()
		return stage.Answer{}, invalid("The access token is too young to be refreshed: it must be at least 24 hours old.")
	}
	old := map[string]int64{ig.Token: ig.TokenIssuedMS + igTokenLife.Milliseconds()}
	for token, ends := range ig.OldTokens {
		old[token] = ends
	}
	ig.OldTokens, ig.Token, ig.TokenIssuedMS = old, "IGAAsandbox"+hashDigits(traceID(), 19), now
	s.instagrams[holder] = &ig
	s.tokens[ig.Token] = holder
	s.journal.Put(keyInstagram+holder, ig)
	s.mu.Unlock()
	return s.done(map[string]any{
		"access_token": ig.Token, "token_type": "bearer", "expires_in": int64(igTokenLife.Seconds()), "permissions": strings.Join(permissions[ObjectInstagram], ","),
	})
}
