package plan

import (
	"regexp"
	"slices"
	"strings"
)

// The owner of the tables stands above the rows' own security, which binds every
// other role: whoever knows it reads every company. Only the migration does.
const (
	ownerSetting = "PROSA_DATABASE_OWNER_URL"
	ownerSecret  = "database-owner-url" // as 40-data calls it, behind the account's name
)

// ownerTold refuses a container that is told the tables' owner, by its setting or
// by its secret under another name, and is not the migration's.
func (j *judge) ownerTold(r *Resource, c container) {
	if r.text("family") == j.expected.Account+"-migrate" && slices.Equal(c.Command, []string{"migrate"}) {
		return
	}
	for _, e := range c.Environment {
		if e.Name == ownerSetting {
			j.breach("owner-secret", r, "%s is told %s", c.Name, e.Name)
		}
	}
	for _, s := range c.Secrets {
		if s.Name == ownerSetting || j.isOwner(s.From) {
			j.breach("owner-secret", r, "%s is told the tables' owner as %s", c.Name, s.Name)
		}
	}
}

// ownerRead refuses rights to read the owner's secret, but for who starts the
// migration and hands it over.
func (j *judge) ownerRead(r *Resource, statements []clause) {
	if r.text("role") == j.expected.Account+"-migrate-start" || slices.ContainsFunc(statements, deniesSecrets) {
		return
	}
	for _, s := range statements {
		if s.Effect == "Allow" && slices.ContainsFunc(words(s.Action), readsSecrets) && slices.ContainsFunc(words(s.Resource), j.isOwner) {
			j.breach("owner-secret", r, "%s may read the secret of the tables' owner", quoted(r.text("role")))
		}
	}
}

// isOwner says whether an ARN, with * and ? for what it leaves open, names the
// owner's secret. The store puts six characters behind a secret's name.
func (j *judge) isOwner(arn string) bool {
	name := j.expected.Account + "/" + ownerSecret
	if strings.Contains(arn, name) {
		return true
	}
	parts := strings.SplitN(arn, ":", 7)
	return arn == "*" || len(parts) == 7 && parts[2] == "secretsmanager" && fits(parts[6], name+"-AbCdEf")
}

// readsSecrets says whether an action hands out a secret's value. Whoever may do
// everything is another rule's.
func readsSecrets(action string) bool {
	return action != "*" && (fits(action, "secretsmanager:GetSecretValue") || fits(action, "secretsmanager:BatchGetSecretValue"))
}

// deniesSecrets says whether a statement takes every secret's value away, whatever
// others allow.
func deniesSecrets(s clause) bool {
	return s.Effect == "Deny" && len(s.Condition) == 0 && slices.Contains(words(s.Resource), "*") && slices.Contains(words(s.Action), "secretsmanager:GetSecretValue")
}

// fits says whether a text is one that a pattern of IAM means.
func fits(pattern, text string) bool {
	form := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	matched, err := regexp.MatchString("(?i)^"+form+"$", text)
	return err == nil && matched
}
