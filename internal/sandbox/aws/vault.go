package aws

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
)

// vaultState holds the names of secrets; their values are nobody's here.
type vaultState struct{ secrets shelf[secret] }

type secret struct {
	about doc
	tags  []tag
}

// secretCall is what the calls about secrets say.
type secretCall struct {
	SecretID                   string `json:"SecretId"`
	Name                       string
	Description, KmsKeyID      *string
	SecretString, SecretBinary any
	RecoveryWindowInDays       *int
	ForceDeleteWithoutRecovery bool
	Tags                       []tag
	TagKeys                    []string
}

func (c *call) vault() *vaultState { return state[vaultState](c.account, "secretsmanager") }

func vaultCalls() map[string]handler {
	return map[string]handler{
		"CreateSecret": jsonCall(createSecret), "DescribeSecret": jsonCall(withSecret(describeSecret)), "UpdateSecret": jsonCall(withSecret(updateSecret)),
		"GetResourcePolicy": jsonCall(withSecret(secretPolicy)), "TagResource": jsonCall(withSecret(tagSecret)), "UntagResource": jsonCall(withSecret(untagSecret)),
		"DeleteSecret": jsonCall(withSecret(deleteSecret)), "RestoreSecret": jsonCall(withSecret(restoreSecret)),
	}
}

var secretName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

// secretSuffix are the six letters that the vendor draws for each secret.
const secretSuffix = "AbCdEf"

func createSecret(c *call, in secretCall) (any, error) {
	held := c.vault().secrets[in.Name]
	switch {
	case !secretName.MatchString(in.Name):
		return nil, refuse(http.StatusBadRequest, "ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")
	case held != nil && held.about["DeletedDate"] != nil:
		return nil, refuse(http.StatusBadRequest, "InvalidRequestException", "You can't create this secret because a secret with this name is already scheduled for deletion.")
	case held != nil:
		return nil, refuse(http.StatusBadRequest, "ResourceExistsException", "The operation failed because the secret %s already exists.", in.Name)
	case in.SecretString != nil || in.SecretBinary != nil:
		return nil, refuse(http.StatusBadRequest, "InvalidRequestException", "the stand-in takes no secret's value")
	}
	made := &secret{about: doc{"ARN": c.arn("secretsmanager", "secret:"+in.Name+"-"+secretSuffix), "Name": in.Name, "CreatedDate": seconds(c.server.config.Now())}, tags: in.Tags}
	if _, err := updateSecret(c, made, in); err != nil {
		return nil, err
	}
	c.vault().secrets.put(in.Name, made)
	return doc{"ARN": made.about["ARN"], "Name": in.Name}, nil
}

// secret finds one by name or ARN; nil when there is none.
func (c *call) secret(asked string) *secret {
	for name, held := range c.vault().secrets {
		if asked == name || asked == held.about["ARN"] {
			return held
		}
	}
	return nil
}

// withSecret finds the secret of a call and hands it to fn.
func withSecret(fn func(c *call, held *secret, in secretCall) (any, error)) func(c *call, in secretCall) (any, error) {
	return func(c *call, in secretCall) (any, error) {
		if held := c.secret(in.SecretID); held != nil {
			return fn(c, held, in)
		}
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
	}
}

func describeSecret(_ *call, held *secret, _ secretCall) (any, error) {
	told := maps.Clone(held.about)
	told["Tags"] = held.tags
	return told, nil
}

func updateSecret(_ *call, held *secret, in secretCall) (any, error) {
	if in.Description != nil {
		held.about["Description"] = *in.Description
	}
	if in.KmsKeyID != nil { // asked for only when a value is kept
		held.about["KmsKeyId"] = *in.KmsKeyID
	}
	return doc{"ARN": held.about["ARN"], "Name": held.about["Name"]}, nil
}

func secretPolicy(_ *call, held *secret, _ secretCall) (any, error) {
	return doc{"ARN": held.about["ARN"], "Name": held.about["Name"]}, nil
}

func tagSecret(_ *call, held *secret, in secretCall) (any, error) {
	for _, t := range in.Tags {
		held.tags = append(slices.DeleteFunc(held.tags, func(before tag) bool { return before.Key == t.Key }), t)
	}
	return nil, nil
}

func untagSecret(_ *call, held *secret, in secretCall) (any, error) {
	held.tags = slices.DeleteFunc(held.tags, func(t tag) bool { return slices.Contains(in.TagKeys, t.Key) })
	return nil, nil
}

// deleteSecret lets a secret go after some days, during which its name is taken;
// at once when that is asked.
func deleteSecret(c *call, held *secret, in secretCall) (any, error) {
	const least, most = 7, 30
	name := text(held.about, "Name")
	switch days := in.RecoveryWindowInDays; {
	case in.ForceDeleteWithoutRecovery:
		delete(c.vault().secrets, name)
	case days != nil && (*days < least || *days > most):
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "The RecoveryWindowInDays value must be between %d and %d days (inclusive).", least, most)
	default:
		held.about["DeletedDate"] = seconds(c.server.config.Now())
	}
	return doc{"ARN": held.about["ARN"], "Name": name}, nil
}

func restoreSecret(_ *call, held *secret, _ secretCall) (any, error) {
	delete(held.about, "DeletedDate")
	return doc{"ARN": held.about["ARN"], "Name": held.about["Name"]}, nil
}
