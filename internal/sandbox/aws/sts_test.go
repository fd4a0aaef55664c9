package aws_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"prosa/internal/sandbox/aws"
)

const (
	dev  = "100000000011"
	prod = "100000000013"
)

// cloud is a stand-in with two accounts.
type cloud struct {
	*aws.Server
	url string
	now time.Time
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	c.Server = aws.New(aws.Config{
		Accounts:  []aws.Account{{ID: dev, Name: "massivo-dev"}, {ID: prod, Name: "massivo-prod"}},
		IssuerKey: []byte("issuer"), Now: func() time.Time { return c.now },
	})
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *cloud) sts(key string) *sts.Client {
	return sts.New(sts.Options{Region: aws.Region, BaseEndpoint: sdk.String(c.url), Credentials: credentials.NewStaticCredentialsProvider(key, aws.Secret, ""), RetryMaxAttempts: 1})
}

// query calls a service of the Query protocol by hand, as account, and gives the
// status and the text.
func (c *cloud) query(t *testing.T, account, service, form string) (int, string) {
	t.Helper()
	return c.call(t, account, service, http.MethodPost, "/", "application/x-www-form-urlencoded", form, nil)
}

// json calls a service of the JSON protocol.
func (c *cloud) json(t *testing.T, account, service, action, body string) (int, string) {
	t.Helper()
	return c.call(t, account, service, http.MethodPost, "/", "application/x-amz-json-1.1", body, map[string]string{"X-Amz-Target": "Service." + action})
}

func (c *cloud) call(t *testing.T, account, service, method, path, kind, body string, header map[string]string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+aws.AccessKey(account)+"/20261123/"+aws.Region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func code(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestTheKeyNamesTheAccount(t *testing.T) {
	c := newCloud(t)
	for _, account := range []string{dev, prod} {
		who, err := c.sts(aws.AccessKey(account)).GetCallerIdentity(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if *who.Account != account || !strings.Contains(*who.Arn, account) {
			t.Errorf("key of %s is taken for %s, %s", account, *who.Account, *who.Arn)
		}
	}
	for _, key := range []string{"AKIA0000999999999999", "ASIA0000000000000001", "nobody"} {
		if _, err := c.sts(key).GetCallerIdentity(t.Context(), nil); code(err) != "InvalidClientTokenId" {
			t.Errorf("key %s: %v", key, err)
		}
	}
}

// createRole makes a role with a trust policy in an account.
func (c *cloud) createRole(t *testing.T, account, name, trust string) string {
	t.Helper()
	status, text := c.query(t, account, "iam", "Action=CreateRole&RoleName="+name+"&AssumeRolePolicyDocument="+url.QueryEscape(trust))
	if status != http.StatusOK {
		t.Fatalf("role %s: %s", name, text)
	}
	return "arn:aws:iam::" + account + ":role/" + name
}

func TestARoleIsTakenByWhomItTrusts(t *testing.T) {
	c := newCloud(t)
	trust := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + dev + `:root"},"Action":"sts:AssumeRole"},
		{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"bad"}}}]}`
	role := c.createRole(t, prod, "reader", trust)
	assume := func(from, arn, external string) (*sts.AssumeRoleOutput, error) {
		in := &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: sdk.String("test")}
		if external != "" {
			in.ExternalId = &external
		}
		return c.sts(aws.AccessKey(from)).AssumeRole(t.Context(), in)
	}
	out, err := assume(dev, role, "")
	if err != nil {
		t.Fatal(err)
	}
	who, err := c.sts(*out.Credentials.AccessKeyId).GetCallerIdentity(t.Context(), nil)
	if err != nil || *who.Account != prod || !strings.HasSuffix(*who.Arn, "assumed-role/reader/test") {
		t.Errorf("the session is %v, %v", who, err)
	}
	if _, err := assume(prod, role, ""); code(err) != "AccessDenied" {
		t.Errorf("another account took the role: %v", err)
	}
	if _, err := assume(dev, role, "bad"); code(err) != "AccessDenied" {
		t.Errorf("the deny was not heard: %v", err)
	}
	if _, err := assume(dev, role+"x", ""); code(err) != "AccessDenied" {
		t.Errorf("a role that is not there was taken: %v", err)
	}
	c.now = c.now.Add(2 * time.Hour)
	if _, err := c.sts(*out.Credentials.AccessKeyId).GetCallerIdentity(t.Context(), nil); code(err) != "ExpiredToken" {
		t.Errorf("the session outlived its hour: %v", err)
	}
}

func TestATokenOpensOnlyItsRole(t *testing.T) {
	c := newCloud(t)
	const issuer = "token.actions.githubusercontent.com"
	if status, text := c.query(t, dev, "iam", "Action=CreateOpenIDConnectProvider&Url=https://"+issuer+"&ClientIDList.member.1=sts.amazonaws.com"); status != http.StatusOK {
		t.Fatal(text)
	}
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + dev + `:oidc-provider/` + issuer + `"},
		"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"` + issuer + `:aud":"sts.amazonaws.com"},"StringLike":{"` + issuer + `:sub":"repo:prosa/prosa:environment:massivo-dev"}}}}`
	role := c.createRole(t, dev, "apply", trust)
	forAll := c.createRole(t, dev, "trap", strings.Replace(trust, `"StringEquals":{"`+issuer+`:aud":"sts.amazonaws.com"},"StringLike"`, `"ForAllValues:StringLike"`, 1))
	assume := func(arn string, claims map[string]any) error {
		token, err := c.Token(claims)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.sts("").AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &arn, RoleSessionName: sdk.String("ci"), WebIdentityToken: &token})
		return err
	}
	good := func() map[string]any {
		return map[string]any{"iss": "https://" + issuer, "aud": "sts.amazonaws.com", "sub": "repo:prosa/prosa:environment:massivo-dev", "exp": c.now.Add(time.Hour).Unix()}
	}
	for _, one := range []struct {
		name   string
		role   string
		change func(map[string]any)
		want   string
	}{
		{"the right token", role, func(map[string]any) {}, ""},
		{"another repository", role, func(m map[string]any) { m["sub"] = "repo:other/prosa:environment:massivo-dev" }, "AccessDenied"},
		{"another environment", role, func(m map[string]any) { m["sub"] = "repo:prosa/prosa:environment:massivo-prod" }, "AccessDenied"},
		{"no subject", role, func(m map[string]any) { delete(m, "sub") }, "AccessDenied"},
		{"no subject, and a trust by ForAllValues: the trap is real", forAll, func(m map[string]any) { delete(m, "sub") }, ""},
		{"another audience", role, func(m map[string]any) { m["aud"] = "someone" }, "InvalidIdentityToken"},
		{"another issuer", role, func(m map[string]any) { m["iss"] = "https://elsewhere.example" }, "InvalidIdentityToken"},
		{"too late", role, func(m map[string]any) { m["exp"] = c.now.Add(-time.Second).Unix() }, "ExpiredTokenException"},
	} {
		claims := good()
		one.change(claims)
		if got := code(assume(one.role, claims)); got != one.want {
			t.Errorf("%s: answered %q, want %q", one.name, got, one.want)
		}
	}
	forged := "e30.e30.AAAA"
	_, err := c.sts("").AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role, RoleSessionName: sdk.String("ci"), WebIdentityToken: &forged})
	if code(err) != "InvalidIdentityToken" {
		t.Errorf("a forged token: %v", err)
	}
}

func TestWhatIsUnknownIsRefusedByName(t *testing.T) {
	c := newCloud(t)
	if status, text := c.query(t, dev, "iam", "Action=InventSomething"); status != http.StatusBadRequest || !strings.Contains(text, "UnknownOperation") {
		t.Errorf("answered %d %s", status, text)
	}
	if status, _ := c.json(t, dev, "quantum", "Entangle", "{}"); status != http.StatusBadRequest {
		t.Errorf("a service that is none answered %d", status)
	}
	if got := strings.Join(c.Unanswered(), " "); got != "iam:InventSomething quantum:POST /" {
		t.Errorf("unanswered: %s", got)
	}
	proxied := &http.Client{Transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(c.url) }}}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://sts.amazonaws.com/", nil)
	if answer, err := proxied.Do(request); err == nil {
		answer.Body.Close()
		t.Error("the stand-in let a call through to the real cloud")
	}
}
