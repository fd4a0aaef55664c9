package aws

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func stsCalls() map[string]handler {
	return map[string]handler{
		"GetCallerIdentity":         getCallerIdentity,
		"AssumeRole":                assumeRole,
		"AssumeRoleWithWebIdentity": assumeRoleWithWebIdentity,
	}
}

func getCallerIdentity(c *call) (any, error) {
	return answerXML{say("Arn", c.principal), say("UserId", "AIDA"+c.account.ID), say("Account", c.account.ID)}, nil
}

// longest is how long a role's session lasts when nobody says otherwise.
const longest = time.Hour

func assumeRole(c *call) (any, error) {
	if err := c.need("RoleArn", "RoleSessionName"); err != nil {
		return nil, err
	}
	holder, held, err := c.server.role(c.form.Get("RoleArn"))
	if err != nil {
		return nil, err
	}
	caller := c.principal
	if c.assumed != "" {
		caller = c.assumed // a session stands for its role
	}
	asked := request{action: "sts:AssumeRole", principals: map[string][]string{"AWS": {c.principal, caller, c.account.ID, "arn:aws:iam::" + c.account.ID + ":root"}}, claims: map[string][]string{
		"aws:PrincipalArn":           {caller},
		"aws:PrincipalAccount":       {c.account.ID},
		"aws:MultiFactorAuthPresent": {strconv.FormatBool(c.form.Get("TokenCode") != "")},
	}}
	if external := c.form.Get("ExternalId"); external != "" {
		asked.claims["sts:ExternalId"] = []string{external}
	}
	return c.begin(holder, held, asked)
}

func assumeRoleWithWebIdentity(c *call) (any, error) {
	if err := c.need("RoleArn", "RoleSessionName", "WebIdentityToken"); err != nil {
		return nil, err
	}
	holder, held, err := c.server.role(c.form.Get("RoleArn"))
	if err != nil {
		return nil, err
	}
	claims, err := c.server.readToken(c.form.Get("WebIdentityToken"))
	if err != nil {
		return nil, err
	}
	issuer := strings.TrimPrefix(first(claims["iss"]), "https://")
	provider := "arn:aws:iam::" + holder.ID + ":oidc-provider/" + issuer
	registered, ok := state[iamState](holder, "iam").providers[provider]
	if !ok {
		return nil, refuse(http.StatusBadRequest, "InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://%s", issuer)
	}
	if !slices.ContainsFunc(claims["aud"], func(aud string) bool { return slices.Contains(registered.Audiences, aud) }) {
		return nil, refuse(http.StatusBadRequest, "InvalidIdentityToken", "Incorrect token audience")
	}
	asked := request{action: "sts:AssumeRoleWithWebIdentity", principals: map[string][]string{"Federated": {provider}}, claims: map[string][]string{}}
	for name, values := range claims {
		asked.claims[issuer+":"+name] = values
	}
	c.principal = provider
	return c.begin(holder, held, asked)
}

// begin evaluates the role's trust and gives out a session.
func (c *call) begin(holder *account, held *role, asked request) (any, error) {
	allowed, err := evaluate(held.Trust, asked)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "MalformedPolicyDocument", "%s", err)
	}
	if !allowed {
		return nil, refuse(http.StatusForbidden, "AccessDenied", "%s is not authorized to perform: %s on resource: %s", c.principal, asked.action, held.ARN)
	}
	lasts := longest
	if text := c.form.Get("DurationSeconds"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 900 || n > held.MaxSeconds {
			return nil, refuse(http.StatusBadRequest, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
		}
		lasts = time.Duration(n) * time.Second
	}
	until := c.server.config.Now().Add(lasts)
	key, arn := c.server.open(holder, held.Name, held.ARN, c.form.Get("RoleSessionName"), until)
	return answerXML{
		el("Credentials", say("AccessKeyId", key), say("SecretAccessKey", Secret), say("SessionToken", "stand-in"), say("Expiration", until)),
		el("AssumedRoleUser", say("AssumedRoleId", held.ID+":"+c.form.Get("RoleSessionName")), say("Arn", arn)),
	}, nil
}

// open gives out the short-lived key of a session.
func (s *Server) open(holder *account, name, role, caller string, until time.Time) (key, arn string) {
	key = fmt.Sprintf("ASIA%016d", len(s.sessions)+1)
	arn = "arn:aws:sts::" + holder.ID + ":assumed-role/" + name + "/" + caller
	s.sessions[key] = session{account: holder, arn: arn, role: role, until: until}
	return key, arn
}

// Session gives a key of a role without asking its trust, and whether or not the
// role was made: for a test whose subject comes after the login.
func (s *Server) Session(accountID, role string) (key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, _ = s.open(s.accounts[accountID], role, "arn:aws:iam::"+accountID+":role/"+role, "session", s.config.Now().Add(12*time.Hour))
	return key
}

// MakeRole makes a role in an account without a call, if it is not there: one
// that another account's code would have made.
func (s *Server) MakeRole(accountID, name, trust string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := state[iamState](s.accounts[accountID], "iam")
	if held.roles[name] == nil {
		held.roles.put(name, &role{Name: name, ID: "AROA" + accountID, ARN: "arn:aws:iam::" + accountID + ":role/" + name, Path: "/", Trust: trust, MaxSeconds: 3600, Inline: map[string]string{}, Tags: map[string]string{}, Made: s.config.Now()})
	}
}

// role finds a role of any account by its ARN. Whether it exists is not told to
// who may not take it.
func (s *Server) role(arn string) (*account, *role, error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 {
		if holder := s.accounts[parts[4]]; holder != nil {
			for _, held := range state[iamState](holder, "iam").roles {
				if held.ARN == arn {
					return holder, held, nil
				}
			}
		}
	}
	return nil, nil, refuse(http.StatusForbidden, "AccessDenied", "Not authorized to assume %s", arn)
}

// Token makes a token of an identity provider, for a claim set such as
// {"iss": "https://...", "sub": "...", "aud": "..."}.
func (s *Server) Token(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
	return head + "." + base64.RawURLEncoding.EncodeToString(s.sign(head)), nil
}

func (s *Server) sign(text string) []byte {
	sum := hmac.New(sha256.New, s.config.IssuerKey)
	sum.Write([]byte(text))
	return sum.Sum(nil)
}

// readToken believes a token that the issuers' key signed and that has not
// ended, and gives its claims as texts.
func (s *Server) readToken(token string) (map[string][]string, error) {
	bad := refuse(http.StatusBadRequest, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider")
	at := strings.LastIndexByte(token, '.')
	if at < 0 || len(s.config.IssuerKey) == 0 {
		return nil, bad
	}
	given, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(given, s.sign(token[:at])) {
		return nil, bad
	}
	_, middle, _ := strings.Cut(token[:at], ".")
	body, err := base64.RawURLEncoding.DecodeString(middle)
	if err != nil {
		return nil, bad
	}
	var raw map[string]any
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, bad
	}
	if ends, ok := raw["exp"].(float64); ok && s.config.Now().Unix() >= int64(ends) {
		return nil, refuse(http.StatusBadRequest, "ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")
	}
	claims := map[string][]string{}
	for name, value := range raw {
		claims[name] = wordsOf(value)
	}
	return claims, nil
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
