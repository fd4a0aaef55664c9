package amazon

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
	sandbox "prosa/internal/sandbox/aws"
)

const accountID = "100000000012"

func open(t *testing.T, key string) (*Account, *sandbox.Server, *clock.Manual) {
	t.Helper()
	now := clock.NewManual(time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC))
	cloud := sandbox.New(sandbox.Config{Now: now.Now, Accounts: []sandbox.Account{{ID: accountID, Name: "massivo-homolog"}}})
	server := httptest.NewServer(cloud)
	t.Cleanup(server.Close)
	account, err := New(t.Context(), Config{Region: sandbox.Region, BaseURL: server.URL + "/"}, "massivo-homolog", credentials.NewStaticCredentialsProvider(key, sandbox.Secret, ""))
	if err != nil {
		t.Fatal(err)
	}
	return account, cloud, now
}

// Who did not sign in is told to, and not where a machine would have looked.
func TestWhoDidNotSignInIsTold(t *testing.T) {
	for said, wanted := range map[string]string{
		"no EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context deadline exceeded": "AWS_PROFILE",
		"the SSO session has expired or is invalid":                                                                 "the SSO session has expired",
	} {
		nobody := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New(said) })
		account, err := New(t.Context(), Config{Region: sandbox.Region, BaseURL: "http://127.0.0.1:1/"}, "massivo-homolog", nobody)
		if err != nil {
			t.Fatal(err)
		}
		for name, call := range map[string]func() error{
			"who":  func() error { _, err := account.Who(t.Context()); return err },
			"look": func() error { _, err := account.Look(t.Context()); return err },
		} {
			err := call()
			if !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "sign in") || !strings.Contains(err.Error(), wanted) || strings.Contains(err.Error(), "imds") || strings.Contains(err.Error(), "get identity") {
				t.Errorf("%s, %s: %v", said, name, err)
			}
		}
	}
}

// The whole way is tested with the service, in environment/flow_test.go.
func TestTheDatabaseSaysWhereItIs(t *testing.T) {
	account, cloud, now := open(t, sandbox.AccessKey(accountID))
	if _, err := account.Look(t.Context()); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "massivo-homolog-db") {
		t.Fatal(err)
	}
	if _, err := account.rds.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("massivo-homolog-db"), DBInstanceClass: aws.String("db.t4g.small"), Engine: aws.String("postgres")}); err != nil {
		t.Fatal(err)
	}
	at := func(state environment.State, word string, count int) {
		t.Helper()
		part, _, err := account.database(t.Context())
		if err != nil || part.State != state || part.Word != word || part.Count != count || part.Role != environment.Database {
			t.Fatalf("%+v, %v; want %s", part, err, state)
		}
	}
	at(environment.Starting, "creating", 1)
	if err := account.stopDatabase(t.Context(), "massivo-homolog-db"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a database that starts was stopped: %v", err)
	}
	now.Advance(10 * time.Minute)
	at(environment.Running, "available", 1)
	cloud.BackUp(accountID, "massivo-homolog-db", time.Minute)
	at(environment.Busy, "backing-up", 1)
	now.Advance(2 * time.Minute)
	cloud.Throttle(accountID, "rds:StopDBInstance", 1) // which is repeated
	if err := account.stopDatabase(t.Context(), "massivo-homolog-db"); err != nil {
		t.Fatal(err)
	}
	at(environment.Stopping, "stopping", 0)
	now.Advance(5 * time.Minute)
	at(environment.Stopped, "stopped", 0)
	now.Advance(7 * 24 * time.Hour)
	part, restarted, err := account.database(t.Context())
	if err != nil || part.Count != 1 || restarted == 0 || now.Now().Sub(time.UnixMilli(restarted)) > 5*time.Minute {
		t.Fatalf("%+v at %d, %v", part, restarted, err)
	}
	// A start by a person is none by the vendor.
	now.Advance(time.Hour)
	if err := account.stopDatabase(t.Context(), "massivo-homolog-db"); err != nil {
		t.Fatal(err)
	}
	now.Advance(2 * 24 * time.Hour)
	if err := account.startDatabase(t.Context(), "massivo-homolog-db"); err != nil {
		t.Fatal(err)
	}
	if _, restarted, err := account.database(t.Context()); err != nil || restarted != 0 {
		t.Fatalf("%d, %v", restarted, err)
	}
}

func TestWhoCalls(t *testing.T) {
	account, _, _ := open(t, sandbox.AccessKey(accountID))
	who, err := account.Who(t.Context())
	if err != nil || who.Name != "operator" || who.AccountID != accountID || !strings.HasPrefix(who.Proof, "arn:aws:iam::"+accountID) {
		t.Fatal(who, err)
	}
	stranger, _, _ := open(t, sandbox.AccessKey("999999999999"))
	if _, err := stranger.Who(t.Context()); !fault.Is(err, fault.Forbidden) {
		t.Fatal(err)
	}
	if _, err := stranger.Look(t.Context()); !fault.Is(err, fault.Forbidden) {
		t.Fatal(err)
	}
}

func TestStateOf(t *testing.T) {
	for _, c := range []struct {
		wanted, serving, there int
		want                   environment.State
	}{{0, 0, 0, environment.Stopped}, {0, 0, 1, environment.Stopping}, {0, 1, 1, environment.Stopping}, {2, 1, 2, environment.Starting}, {2, 2, 2, environment.Running}, {1, 0, 0, environment.Starting}, {1, 2, 2, environment.Running}} {
		if got := stateOf(c.wanted, c.serving, c.there); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestTasksThatEnd(t *testing.T) {
	task := func(status string, codes ...int32) types.Task {
		made := types.Task{LastStatus: aws.String(status)}
		for _, code := range codes {
			made.Containers = append(made.Containers, types.Container{ExitCode: aws.Int32(code)})
		}
		return made
	}
	if done, err := ended("x", task("RUNNING")); done || err != nil {
		t.Error(done, err)
	}
	if done, err := ended("x", task("STOPPED", 0)); !done || err != nil {
		t.Error(done, err)
	}
	if done, err := ended("x", task("STOPPED", 0, 3)); !done || !strings.Contains(err.Error(), "ended with 3") {
		t.Error(done, err)
	}
	never := types.Task{LastStatus: aws.String("STOPPED"), StoppedReason: aws.String("CannotPullContainerError"), Containers: []types.Container{{}}}
	if done, err := ended("x", never); !done || !strings.Contains(err.Error(), "never began") || !strings.Contains(err.Error(), "CannotPull") {
		t.Error(done, err)
	}
}

func TestConfig(t *testing.T) {
	if got := (Config{Region: "sa-east-1"}).endpoint("rds"); got != "https://rds.sa-east-1.amazonaws.com" {
		t.Error(got)
	}
	for _, bad := range []Config{{}, {Region: "SA"}, {Region: "sa-east-1/x"}, {Region: "sa-east-1", BaseURL: "127.0.0.1:1"}} {
		if err := bad.Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
