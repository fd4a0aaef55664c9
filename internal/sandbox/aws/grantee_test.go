package aws_test

import (
	"net/http"
	"strings"
	"testing"
)

// A policy names who is there, and things of its own bucket.
func TestABucketsPolicyIsJudged(t *testing.T) {
	c := newCloud(t)
	c.MakeBucket(dev, "meters")
	c.MakeRole(prod, "ledger", letting(rootOfDev, "sts:AssumeRole", ""))
	const own = "arn:aws:s3:::meters"
	for _, one := range []struct {
		policy, refusal string
	}{
		{"no JSON", "valid JSON"},
		{letting(`"AWS":"arn:aws:iam::`+prod+`:role/nobody"`, "s3:GetObject", own+"/*"), "Invalid principal"},
		{letting(`"AWS":"arn:aws:iam::`+prod+`:user/nobody"`, "s3:GetObject", own+"/*"), "Invalid principal"},
		{letting(`"Service":"events"`, "s3:GetObject", own+"/*"), "Invalid principal"},
		{letting(`"AWS":"somebody"`, "s3:GetObject", own+"/*"), "Invalid principal"},
		{letting(rootOfDev, "s3:GetObject", "arn:aws:s3:::media/*"), "invalid resource"},
		{letting(rootOfDev, "s3:GetObject", own), "does not apply"},
		{letting(rootOfDev, "s3:ListBucket", own+"/*"), "does not apply"},
		{letting(`"AWS":"arn:aws:iam::`+prod+`:role/ledger"`, "s3:GetObject", own+"/*"), ""},
		{letting(`"AWS":"`+prod+`"`, "s3:ListBucket", own), ""},
		{letting(`"Service":"logs.amazonaws.com"`, "s3:*", own), ""},
	} {
		status, text := c.s3(t, dev, http.MethodPut, "/meters?policy", one.policy, nil)
		if (one.refusal == "") != (status < 300) || !strings.Contains(text, one.refusal) {
			t.Errorf("%s: %d %s", one.policy, status, text)
		}
	}
}
