package aws_test

import (
	"strconv"
	"strings"
	"testing"
)

// letting is a policy that lets a principal (such as "AWS":"...") do something.
func letting(principal, action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{` + principal + `},"Action":"` + action + `","Resource":"` + resource + `"}]}`
}

const rootOfDev = `"AWS":"arn:aws:iam::` + dev + `:root"`

func TestAKeyTurnsAndHasItsPolicy(t *testing.T) {
	create := func(policy string) string { return `{"Policy":` + strconv.Quote(policy) + `,"Description":"seals"}` }
	newCloud(t).tell(t, dev, []step{
		{"kms", "CreateKey", create("no JSON"), 400, []string{"MalformedPolicyDocumentException"}},
		{"kms", "CreateKey", create(letting(`"AWS":"arn:aws:iam::`+dev+`:role/nobody"`, "kms:*", "*")), 400, []string{"invalid principals"}},
		{"kms", "CreateKey", create(letting(rootOfDev, "kms:Decrypt", "*")), 400, []string{"not allow you to update the key policy"}},
		{"kms", "CreateKey", strings.Replace(create(letting(rootOfDev, "kms:*", "*")), "{", `{"Tags":[{"TagKey":"owner","TagValue":"x"}],`, 1), 0, []string{`"Enabled"`}},
		{"kms", "GetKeyRotationStatus", `{"KeyId":"{key}"}`, 0, []string{`false`}},
		{"kms", "EnableKeyRotation", `{"KeyId":"{key}","RotationPeriodInDays":30}`, 400, []string{"ValidationException"}},
		{"kms", "EnableKeyRotation", `{"KeyId":"{key}"}`, 0, nil},
		{"kms", "GetKeyRotationStatus", `{"KeyId":"{key}"}`, 0, []string{`true`, `365`}},
		{"kms", "DisableKeyRotation", `{"KeyId":"{key}"}`, 0, nil},
		{"kms", "GetKeyPolicy", `{"KeyId":"{key}","PolicyName":"default"}`, 0, []string{`kms:*`}},
		{"kms", "TagResource", `{"KeyId":"{key}","Tags":[{"TagKey":"line","TagValue":"massivo"}]}`, 0, nil},
		{"kms", "UntagResource", `{"KeyId":"{key}","TagKeys":["owner"]}`, 0, nil},
		{"kms", "ListResourceTags", `{"KeyId":"{key}"}`, 0, []string{`[{"TagKey":"line","TagValue":"massivo"}]`}},
		{"kms", "CreateAlias", `{"AliasName":"alias/aws/x","TargetKeyId":"{key}"}`, 400, []string{"ValidationException"}},
		{"kms", "CreateAlias", `{"AliasName":"alias/x","TargetKeyId":"{key}"}`, 0, nil},
		{"kms", "CreateAlias", `{"AliasName":"alias/x","TargetKeyId":"{key}"}`, 400, []string{"AlreadyExistsException"}},
		{"kms", "UpdateAlias", `{"AliasName":"alias/y","TargetKeyId":"{key}"}`, 400, []string{"NotFoundException"}},
		{"kms", "ListAliases", `{}`, 0, []string{"alias/x", "{key}"}},
		{"kms", "UpdateKeyDescription", `{"KeyId":"{key}","Description":"opens"}`, 0, nil},
		{"kms", "DisableKey", `{"KeyId":"{key}"}`, 0, nil},
		{"kms", "DescribeKey", `{"KeyId":"{key}"}`, 0, []string{`"opens"`, `"Disabled"`}},
		{"kms", "ScheduleKeyDeletion", `{"KeyId":"{key}","PendingWindowInDays":3}`, 400, []string{"ValidationException"}},
		{"kms", "ScheduleKeyDeletion", `{"KeyId":"{key}"}`, 0, []string{"PendingDeletion"}},
		{"kms", "EnableKey", `{"KeyId":"{key}"}`, 400, []string{"KMSInvalidStateException"}},
		{"kms", "CancelKeyDeletion", `{"KeyId":"{key}"}`, 0, nil},
		{"kms", "DescribeKey", `{"KeyId":"nobody"}`, 400, []string{"NotFoundException"}},
	})
}

// The service of logs has no role in the account: the key itself must let it in.
func TestLogsAreSealedByAKeyThatLetsThem(t *testing.T) {
	group := func(name string) string { return `{"logGroupName":"` + name + `","kmsKeyId":"{key}"}` }
	policy := func(groups string) string {
		services := `{"Effect":"Allow","Principal":{"Service":"logs.sa-east-1.amazonaws.com"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*","Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:sa-east-1:` + dev + `:log-group:` + groups + `"}}}`
		return `{"KeyId":"{key}","Policy":` + strconv.Quote(strings.Replace(letting(rootOfDev, "kms:*", "*"), `[`, `[`+services+`,`, 1)) + `}`
	}
	newCloud(t).tell(t, dev, []step{
		{"kms", "CreateKey", `{}`, 0, nil},
		{"logs", "CreateLogGroup", group("/prosa/x"), 400, []string{"AccessDeniedException"}},
		{"kms", "PutKeyPolicy", policy("/other/*"), 0, nil},
		{"logs", "CreateLogGroup", group("/prosa/x"), 400, []string{"AccessDeniedException"}},
		{"kms", "PutKeyPolicy", policy("/prosa/*"), 0, nil},
		{"logs", "CreateLogGroup", group("/prosa/x"), 0, nil},
		{"logs", "DisassociateKmsKey", `{"logGroupName":"/prosa/x"}`, 0, nil},
		{"logs", "AssociateKmsKey", `{"logGroupName":"/prosa/x","kmsKeyId":"nobody"}`, 400, []string{"AccessDeniedException"}},
	})
}
