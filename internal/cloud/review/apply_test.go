package review_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/cloud/review"
	"prosa/internal/cloud/terraform"
	"prosa/internal/platform/config"
	"prosa/internal/sandbox/aws"
)

// The account whose access layer is applied and then tried.
const tried = "massivo-dev"

// root opens the access layer of the tried account with somebody's key.
func root(t *testing.T, r *review.Review, s stand, key string) *terraform.Root {
	t.Helper()
	place, err := r.File().Backend(tried, "20-access")
	if err != nil {
		t.Fatal(err)
	}
	s.MakeBucket(place.AccountID, place.Bucket)
	opened := r.Copy().Root("20-access", tried, terraform.Cloud{Endpoint: s.endpoint, Region: place.Region, AccessKey: key, Secret: aws.Secret}, map[string]string{"account": tried})
	backend := map[string]string{"bucket": place.Bucket, "key": place.Key, "region": place.Region}
	if err := opened.Init(context.Background(), backend); err != nil {
		t.Fatal(err)
	}
	return opened
}

// TestShowApply applies the access layer of one account and tries what rests on
// it: who is let in, who is not, what is seen when somebody changes it by hand,
// and that two people cannot write one state.
func TestShowApply(t *testing.T) {
	if *accounts == "" {
		t.Skip("no account was named: -accounts one")
	}
	r, s := newReview(t)
	ctx := context.Background()
	held, _ := r.File().Account(tried)
	mine := root(t, r, s, aws.AccessKey(held.ID))

	if _, _, err := mine.Plan(ctx); err != nil {
		t.Fatal(err)
	}
	if err := mine.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	said := []string{"applied: 20-access of " + tried}

	// Pipelines.
	for _, one := range logins() {
		err := login(ctx, s, held.ID, one)
		if (err == nil) != one.in {
			t.Errorf("login %s into %s: %v", one.name, one.role, err)
		}
		said = append(said, fmt.Sprintf("%-7s %-22s %s", map[bool]string{true: "let in", false: "refused"}[err == nil], one.role, one.name))
	}

	// By hand.
	widened := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`
	byHand(t, s, held.ID, "Action=UpdateAssumeRolePolicy&RoleName="+tried+"-plan&PolicyDocument="+url.QueryEscape(widened))
	drifted, changes, err := mine.Plan(ctx)
	if err != nil || !changes {
		t.Fatalf("a trust widened by hand is not seen: %v", err)
	}
	seen := slices.ContainsFunc(drifted.ResourceDrift, func(c *tfjson.ResourceChange) bool { return strings.Contains(c.Address, `pipeline["plan"]`) })
	if !seen {
		t.Error("the plan does not name the role whose trust was widened by hand")
	}
	said = append(said, "seen:    a trust that somebody widened by hand (plan -detailed-exitcode is 2)")

	// Two writers.
	place, _ := r.File().Backend(tried, "20-access")
	s.PutObject(place.Bucket, place.Key+".tflock", []byte(`{"ID":"1","Operation":"OperationTypeApply","Who":"somebody@elsewhere","Version":"1.11.4","Created":"2026-11-23T12:00:00Z","Path":"x"}`))
	if _, _, err := mine.Plan(ctx); err == nil || !strings.Contains(err.Error(), "somebody@elsewhere") {
		t.Errorf("a second writer of the state: %v", err)
	}
	said = append(said, "refused: a second writer of the state, with the name of the first (HTTP 412)")

	// The wrong account: whoever stands in prod and names dev.
	prod, _ := r.File().Account("massivo-prod")
	other, theirs := newReview(t)
	wrong := other.Copy().Root("20-access", tried, terraform.Cloud{Endpoint: theirs.endpoint, Region: held.Region, AccessKey: aws.AccessKey(prod.ID), Secret: aws.Secret}, map[string]string{"account": tried})
	theirs.MakeBucket(prod.ID, "elsewhere")
	if err := wrong.Init(ctx, map[string]string{"bucket": "elsewhere", "key": "x", "region": held.Region}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := wrong.Plan(ctx); err == nil || !strings.Contains(err.Error(), "AWS account ID not allowed") {
		t.Errorf("the wrong account: %v", err)
	}
	said = append(said, "refused: the keys of massivo-prod for the code of "+tried+" (AWS account ID not allowed)")
	fmt.Fprintln(os.Stdout, strings.Join(said, "\n"))
}

// TestShowPlansOfAProposal plans production's edge as a proposal's step does: by
// the role that reads, with the role that only reads names. The one that writes
// them is not its.
func TestShowPlansOfAProposal(t *testing.T) {
	if *accounts != "all" {
		t.Skip("not all accounts were asked for: -accounts all")
	}
	const name, layer = "massivo-prod", "45-edge"
	r, s := newReview(t)
	ctx := context.Background()
	// What comes before it, as samples, and the roles of the apex zone.
	if _, _, _, err := r.Account(ctx, name, []string{"none"}); err != nil {
		t.Fatal(err)
	}
	place, err := r.File().Backend(name, layer)
	if err != nil {
		t.Fatal(err)
	}
	access, secret := s.Key(place.AccountID, name+"-plan")
	for names, refused := range map[string]string{"read": "", "write": "not authorized"} {
		opened := r.Copy().Root(layer, name, terraform.Cloud{Endpoint: s.endpoint, Region: place.Region, AccessKey: access, Secret: secret}, map[string]string{"account": name, "names": names})
		if err := opened.Init(ctx, map[string]string{"bucket": place.Bucket, "key": place.Key, "region": place.Region}); err != nil {
			t.Fatal(err)
		}
		_, _, err := opened.Plan(ctx)
		if refused == "" && err != nil || refused != "" && (err == nil || !strings.Contains(err.Error(), refused)) {
			t.Errorf("a proposal plans %s of %s with -var names=%s: %v", layer, name, names, err)
			continue
		}
		fmt.Printf("%-8s a proposal's plan of %s in %s that would %s names\n", map[bool]string{true: "made:", false: "refused:"}[err == nil], layer, name, names)
	}
}

// attempt is a token of a pipeline and the role that it asks for.
type attempt struct {
	name, role string
	claims     map[string]any
	in         bool
}

func logins() []attempt {
	const issuer = "https://token.actions.githubusercontent.com"
	token := func(sub string) map[string]any {
		return map[string]any{"iss": issuer, "aud": "sts.amazonaws.com", "sub": sub, "exp": time.Now().Add(time.Hour).Unix()}
	}
	noSubject := token("")
	delete(noSubject, "sub")
	elsewhere := token("repo:prosa/prosa:environment:" + tried)
	elsewhere["aud"] = "someone.example"
	return []attempt{
		{"our repository, this environment", tried + "-apply", token("repo:prosa/prosa:environment:" + tried), true},
		{"our repository, production's environment", tried + "-apply", token("repo:prosa/prosa:environment:massivo-prod"), false},
		{"another repository", tried + "-apply", token("repo:other/prosa:environment:" + tried), false},
		{"a proposal (pull request)", tried + "-apply", token("repo:prosa/prosa:pull_request"), false},
		{"a proposal (pull request)", tried + "-plan", token("repo:prosa/prosa:pull_request"), true},
		{"a token without a subject", tried + "-plan", noSubject, false},
		{"a token for another audience", tried + "-apply", elsewhere, false},
	}
}

func login(ctx context.Context, s stand, account string, one attempt) error {
	token, err := s.Token(one.claims)
	if err != nil {
		return err
	}
	client := sts.New(sts.Options{Region: aws.Region, BaseEndpoint: sdk.String(s.endpoint), Credentials: credentials.NewStaticCredentialsProvider("none", "none", ""), RetryMaxAttempts: 1})
	_, err = client.AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: sdk.String("arn:aws:iam::" + account + ":role/" + one.role), RoleSessionName: sdk.String("pipeline"), WebIdentityToken: &token,
	})
	return err
}

// byHand is a change that did not come through Terraform.
func byHand(t *testing.T, s stand, account, form string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.endpoint, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+aws.AccessKey(account)+"/20261123/"+aws.Region+"/iam/aws4_request, SignedHeaders=host, Signature=0")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("by hand: %s", answer.Status)
	}
}

// TestShowModules holds the files to the form of terraform fmt and runs the
// tests that lie beside the modules.
func TestShowModules(t *testing.T) {
	if *accounts != "all" {
		t.Skip("not all accounts were asked for: -accounts all")
	}
	tool, err := terraform.Find(config.Environment())
	if err != nil {
		t.Skipf("NOT PROVED, no module was tested: %v", err)
	}
	copied, err := tool.Copy(tree, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	unformed, err := copied.Unformed(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range unformed {
		t.Errorf("%s is not in the form of terraform fmt", name)
	}
	var folders []string
	for _, pattern := range []string{"contract/*/tests", "aws/modules/*/tests"} {
		found, err := filepath.Glob(filepath.Join(tree, pattern))
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		name, err := filepath.Rel(tree, filepath.Dir(folder))
		if err != nil {
			t.Fatal(err)
		}
		printed, err := copied.Test(context.Background(), filepath.ToSlash(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		lines := strings.Split(strings.TrimSpace(printed), "\n")
		fmt.Printf("%-28s %s\n", name, lines[len(lines)-1])
	}
}
