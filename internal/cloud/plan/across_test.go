package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"prosa/internal/cloud/plan"
)

// in gives what an account is held against: massivo-prod keeps the ledger, in the
// account 100000000013.
func in(name, id string) plan.Expected {
	return plan.Expected{
		Account: name, ID: id, Organization: "prosa", Owner: "massivo", Known: []string{"100000000013", "100000000011"}, Ledger: "massivo-prod", LedgerID: "100000000013",
		Meters: []string{"prosa-massivo-dev-meters", "prosa-massivo-prod-meters", "prosa-enterprise-prod-meters"}, Bills: []string{"prosa-management-focus"},
	}
}

func TestWhoIsLetInFromOtherAccounts(t *testing.T) {
	const (
		role   = "arn:aws:iam::100000000013:role/massivo-prod-worker-process"
		root   = `"Principal":{"AWS":"arn:aws:iam::100000000013:root"}`
		alone  = `"ArnEquals":{"aws:PrincipalArn":"` + role + `"}`
		read   = `"Action":"s3:GetObject","Resource":"arn:aws:s3:::prosa-massivo-dev-meters/meters/*"`
		via    = `"StringEquals":{"kms:ViaService":"s3.sa-east-1.amazonaws.com"}`
		opened = `"StringLike":{"kms:EncryptionContext:aws:s3:arn":["arn:aws:s3:::prosa-massivo-dev-meters","arn:aws:s3:::prosa-massivo-dev-meters/meters/*"]}`
	)
	bucket := func(parts ...string) string {
		text, _ := json.Marshal(`{"Statement":[{"Effect":"Allow",` + strings.Join(parts, ",") + `}]}`)
		return `{"bucket":"prosa-massivo-dev-meters","policy":` + string(text) + `}`
	}
	for _, c := range []struct{ name, kind, after, want string }{
		{"the ledger reads the meters", "aws_s3_bucket_policy", bucket(root, read, `"Condition":{`+alone+`}`), ""},
		{"the ledger lists them", "aws_s3_bucket_policy", bucket(root, `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::prosa-massivo-dev-meters"`, `"Condition":{`+alone+`}`), ""},
		{"the whole account", "aws_s3_bucket_policy", bucket(root, read), "others-let-in"},
		{"another role", "aws_s3_bucket_policy", bucket(root, read, `"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::100000000013:role/massivo-prod-api-process"}}`), "others-let-in"},
		{"roles that begin alike", "aws_s3_bucket_policy", bucket(root, read, `"Condition":{"ArnLike":{"aws:PrincipalArn":"`+role+`*"}}`), "others-let-in"},
		{"a second role", "aws_s3_bucket_policy", bucket(root, read, `"Condition":{"ArnEquals":{"aws:PrincipalArn":["`+role+`","arn:aws:iam::100000000011:role/x"]}}`), "others-let-in"},
		{"an account that keeps no ledger", "aws_s3_bucket_policy", bucket(`"Principal":{"AWS":"arn:aws:iam::100000000023:root"}`, read), "foreign-account,others-let-in"},
		{"the organisation", "aws_s3_bucket_policy", bucket(`"Principal":"*"`, read, `"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), "others-let-in"},
		{"anyone, narrowed to an account", "aws_s3_bucket_policy", bucket(`"Principal":"*"`, read, `"Condition":{"StringEquals":{"aws:PrincipalAccount":"100000000013"}}`), "others-let-in"},
		{"the account itself", "aws_s3_bucket_policy", bucket(`"Principal":{"AWS":"arn:aws:iam::100000000011:root"}`, `"Action":"s3:*","Resource":"*"`), ""},
		{"a service for this account", "aws_s3_bucket_policy", bucket(`"Principal":{"Service":"delivery.logs.amazonaws.com"}`, `"Action":"s3:PutObject","Resource":"*"`, `"Condition":{"StringEquals":{"aws:SourceAccount":"100000000011"}}`), ""},
		{"writing", "aws_s3_bucket_policy", bucket(root, `"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::prosa-massivo-dev-meters/meters/*"`, `"Condition":{`+alone+`}`), "others-read"},
		{"all but deleting", "aws_s3_bucket_policy", bucket(root, `"NotAction":"s3:DeleteObject","Resource":"arn:aws:s3:::prosa-massivo-dev-meters/meters/*"`, `"Condition":{`+alone+`}`), "others-read"},
		{"the whole bucket", "aws_s3_bucket_policy", bucket(root, `"Action":"s3:GetObject","Resource":"arn:aws:s3:::prosa-massivo-dev-meters/*"`, `"Condition":{`+alone+`}`), "others-read"},
		{"customers' files", "aws_s3_bucket_policy", strings.ReplaceAll(bucket(root, `"Action":"s3:GetObject","Resource":"arn:aws:s3:::prosa-massivo-dev-media/meters/*"`, `"Condition":{`+alone+`}`), "dev-meters", "dev-media"), "others-read"},
		{"the queue", "aws_sqs_queue_policy", bucket(root, `"Action":"sqs:ReceiveMessage","Resource":"*"`, `"Condition":{`+alone+`}`), "others-read"},
		{"the key, for the meters", "aws_kms_key", bucket(root, `"Action":"kms:Decrypt","Resource":"*"`, `"Condition":{`+alone+`,`+via+`,`+opened+`}`), ""},
		{"a key whose policy is no policy", "aws_kms_key", `{"policy":"{"}`, "unreadable"},
		{"the key, for anything", "aws_kms_key", bucket(root, `"Action":"kms:Decrypt","Resource":"*"`, `"Condition":{`+alone+`,`+via+`}`), "others-read"},
		{"the key, by hand", "aws_kms_key", bucket(root, `"Action":"kms:Decrypt","Resource":"*"`, `"Condition":{`+alone+`,`+opened+`}`), "others-read"},
		{"the key, for the database", "aws_kms_key", bucket(root, `"Action":"kms:Decrypt","Resource":"*"`, `"Condition":{`+alone+`,`+opened+`,`+strings.ReplaceAll(via, "s3.", "rds.")+`}`), "others-read"},
		{"the key, for files of customers", "aws_kms_key", bucket(root, `"Action":"kms:Decrypt","Resource":"*"`, `"Condition":{`+alone+`,`+via+`,`+strings.ReplaceAll(opened, "dev-meters", "dev-media")+`}`), "others-read"},
		{"the key, to seal", "aws_kms_key", bucket(root, `"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*"`, `"Condition":{`+alone+`,`+via+`,`+opened+`}`), "others-read"},
	} {
		if got := strings.Join(brokenIn(t, in("massivo-dev", "100000000011"), c.kind, c.after, `{}`), ","); !breaks(got, c.want) {
			t.Errorf("%s: breaks %q, want %q", c.name, got, c.want)
		}
	}
}

// A queue's and a topic's policy name the queue, which does not exist yet; whom a
// bucket or a key lets in must be known.
func TestWhomAPolicyLetsInIsKnown(t *testing.T) {
	for kind, want := range map[string]string{"aws_s3_bucket_policy": "unreadable", "aws_kms_key": "unreadable", "aws_sqs_queue_policy": ""} {
		if got := strings.Join(brokenIn(t, in("massivo-dev", "100000000011"), kind, `{}`, `{"policy":true}`), ","); !breaks(got, want) {
			t.Errorf("%s: breaks %q, want %q", kind, got, want)
		}
	}
}

// breaks compares the rules of this file and what was wanted beside them; the
// plans of these tests are of another account than they say, and untagged.
func breaks(got, want string) bool {
	rules := strings.Split(got, ",")
	rules = slices.DeleteFunc(rules, func(rule string) bool { return rule == "account" || rule == "tags" })
	return strings.Join(rules, ",") == want
}

func TestWhereWhatRunsMayGo(t *testing.T) {
	const (
		meters = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::prosa-massivo-dev-meters/meters/*"}`
		bill   = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::prosa-management-focus"}`
		key    = `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:sa-east-1:100000000011:key/*","Condition":{"StringEquals":{"kms:ViaService":"s3.sa-east-1.amazonaws.com"},"StringLike":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::prosa-massivo-dev-meters"}}}`
		worker = "massivo-prod-worker-process"
	)
	keeper, other := in("massivo-prod", "100000000013"), in("enterprise-prod", "100000000023")
	policy := func(name, role, statement string) string {
		text, _ := json.Marshal(`{"Statement":` + statement + `}`)
		return `{"name":"` + name + `","role":"` + role + `","policy":` + string(text) + `}`
	}
	for _, c := range []struct {
		name     string
		expected plan.Expected
		kind     string
		after    string
		want     string
	}{
		{"the ledger's worker reads meters", keeper, "aws_iam_role_policy", policy("process", worker, meters), ""},
		{"and lists the bill", keeper, "aws_iam_role_policy", policy("process", worker, bill), ""},
		{"and opens them", keeper, "aws_iam_role_policy", policy("process", worker, key), ""},
		{"its own things are its own", keeper, "aws_iam_role_policy", policy("process", worker, `{"Effect":"Allow","Action":["s3:PutObject","kms:Encrypt"],"Resource":["arn:aws:s3:::prosa-massivo-prod-media/*","arn:aws:kms:sa-east-1:100000000013:key/1"]}`), ""},
		{"the API reads meters", keeper, "aws_iam_role_policy", policy("process", "massivo-prod-api-process", meters), "others-things"},
		{"a role whose name is not known yet", keeper, "aws_iam_role_policy", policy("process", "", meters), "others-things"},
		{"the worker of another deployment", other, "aws_iam_role_policy", policy("process", "enterprise-prod-worker-process", meters), "others-things"},
		{"a role of the same name elsewhere", other, "aws_iam_role_policy", policy("process", worker, meters), "others-things"},
		{"writing meters", keeper, "aws_iam_role_policy", policy("process", worker, strings.ReplaceAll(meters, "GetObject", "PutObject")), "others-things"},
		{"customers' files", keeper, "aws_iam_role_policy", policy("process", worker, strings.ReplaceAll(meters, "dev-meters", "dev-media")), "others-things"},
		{"every bucket of ours", keeper, "aws_iam_role_policy", policy("process", worker, strings.ReplaceAll(meters, "massivo-dev-meters", "*")), "others-things"},
		{"a key for all", keeper, "aws_iam_role_policy", policy("process", worker, `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:sa-east-1:100000000011:key/*"}`), "others-things"},
		{"a boundary for its own", other, "aws_iam_policy", policy("enterprise-prod-boundary", "", `{"Effect":"Allow","Action":["s3:*","kms:Decrypt"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"100000000023"}}}`), ""},
		{"a boundary of another's own", other, "aws_iam_policy", policy("enterprise-prod-boundary", "", `{"Effect":"Allow","Action":["s3:*","kms:Decrypt"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"100000000013"}}}`), "others-things"},
		{"a boundary for all", other, "aws_iam_policy", policy("enterprise-prod-boundary", "", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), "others-things"},
		{"the ledger's boundary", keeper, "aws_iam_policy", policy("massivo-prod-boundary", "", meters), ""},
		{"another's boundary", other, "aws_iam_policy", policy("enterprise-prod-boundary", "", meters), "others-things"},
	} {
		if got := strings.Join(brokenIn(t, c.expected, c.kind, c.after, `{}`), ","); !breaks(got, c.want) {
			t.Errorf("%s: breaks %q, want %q", c.name, got, c.want)
		}
	}
}
