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
	tags     []any
	rotation int // days; 0 for none
}

type keyCall struct {
	KeyID                string `json:"KeyId"`
	TargetKeyID          string `json:"TargetKeyId"`
	AliasName            string
	Policy               string
	Description          string
	RotationPeriodInDays int
}

func (c *call) kms() *kmsState { return state[kmsState](c.account, "kms") }

func kmsCalls() map[string]handler {
	return map[string]handler{
		"CreateKey": jsonCall(createKey), "DescribeKey": jsonCall(describeKey), "GetKeyPolicy": jsonCall(getKeyPolicy), "PutKeyPolicy": jsonCall(putKeyPolicy),
		"EnableKeyRotation": jsonCall(enableRotation), "GetKeyRotationStatus": jsonCall(rotationStatus), "ListResourceTags": jsonCall(keyTags),
		"CreateAlias": jsonCall(createAliasOfKey), "ListAliases": jsonCall(aliasesOfKeys), "DeleteAlias": jsonCall(deleteAliasOfKey), "ScheduleKeyDeletion": jsonCall(deleteKey),
	}
}

func createKey(c *call, in doc) (any, error) {
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", c.account.next())
	k := &key{policy: text(in, "Policy")}
	k.tags, _ = in["Tags"].([]any)
	k.about = doc{
		"KeyId": id, "Arn": c.arn("kms", "key/"+id), "AWSAccountId": c.account.ID, "CreationDate": seconds(c.server.config.Now()), "Enabled": true,
		"Description": text(in, "Description"), "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER",
		"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeySpec": "SYMMETRIC_DEFAULT", "MultiRegion": false,
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

// withKey finds the key of a call and answers with what fn makes of it.
func withKey(fn func(c *call, k *key, in keyCall) any) func(c *call, in keyCall) (any, error) {
	return func(c *call, in keyCall) (any, error) {
		k, err := c.key(in.KeyID)
		if err != nil {
			return nil, err
		}
		return fn(c, k, in), nil
	}
}

func describeKey(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, _ keyCall) any { return doc{"KeyMetadata": k.about} })(c, in)
}

func getKeyPolicy(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, _ keyCall) any { return doc{"Policy": k.policy, "PolicyName": "default"} })(c, in)
}

func putKeyPolicy(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, in keyCall) any { k.policy = in.Policy; return nil })(c, in)
}

// yearly is how often a key turns when nobody says otherwise.
const yearly = 365

func enableRotation(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, in keyCall) any {
		if k.rotation = in.RotationPeriodInDays; k.rotation == 0 {
			k.rotation = yearly
		}
		return nil
	})(c, in)
}

func rotationStatus(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, _ keyCall) any {
		if k.rotation == 0 {
			return doc{"KeyRotationEnabled": false}
		}
		return doc{"KeyRotationEnabled": true, "RotationPeriodInDays": k.rotation, "KeyId": k.about["Arn"]}
	})(c, in)
}

func keyTags(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, _ keyCall) any { return doc{"Tags": orEmpty(k.tags), "Truncated": false} })(c, in)
}

func deleteKey(c *call, in keyCall) (any, error) {
	return withKey(func(_ *call, k *key, _ keyCall) any {
		k.about["KeyState"], k.about["Enabled"] = "PendingDeletion", false
		return doc{"KeyId": k.about["Arn"], "KeyState": "PendingDeletion"}
	})(c, in)
}

func createAliasOfKey(c *call, in keyCall) (any, error) {
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
