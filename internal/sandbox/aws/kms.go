package aws

import (
	"fmt"
	"net/http"
	"strings"
)

// kmsState holds the keys of an account.
type kmsState struct {
	keys    shelf[key]
	aliases map[string]string // name to key id
}

type key struct {
	about    doc
	policy   string
	tags     map[string]string
	rotation int // days; 0 for none
}

type keyCall struct {
	KeyID                string `json:"KeyId"`
	TargetKeyID          string `json:"TargetKeyId"`
	AliasName            string
	Policy               string
	Description          string
	RotationPeriodInDays int
	PendingWindowInDays  int
	Tags                 []struct{ TagKey, TagValue string }
	TagKeys              []string

	BypassPolicyLockoutSafetyCheck bool
}

func (c *call) kms() *kmsState { return state[kmsState](c.account, "kms") }

func kmsCalls() map[string]handler {
	return map[string]handler{
		"CreateKey": jsonCall(createKey), "DescribeKey": jsonCall(withKey(describeKey)), "UpdateKeyDescription": jsonCall(withKey(describeKeyAs)),
		"GetKeyPolicy": jsonCall(withKey(getKeyPolicy)), "PutKeyPolicy": jsonCall(withKey(putKeyPolicy)),
		"EnableKey": jsonCall(withKey(switchKey(true))), "DisableKey": jsonCall(withKey(switchKey(false))),
		"EnableKeyRotation": jsonCall(withKey(enableRotation)), "DisableKeyRotation": jsonCall(withKey(disableRotation)), "GetKeyRotationStatus": jsonCall(withKey(rotationStatus)),
		"ListResourceTags": jsonCall(withKey(keyTags)), "TagResource": jsonCall(withKey(tagKey)), "UntagResource": jsonCall(withKey(untagKey)),
		"ScheduleKeyDeletion": jsonCall(withKey(deleteKey)), "CancelKeyDeletion": jsonCall(withKey(keepKey)),
		"CreateAlias": jsonCall(createAliasOfKey), "UpdateAlias": jsonCall(updateAliasOfKey), "ListAliases": jsonCall(aliasesOfKeys), "DeleteAlias": jsonCall(deleteAliasOfKey),
	}
}

func createKey(c *call, in keyCall) (any, error) {
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", c.account.next())
	k := &key{tags: map[string]string{}}
	k.about = doc{
		"KeyId": id, "Arn": c.arn("kms", "key/"+id), "AWSAccountId": c.account.ID, "CreationDate": seconds(c.server.config.Now()), "Enabled": true,
		"Description": in.Description, "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER",
		"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeySpec": "SYMMETRIC_DEFAULT", "MultiRegion": false,
	}
	if in.Policy == "" { // the account decides
		in.Policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + c.globalARN("iam", "root") + `"},"Action":"kms:*","Resource":"*"}]}`
	}
	if _, err := putKeyPolicy(c, k, in); err != nil {
		return nil, err
	}
	if _, err := tagKey(c, k, in); err != nil {
		return nil, err
	}
	c.kms().keys.put(id, k)
	return doc{"KeyMetadata": k.about}, nil
}

// key finds a key by id or ARN.
func (c *call) key(name string) (*key, error) {
	id := name[strings.LastIndexByte(name, '/')+1:]
	if found := c.kms().keys[id]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "NotFoundException", "Key '%s' does not exist", name)
}

// withKey finds the key of a call and hands it to fn.
func withKey(fn func(c *call, k *key, in keyCall) (any, error)) func(c *call, in keyCall) (any, error) {
	return func(c *call, in keyCall) (any, error) {
		k, err := c.key(in.KeyID)
		if err != nil {
			return nil, err
		}
		return fn(c, k, in)
	}
}

func describeKey(_ *call, k *key, _ keyCall) (any, error) { return doc{"KeyMetadata": k.about}, nil }

func describeKeyAs(_ *call, k *key, in keyCall) (any, error) {
	k.about["Description"] = in.Description
	return nil, nil
}

func getKeyPolicy(_ *call, k *key, _ keyCall) (any, error) {
	return doc{"Policy": k.policy, "PolicyName": "default"}, nil
}

// putKeyPolicy takes a policy that names nobody unknown and after which its
// writer may still write another.
func putKeyPolicy(c *call, k *key, in keyCall) (any, error) {
	malformed := func(message string) error {
		return refuse(http.StatusBadRequest, "MalformedPolicyDocumentException", "%s", message)
	}
	statements, err := statementsOf(in.Policy)
	if err != nil {
		return nil, malformed(err.Error())
	}
	if c.server.nobody(statements) != "" {
		return nil, malformed("Policy contains a statement with one or more invalid principals.")
	}
	writer := request{action: "kms:PutKeyPolicy", principals: map[string][]string{"AWS": {c.globalARN("iam", "root"), c.principal, c.assumed}}}
	if allowed, err := evaluate(in.Policy, writer); err != nil || !allowed && !in.BypassPolicyLockoutSafetyCheck {
		return nil, malformed("The new key policy will not allow you to update the key policy in the future.")
	}
	k.policy = in.Policy
	return nil, nil
}

// lets says whether a key's own policy lets a service use it for something.
func (k *key) lets(service, action string, claims map[string][]string) bool {
	allowed, err := evaluate(k.policy, request{action: action, principals: map[string][]string{"Service": {service}}, claims: claims})
	return err == nil && allowed && k.about["Enabled"] == true
}

func switchKey(on bool) func(*call, *key, keyCall) (any, error) {
	return func(_ *call, k *key, in keyCall) (any, error) {
		if k.about["KeyState"] == "PendingDeletion" {
			return nil, refuse(http.StatusBadRequest, "KMSInvalidStateException", "%s is pending deletion.", in.KeyID)
		}
		k.about["Enabled"], k.about["KeyState"] = on, map[bool]string{true: "Enabled", false: "Disabled"}[on]
		return nil, nil
	}
}

// yearly is how often a key turns when nobody says otherwise, in days.
const yearly = 365

func enableRotation(_ *call, k *key, in keyCall) (any, error) {
	const least, most = 90, 2560
	if in.RotationPeriodInDays == 0 {
		in.RotationPeriodInDays = yearly
	}
	if in.RotationPeriodInDays < least || in.RotationPeriodInDays > most {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "RotationPeriodInDays must be between %d and %d", least, most)
	}
	k.rotation = in.RotationPeriodInDays
	return nil, nil
}

func disableRotation(_ *call, k *key, _ keyCall) (any, error) {
	k.rotation = 0
	return nil, nil
}

func rotationStatus(_ *call, k *key, _ keyCall) (any, error) {
	if k.rotation == 0 {
		return doc{"KeyRotationEnabled": false}, nil
	}
	return doc{"KeyRotationEnabled": true, "RotationPeriodInDays": k.rotation, "KeyId": k.about["Arn"]}, nil
}

func keyTags(_ *call, k *key, _ keyCall) (any, error) {
	tags := []doc{}
	for _, name := range sortedKeys(k.tags) {
		tags = append(tags, doc{"TagKey": name, "TagValue": k.tags[name]})
	}
	return doc{"Tags": tags, "Truncated": false}, nil
}

func tagKey(_ *call, k *key, in keyCall) (any, error) {
	for _, t := range in.Tags {
		k.tags[t.TagKey] = t.TagValue
	}
	return nil, nil
}

func untagKey(_ *call, k *key, in keyCall) (any, error) {
	for _, name := range in.TagKeys {
		delete(k.tags, name)
	}
	return nil, nil
}

func deleteKey(_ *call, k *key, in keyCall) (any, error) {
	const least, most = 7, 30
	if days := in.PendingWindowInDays; days != 0 && (days < least || days > most) {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "PendingWindowInDays must be between %d and %d", least, most)
	}
	k.about["KeyState"], k.about["Enabled"] = "PendingDeletion", false
	return doc{"KeyId": k.about["Arn"], "KeyState": "PendingDeletion"}, nil
}

func keepKey(_ *call, k *key, _ keyCall) (any, error) {
	k.about["KeyState"] = "Disabled"
	return doc{"KeyId": k.about["Arn"]}, nil
}

func createAliasOfKey(c *call, in keyCall) (any, error) {
	if !strings.HasPrefix(in.AliasName, "alias/") || strings.HasPrefix(in.AliasName, "alias/aws/") {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "Alias must start with the prefix \"alias/\" and not with \"alias/aws/\".")
	}
	if _, err := c.key(in.TargetKeyID); err != nil {
		return nil, err
	}
	if c.kms().aliases == nil {
		c.kms().aliases = map[string]string{}
	}
	if _, taken := c.kms().aliases[in.AliasName]; taken {
		return nil, refuse(http.StatusBadRequest, "AlreadyExistsException", "An alias with the name %s already exists", in.AliasName)
	}
	c.kms().aliases[in.AliasName] = in.TargetKeyID[strings.LastIndexByte(in.TargetKeyID, '/')+1:]
	return nil, nil
}

func updateAliasOfKey(c *call, in keyCall) (any, error) {
	if _, err := c.key(in.TargetKeyID); err != nil {
		return nil, err
	}
	if _, stands := c.kms().aliases[in.AliasName]; !stands {
		return nil, refuse(http.StatusBadRequest, "NotFoundException", "Alias %s is not found.", c.arn("kms", in.AliasName))
	}
	c.kms().aliases[in.AliasName] = in.TargetKeyID[strings.LastIndexByte(in.TargetKeyID, '/')+1:]
	return nil, nil
}

func aliasesOfKeys(c *call, _ keyCall) (any, error) {
	found := []doc{}
	for _, name := range sortedKeys(c.kms().aliases) {
		found = append(found, doc{"AliasName": name, "AliasArn": c.arn("kms", name), "TargetKeyId": c.kms().aliases[name]})
	}
	return doc{"Aliases": found, "Truncated": false}, nil
}

func deleteAliasOfKey(c *call, in keyCall) (any, error) {
	delete(c.kms().aliases, in.AliasName)
	return nil, nil
}

func orEmpty(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}
