package aws

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Reading across accounts takes a yes on both sides: the reader's rights and
// boundary, and the policy of what is read. Both are held together here as the
// layers' plans make them (internal/cloud/review/testdata): the ledger's worker of
// massivo-prod, the meters of massivo-dev, the bill of the account that pays.
func TestTheLedgerReadsMetersAndNothingElse(t *testing.T) {
	const (
		meters = "arn:aws:s3:::prosa-massivo-dev-meters"
		media  = "arn:aws:s3:::prosa-massivo-dev-media"
		focus  = "arn:aws:s3:::prosa-management-focus"
		key    = "arn:aws:kms:sa-east-1:100000000011:key/1"
		day    = "/meters/massivo-dev/2026-11-22.csv.gz"
		part   = "/focus/focus-1-2/data/BILLING_PERIOD=2026-11/focus-1-2-00001.snappy.parquet"
	)
	boundary := planned(t, "massivo-prod", "20-access", "module.boundary.aws_iam_policy.running")
	rights := map[string]string{}
	for _, part := range []string{"worker", "api"} {
		rights[part] = planned(t, "massivo-prod", "50-runtime", `module.task["`+part+`"].aws_iam_role_policy.process["process"]`)
	}
	data := func(address string) string { return planned(t, "massivo-dev", "40-data", address) }
	bucket, sealed, bill := data("module.meters.aws_s3_bucket_policy.this"), data("module.encryption.aws_kms_key.data"), planned(t, "management", "80-finops", "module.bill.module.bucket.aws_s3_bucket_policy.this")
	store := func(object string) map[string]string {
		return map[string]string{"kms:ViaService": "s3.sa-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": object}
	}
	for _, c := range []struct {
		name, who, action, resource, let string
		claims                           map[string]string
		want                             bool
	}{
		{"a day's meters", "worker", "s3:GetObject", meters + day, bucket, nil, true},
		{"the names of meters", "worker", "s3:ListBucket", meters, bucket, map[string]string{"s3:prefix": "meters/massivo-dev/"}, true},
		{"all names of the bucket", "worker", "s3:ListBucket", meters, bucket, map[string]string{"s3:prefix": ""}, false},
		{"the seal of the bucket, through the store", "worker", "kms:Decrypt", key, sealed, store(meters), true},
		{"the seal of an object, through the store", "worker", "kms:Decrypt", key, sealed, store(meters + day), true},
		{"a file of the bill", "worker", "s3:GetObject", focus + part, bill, nil, true},
		{"the names of the bill", "worker", "s3:ListBucket", focus, bill, map[string]string{"s3:prefix": "focus/"}, true},
		{"writing a day", "worker", "s3:PutObject", meters + day, bucket, nil, false},
		{"deleting a day", "worker", "s3:DeleteObject", meters + day, bucket, nil, false},
		{"another object of the bucket", "worker", "s3:GetObject", meters + "/other", bucket, nil, false},
		{"what customers sent", "worker", "s3:GetObject", media + day, `{"Statement":[]}`, nil, false},
		{"its seal", "worker", "kms:Decrypt", key, sealed, store(media), false},
		{"the seal by hand", "worker", "kms:Decrypt", key, sealed, map[string]string{"kms:EncryptionContext:aws:s3:arn": meters}, false},
		{"sealing", "worker", "kms:Encrypt", key, sealed, store(meters), false},
		{"the bill, to change it", "worker", "s3:PutObject", focus + part, bill, nil, false},
		{"the API, a day's meters", "api", "s3:GetObject", meters + day, bucket, nil, false},
		{"the API, the seal", "api", "kms:Decrypt", key, sealed, store(meters), false},
		{"the API, the bill", "api", "s3:GetObject", focus + part, bill, nil, false},
	} {
		role := "arn:aws:iam::100000000013:role/massivo-prod-" + c.who + "-process"
		owner := "100000000011"
		if c.let == bill {
			owner = "100000000001"
		}
		asked := request{action: c.action, resource: c.resource, claims: map[string][]string{"aws:RequestedRegion": {"sa-east-1"}, "aws:ResourceAccount": {owner}, "aws:PrincipalArn": {role}, "aws:SecureTransport": {"true"}}}
		for name, value := range c.claims {
			asked.claims[name] = []string{value}
		}
		mine := weigh([]string{rights[c.who]}, asked) && weigh([]string{boundary}, asked)
		asked.principals = map[string][]string{"AWS": {"arn:aws:iam::100000000013:root", role}}
		theirs := weigh([]string{c.let}, asked)
		if (mine && theirs) != c.want {
			t.Errorf("%s: the reader may: %t, it is let in: %t", c.name, mine, theirs)
		}
		// Neither side alone lets in what the other refuses.
		if !c.want && (mine || theirs) {
			t.Errorf("%s: refused by one side only: the reader may: %t, it is let in: %t", c.name, mine, theirs)
		}
	}
}

// planned gives a policy as a plan has it.
func planned(t *testing.T, account, layer, address string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "cloud", "review", "testdata", "plans", account, layer+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ After struct{ Policy string } }
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	for _, change := range plan.Changes {
		if change.Address == address {
			return change.Change.After.Policy
		}
	}
	t.Fatalf("%s of %s has no %s", layer, account, address)
	return ""
}
