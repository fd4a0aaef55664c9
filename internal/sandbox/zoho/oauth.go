package zoho

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Client is an application of the API console.
type Client struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret,omitempty"`
}

// Code is a grant code.
type Code struct {
	Code      string `json:"code"`
	Client    string `json:"client_id"`
	ExpiresMS int64  `json:"expires_ms"`
	Used      bool   `json:"used"`
}

// Refresh is a refresh token with the access tokens that live of it.
type Refresh struct {
	Token   string   `json:"refresh_token"`
	Client  string   `json:"client_id"`
	Revoked bool     `json:"revoked"`
	Access  []Access `json:"access"`  // alive or not, oldest first
	GivenMS []int64  `json:"given"`   // when tokens were given, of the last ten minutes
	Total   int64    `json:"total"`   // tokens ever given
	Refused int64    `json:"refused"` // how often the throttle refused
}

// Access is an access token.
type Access struct {
	Token     string `json:"token"`
	ExpiresMS int64  `json:"expires_ms"`
}

// newSecret makes a token of the vendor's form.
func newSecret() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	return "1000." + hex.EncodeToString(raw[:16]) + "." + hex.EncodeToString(raw[16:])
}

// token is the endpoint for tokens. Refusals answer 200, as the vendor does.
func (s *Server) token(r *http.Request) stage.Answer {
	refuse := func(code string) stage.Answer { return stage.JSON(http.StatusOK, object{"error": code}) }
	if err := r.ParseForm(); err != nil {
		return refuse("invalid_request")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	client := s.clients[r.Form.Get("client_id")]
	switch {
	case client == nil:
		return refuse("invalid_client")
	case client.Secret != r.Form.Get("client_secret"):
		return refuse("invalid_client_secret")
	}
	switch r.Form.Get("grant_type") {
	case "authorization_code":
		code := s.codes[r.Form.Get("code")]
		if code == nil || code.Used || code.Client != client.ID || s.nowMS() >= code.ExpiresMS {
			return refuse("invalid_code")
		}
		code.Used = true
		s.journal.Put(codePrefix+code.Code, code)
		refresh := s.newRefresh(client.ID)
		return s.give(refresh, object{"refresh_token": refresh.Token})
	case "refresh_token":
		refresh := s.refreshes[r.Form.Get("refresh_token")]
		if refresh == nil || refresh.Revoked || refresh.Client != client.ID {
			return refuse("invalid_code")
		}
		return s.give(refresh, object{})
	default:
		return refuse("unsupported_grant_type")
	}
}

// newRefresh makes a refresh token; the oldest ends when there are too many. The
// caller holds the lock.
func (s *Server) newRefresh(client string) *Refresh {
	var alive []*Refresh
	for _, known := range s.refreshes {
		if known.Client == client && !known.Revoked {
			alive = append(alive, known)
		}
	}
	if len(alive) >= refreshMost {
		oldest := slices.MinFunc(alive, func(a, b *Refresh) int { return int(a.lastMS() - b.lastMS()) })
		oldest.Revoked = true
		s.saveRefresh(oldest)
	}
	refresh := &Refresh{Token: newSecret(), Client: client}
	s.saveRefresh(refresh)
	return refresh
}

func (r *Refresh) lastMS() int64 {
	if len(r.GivenMS) == 0 {
		return 0
	}
	return r.GivenMS[len(r.GivenMS)-1]
}

// give makes an access token, unless too many were asked for.
func (s *Server) give(refresh *Refresh, more object) stage.Answer {
	now := s.nowMS()
	refresh.GivenMS = slices.DeleteFunc(refresh.GivenMS, func(at int64) bool { return now-at >= tokensIn.Milliseconds() })
	if len(refresh.GivenMS) >= tokensMost {
		refresh.Refused++
		s.saveRefresh(refresh)
		return throttled()
	}
	access := Access{Token: newSecret(), ExpiresMS: now + tokenLife.Milliseconds()}
	refresh.GivenMS = append(refresh.GivenMS, now)
	refresh.Total++
	refresh.Access = append(slices.DeleteFunc(refresh.Access, func(a Access) bool { return a.ExpiresMS <= now }), access)
	if len(refresh.Access) > tokensLive {
		refresh.Access = refresh.Access[len(refresh.Access)-tokensLive:]
	}
	s.saveRefresh(refresh)
	view := object{"access_token": access.Token, "api_domain": s.config.PublicURL, "token_type": "Bearer", "expires_in": int(tokenLife / time.Second)}
	for name, value := range more {
		view[name] = value
	}
	return stage.JSON(http.StatusOK, view)
}

func throttled() stage.Answer {
	return stage.JSON(http.StatusBadRequest, object{
		"error": "Access Denied", "status": "failure",
		"error_description": "You have made too many requests continuously. Please try again after some time.",
	})
}

// admitted says whether a call carries a token that lives. The caller holds the
// lock.
func (s *Server) admitted(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Zoho-oauthtoken ")
	if !ok || token == "" {
		return false
	}
	for _, refresh := range s.refreshes {
		if refresh.Revoked {
			continue
		}
		for _, access := range refresh.Access {
			if access.Token == token {
				return s.nowMS() < access.ExpiresMS
			}
		}
	}
	return false
}

// PutClient makes or replaces a client. Error: fault.Invalid.
func (s *Server) PutClient(client Client) (Client, error) {
	if client.ID == "" || client.Secret == "" {
		return client, fault.OnField("client_id", "is needed, and client_secret")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := client
	s.clients[client.ID] = &kept
	s.journal.Put(clientPrefix+client.ID, &kept)
	return Client{ID: client.ID}, nil
}

// NewCode makes a grant code for a client, as its console does. Error:
// fault.NotFound.
func (s *Server) NewCode(wish Code) (Code, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[wish.Client] == nil {
		return wish, fault.New(fault.NotFound, "no such client")
	}
	code := &Code{Code: newSecret(), Client: wish.Client, ExpiresMS: s.nowMS() + codeLife.Milliseconds()}
	s.codes[code.Code] = code
	s.journal.Put(codePrefix+code.Code, code)
	return *code, nil
}

// NewRefresh makes a refresh token without a code, for a demo that is connected
// from the beginning. Error: fault.NotFound.
func (s *Server) NewRefresh(wish Refresh) (Refresh, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[wish.Client] == nil {
		return wish, fault.New(fault.NotFound, "no such client")
	}
	return *s.newRefresh(wish.Client), nil
}

// Ending ends tokens: all access tokens (expire), or refresh tokens too
// (revoke). An empty client is every one.
type Ending struct {
	Client string `json:"client_id,omitempty"`
	Ended  int    `json:"ended"` // answered
}

// Revoke ends refresh tokens, as their owner can.
func (s *Server) Revoke(ending Ending) (Ending, error) {
	return s.end(ending, func(refresh *Refresh) { refresh.Revoked, refresh.Access = true, nil })
}

// Expire ends access tokens; their refresh tokens live on.
func (s *Server) Expire(ending Ending) (Ending, error) {
	return s.end(ending, func(refresh *Refresh) { refresh.Access = nil })
}

func (s *Server) end(ending Ending, how func(*Refresh)) (Ending, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, refresh := range s.refreshes {
		if !refresh.Revoked && (ending.Client == "" || ending.Client == refresh.Client) {
			how(refresh)
			s.saveRefresh(refresh)
			ending.Ended++
		}
	}
	return ending, nil
}
