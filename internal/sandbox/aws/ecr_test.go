package aws_test

import (
	"strconv"
	"testing"
)

func TestARegistryIsReadAsItWasMade(t *testing.T) {
	const arn = `"resourceArn":"arn:aws:ecr:sa-east-1:` + dev + `:repository/prosa"`
	lifecycle := func(selection string) string {
		return `{"repositoryName":"prosa","lifecyclePolicyText":` + strconv.Quote(`{"rules":[{"rulePriority":1,"selection":{`+selection+`},"action":{"type":"expire"}}]}`) + `}`
	}
	const many = `"countType":"imageCountMoreThan","countNumber":30`
	newCloud(t).tell(t, dev, []step{
		{"ecr", "CreateRepository", `{"repositoryName":"Prosa"}`, 400, []string{"InvalidParameterException"}},
		{"ecr", "CreateRepository", `{"repositoryName":"prosa","encryptionConfiguration":{"encryptionType":"KMS","kmsKey":"nobody"}}`, 400, []string{"KmsException"}},
		{"ecr", "CreateRepository", `{"repositoryName":"prosa","imageTagMutability":"IMMUTABLE","tags":[{"Key":"owner","Value":"plataforma"}]}`, 0, []string{`"IMMUTABLE"`, dev + ".dkr.ecr", "AES256"}},
		{"ecr", "CreateRepository", `{"repositoryName":"prosa"}`, 400, []string{"RepositoryAlreadyExistsException"}},
		{"ecr", "PutImageTagMutability", `{"repositoryName":"prosa","imageTagMutability":"SOMETIMES"}`, 400, []string{"InvalidParameterException"}},
		{"ecr", "PutImageTagMutability", `{"repositoryName":"prosa","imageTagMutability":"MUTABLE"}`, 0, nil},
		{"ecr", "PutImageScanningConfiguration", `{"repositoryName":"prosa","imageScanningConfiguration":{"scanOnPush":true}}`, 0, nil},
		{"ecr", "DescribeRepositories", `{"repositoryNames":["prosa"]}`, 0, []string{`"MUTABLE"`, `"scanOnPush":true`}},
		{"ecr", "TagResource", `{` + arn + `,"tags":[{"Key":"line","Value":"massivo"}]}`, 0, nil},
		{"ecr", "ListTagsForResource", `{` + arn + `}`, 0, []string{"plataforma", "massivo"}},
		{"ecr", "UntagResource", `{` + arn + `,"tagKeys":["owner"]}`, 0, nil},
		{"ecr", "ListTagsForResource", `{` + arn + `}`, 0, []string{`[{"Key":"line","Value":"massivo"}]`}},
		{"ecr", "GetLifecyclePolicy", `{"repositoryName":"prosa"}`, 400, []string{"LifecyclePolicyNotFoundException"}},
		{"ecr", "PutLifecyclePolicy", `{"repositoryName":"prosa","lifecyclePolicyText":"{}"}`, 400, []string{"failed to match schema"}},
		{"ecr", "PutLifecyclePolicy", lifecycle(`"tagStatus":"tagged",` + many), 400, []string{"tagPatternList"}},
		{"ecr", "PutLifecyclePolicy", lifecycle(`"tagStatus":"any","countUnit":"days",` + many), 400, []string{"countUnit"}},
		{"ecr", "PutLifecyclePolicy", lifecycle(`"tagStatus":"any","countType":"imageCountMoreThan"`), 400, []string{"countNumber"}},
		{"ecr", "PutLifecyclePolicy", lifecycle(`"tagStatus":"tagged","tagPatternList":["*"],` + many), 0, nil},
		{"ecr", "GetLifecyclePolicy", `{"repositoryName":"prosa"}`, 0, []string{`tagPatternList`}},
		{"ecr", "DeleteRepository", `{"repositoryName":"prosa"}`, 0, nil},
		{"ecr", "DescribeRepositories", `{"repositoryNames":["prosa"]}`, 400, []string{"RepositoryNotFoundException"}},
	})
}

func TestASecretHasANameAndNoValue(t *testing.T) {
	newCloud(t).tell(t, dev, []step{
		{"secretsmanager", "CreateSecret", `{"Name":"a/b","SecretString":"x"}`, 400, []string{"no secret's value"}},
		{"secretsmanager", "CreateSecret", `{"Name":"a b"}`, 400, []string{"Invalid name"}},
		{"secretsmanager", "CreateSecret", `{"Name":"a/b","Description":"d","Tags":[{"Key":"owner","Value":"p"}]}`, 0, []string{":secret:a/b-"}},
		{"secretsmanager", "CreateSecret", `{"Name":"a/b"}`, 400, []string{"ResourceExistsException"}},
		{"secretsmanager", "UpdateSecret", `{"SecretId":"a/b","Description":"e"}`, 0, nil},
		{"secretsmanager", "TagResource", `{"SecretId":"a/b","Tags":[{"Key":"line","Value":"massivo"}]}`, 0, nil},
		{"secretsmanager", "UntagResource", `{"SecretId":"a/b","TagKeys":["owner"]}`, 0, nil},
		{"secretsmanager", "DescribeSecret", `{"SecretId":"a/b"}`, 0, []string{`"e"`, `[{"Key":"line","Value":"massivo"}]`}},
		{"secretsmanager", "DeleteSecret", `{"SecretId":"a/b","RecoveryWindowInDays":3}`, 400, []string{"InvalidParameterException"}},
		{"secretsmanager", "DeleteSecret", `{"SecretId":"a/b","RecoveryWindowInDays":7}`, 0, nil},
		{"secretsmanager", "CreateSecret", `{"Name":"a/b"}`, 400, []string{"already scheduled for deletion"}},
		{"secretsmanager", "RestoreSecret", `{"SecretId":"a/b"}`, 0, nil},
		{"secretsmanager", "DeleteSecret", `{"SecretId":"a/b","ForceDeleteWithoutRecovery":true}`, 0, nil},
		{"secretsmanager", "DescribeSecret", `{"SecretId":"a/b"}`, 400, []string{"ResourceNotFoundException"}},
	})
}
