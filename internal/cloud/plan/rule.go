package plan

import (
	"cmp"
	"slices"
	"strings"
)

// Rule is one thing that must hold.
type Rule struct {
	ID       string // stable: a mistake is refused by this name
	Sentence string // what must hold
	Mend     string // what to do when it does not
}

// Breach is a rule that does not hold somewhere.
type Breach struct {
	Rule  string
	Where string // file:line, or layer address
	Found string
}

// String gives the breach in one line, with the way to mend it.
func (b Breach) String() string {
	text := b.Rule + ": " + b.Where + ": " + b.Found
	for _, rule := range rules {
		if rule.ID == b.Rule {
			return text + " (" + rule.Mend + ")"
		}
	}
	return text
}

// Rules lists every rule: those of the text first, then those of the plans.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	// Of the text (scan.go, literal.go).
	{"provider-pinned", "Terraform and every provider have one version", `write required_version and version = "x.y.z" in required_providers`},
	{"lock-file", "the lock file of a root is committed and names the pinned version", "run terraform init in the layer and commit .terraform.lock.hcl"},
	{"account-guard", "a provider only works in the account that was named", "set allowed_account_ids from accounts.yaml in the provider block"},
	{"provider-region", "a provider's region comes from accounts.yaml", "set region from the account in the provider block"},
	{"default-tags", "a provider tags all that it makes", "add default_tags with contract/tags to the provider block"},
	{"state-locked", "state is encrypted and locked by a file beside it", `write backend "s3" with encrypt = true and use_lockfile = true`},
	{"state-remote", "every root keeps its state in its account", `give the layer a backend "s3"`},
	{"layer", "every layer that accounts are applied in is there, and no other", "put the code back, or say in internal/cloud/account in which accounts the layer is applied"},
	{"module-pinned", "modules come from this tree, where their code is read", "use a relative source of a folder in contract or aws/modules"},
	{"data-source", "a layer finds others by name, not by asking the cloud", "derive the name by contract/naming or read the layer's remote state"},
	{"literal-account", "account ids stand in accounts.yaml alone", "read the id from accounts.yaml"},
	{"literal-region", "regions stand in accounts.yaml alone", "read the region from accounts.yaml"},
	{"literal-arn", "an ARN is built from the account and its region", "build the ARN from the account's id and region"},
	{"literal-endpoint", "hosts come from accounts.yaml or the environment", "read the host from accounts.yaml or make it a setting"},
	{"unread-file", "all code and every value stands in files that are read here", "write it as .tf; values of accounts stand in accounts.yaml"},
	{"no-command", "a layer makes resources and runs nothing", "do it in a step of the pipeline, where it is seen"},
	{"drift-seen", "what somebody changes by hand shows in the next plan", "name the arguments that another part of the system changes"},
	{"secret-variable", "no variable takes a secret", "let the cloud make the secret and pass its name"},
	// Of the accounts and their plans together (judge.go).
	{"account", "a plan is made in the account that its variable names", "plan with the credentials of that account"},
	{"foreign-account", "a plan names no account that is not of the organisation", "read ids from accounts.yaml"},
	{"unreadable", "what a rule must read is known when planning", "build it from names, not from what does not exist yet"},
	{"budget", "each account has a budget as accounts.yaml says, told at 50, 80 and 100 % spent and at 100 % foreseen", "add the account's budget and its four notifications to the finops layer"},
	{"tags", "what can be tagged has product_line, environment, owner, layer and managed_by", "let the provider's default_tags come through"},
	// Of identity (identity.go).
	{"trust-issuer", "tokens are signed by the pipelines' vendors, for our workspace", "take the issuers of accounts.yaml, which are the vendors' own"},
	{"trust-repository", "a trusted subject is of our repository", "take the repository of accounts.yaml"},
	{"trust-subject", "a trust in an identity provider names its subjects", "compare the provider's sub with StringEquals or StringLike"},
	{"trust-audience", "a trust in an identity provider names its audience", "compare the provider's aud with StringEquals"},
	{"trust-wildcard", "a trusted subject names its repository", "write out the repository in the sub's pattern"},
	{"trust-environment", "who applies or pushes comes from the account's own environment", "name the environment in the sub, where approvals are asked for"},
	{"trust-for-all-values", "a trust does not hold for a claim that is absent", "use StringEquals instead of ForAllValues"},
	{"trust-open", "a role is not taken by just anyone", "name the principal"},
	{"boundary", "every role has a permissions boundary", "set permissions_boundary"},
	{"others-let-in", "of other accounts nobody reaches what is kept, but the ledger's worker", "let in the role that modules/ledger names, by aws:PrincipalArn, or nobody"},
	{"others-read", "who is let in from another account reads the meters or the bill, and nothing else", "let it get and list objects of that folder, and the key open them through the store only"},
	{"others-things", "what runs reaches buckets and keys of no other account, but the ledger's worker what modules/ledger lists", "narrow it to the account's own, or to modules/ledger's statements"},
	{"admin-wildcard", "no policy allows everything", "list the actions, or narrow the resources"},
	// Of what is stored (data.go).
	{"database-public", "the database is not reached from outside", "set publicly_accessible = false and let only the tasks' group in"},
	{"database-tls", "the database refuses plain connections", "set rds.force_ssl = 1 in its parameter group"},
	{"database-password", "the database's password is made and turned by the cloud", "set manage_master_user_password and no password"},
	{"prod-protected", "what production stands on is not deleted by a slip", "set deletion protection, two zones, backups of 7 days or more and a last snapshot"},
	{"encrypted", "what is kept is encrypted", "turn encryption on"},
	{"bucket-encrypted", "each bucket names its encryption", "add aws_s3_bucket_server_side_encryption_configuration"},
	{"bucket-public", "no bucket can be made public", "add aws_s3_bucket_public_access_block with all four set"},
	{"resource-open", "no queue, topic, key, registry or secret is open to anyone", "name the principal, or the account or ARN that it acts for"},
	{"registry-immutable", "a tag of an image is never moved", `set image_tag_mutability = "IMMUTABLE"`},
	{"registry-scanned", "images are scanned when they come in", "set scan_on_push"},
	{"secret-value", "no secret stands in a plan or a state", "keep the name only and put the value in by hand or by the cloud"},
	{"log-retention", "logs are kept as long as accounts.yaml says", "set retention_in_days from the account"},
	// Of what runs and what is reached (runtime.go, owner.go, network.go).
	{"image-digest", "a task runs an image by its digest", "name the image by @sha256:..."},
	{"environment-catalogue", "a task's variables are those of the catalogue", "correct the name, or add the setting to the program"},
	{"environment-secret", "a secret setting comes from the vault", "move it from environment to secrets"},
	{"owner-secret", "the tables' owner is known to the migration alone", "hand " + ownerSetting + " and its secret to the task <deployment>-migrate only"},
	{"dead-letter", "what cannot be delivered is kept", "give the queue, schedule or rule a dead-letter target"},
	{"public-address", "nothing but the load balancer has a public address", "set it to false"},
	{"open-port", "only 80 and 443 of the load balancer are open to all", "name the group or the network that may come in"},
	{"nats-private", "NATS is not reached from outside", "let in the tasks' group alone"},
	{"network-cidr", "an account's network is the one of the plan", "use the account's cidr"},
	{"listener-tls", "the load balancer speaks TLS 1.2 or newer", "use a TLS 1.2 policy, and let port 80 only redirect"},
	{"firewall", "the load balancer stands behind the firewall", "associate the web ACL"},
	{"machine-metadata", "a machine's credentials need a session token", `set http_tokens = "required"`},
	{"domain", "names lie under the account's domain", "use the account's domain"},
}

// sorted orders breaches by place and rule, and drops those said twice.
func sorted(breaches []Breach) []Breach {
	slices.SortFunc(breaches, func(a, b Breach) int {
		return cmp.Or(strings.Compare(a.Where, b.Where), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Found, b.Found))
	})
	return slices.Compact(breaches)
}
