package aws

import "net/http"

// vaultState holds the names of secrets; their values are nobody's here.
type vaultState struct{ secrets shelf[doc] }

func (c *call) vault() *vaultState { return state[vaultState](c.account, "secretsmanager") }

func vaultCalls() map[string]handler {
	return map[string]handler{
		"CreateSecret": jsonCall(createSecret), "DescribeSecret": jsonCall(describeSecret), "GetResourcePolicy": jsonCall(secretPolicy), "DeleteSecret": jsonCall(deleteSecret),
	}
}

func createSecret(c *call, in doc) (any, error) {
	name := text(in, "Name")
	if c.vault().secrets[name] != nil {
		return nil, refuse(http.StatusBadRequest, "ResourceExistsException", "The operation failed because the secret %s already exists.", name)
	}
	if in["SecretString"] != nil || in["SecretBinary"] != nil {
		return nil, refuse(http.StatusBadRequest, "InvalidRequestException", "the stand-in takes no secret's value")
	}
	made := doc{"ARN": c.arn("secretsmanager", "secret:"+name+"-"+secretSuffix), "Name": name, "CreatedDate": seconds(c.server.config.Now())}
	for _, field := range []string{"Description", "KmsKeyId", "Tags"} {
		if in[field] != nil {
			made[field] = in[field]
		}
	}
	c.vault().secrets.put(name, &made)
	return doc{"ARN": made["ARN"], "Name": name}, nil
}

// secretSuffix are the six letters that the vendor draws for each secret.
const secretSuffix = "AbCdEf"

func (c *call) secret(in doc) (doc, error) {
	asked := text(in, "SecretId")
	for name, held := range c.vault().secrets {
		if asked == name || asked == (*held)["ARN"] {
			return *held, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

func describeSecret(c *call, in doc) (any, error) { return c.secret(in) }

func secretPolicy(c *call, in doc) (any, error) {
	held, err := c.secret(in)
	if err != nil {
		return nil, err
	}
	return doc{"ARN": held["ARN"], "Name": held["Name"]}, nil
}

func deleteSecret(c *call, in doc) (any, error) {
	held, err := c.secret(in)
	if err != nil {
		return nil, err
	}
	delete(c.vault().secrets, text(held, "Name"))
	return doc{"ARN": held["ARN"], "Name": held["Name"]}, nil
}
