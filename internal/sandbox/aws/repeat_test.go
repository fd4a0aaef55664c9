package aws_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"prosa/internal/sandbox/aws"
)

// losing is a way to the stand-in on which the first answer is lost after the
// stand-in gave it.
type losing struct{ asked atomic.Int32 }

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || l.asked.Add(1) > 1 {
		return answer, err
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return nil, io.ErrUnexpectedEOF
}

// TestALostAnswerIsGivenAgain loses the answer to a creation, which an SDK asks
// for again by itself: what was made is made once, and the caller is told of it.
func TestALostAnswerIsGivenAgain(t *testing.T) {
	c := newCloud(t)
	way := new(losing)
	client := rds.New(rds.Options{Region: aws.Region, BaseEndpoint: sdk.String(c.url), HTTPClient: &http.Client{Transport: way},
		Credentials: credentials.NewStaticCredentialsProvider(aws.AccessKey(dev), aws.Secret, "")})
	made, err := client.CreateDBInstance(context.Background(), &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: sdk.String("left"), DBInstanceClass: sdk.String("db.t4g.small"), Engine: sdk.String("postgres"), MasterUsername: sdk.String("prosa"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if sdk.ToString(made.DBInstance.DBInstanceIdentifier) != "left" || way.asked.Load() != 2 {
		t.Fatalf("made %s in %d attempts", sdk.ToString(made.DBInstance.DBInstanceIdentifier), way.asked.Load())
	}
	if got := c.Repeated(); !slices.Equal(got, []string{"rds:CreateDBInstance"}) {
		t.Errorf("repeated: %v", got)
	}
}

// TestAnotherCallIsNoRepetition asks for the same thing twice, as two calls and
// from two accounts with the name of one: only an attempt of the same call by the
// same key gets the answer of before.
func TestAnotherCallIsNoRepetition(t *testing.T) {
	c := newCloud(t)
	const database = "Action=CreateDBInstance&DBInstanceIdentifier=left&DBInstanceClass=db.t4g.small&Engine=postgres&MasterUsername=prosa"
	ask := func(account, invocation string) (int, string) {
		return c.call(t, account, "rds", http.MethodPost, "/", "application/x-www-form-urlencoded", database, map[string]string{"Amz-Sdk-Invocation-Id": invocation})
	}
	status, first := ask(dev, "one")
	if status != http.StatusOK {
		t.Fatal(first)
	}
	if status, again := ask(dev, "one"); status != http.StatusOK || again != first {
		t.Errorf("the same call again: %d %s", status, again)
	}
	if status, text := ask(dev, "two"); status != http.StatusBadRequest || !strings.Contains(text, "DBInstanceAlreadyExists") {
		t.Errorf("another call: %d %s", status, text)
	}
	if status, text := ask(prod, "one"); status != http.StatusOK || text == first {
		t.Errorf("another account: %d %s", status, text)
	}
	if status, text := ask(dev, ""); status != http.StatusBadRequest {
		t.Errorf("a call of no SDK: %d %s", status, text)
	}
}

// TestARefusalIsNotKept asks again after a refusal whose cause is gone: an SDK
// tries a refused call again under the same name, and is heard anew.
func TestARefusalIsNotKept(t *testing.T) {
	c := newCloud(t)
	ask := func(form string) (int, string) {
		return c.call(t, dev, "rds", http.MethodPost, "/", "application/x-www-form-urlencoded", form, map[string]string{"Amz-Sdk-Invocation-Id": "one"})
	}
	if status, text := ask("Action=DescribeDBInstances&DBInstanceIdentifier=left"); status != http.StatusNotFound {
		t.Fatal(status, text)
	}
	if status, text := ask("Action=CreateDBInstance&DBInstanceIdentifier=left&DBInstanceClass=db.t4g.small&Engine=postgres"); status != http.StatusOK {
		t.Error(status, text)
	}
}
