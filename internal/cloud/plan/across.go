package plan

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Folders in which the ledger reads: of buckets of meters, and of bills.
const (
	folderMeters = "meters/"
	folderBills  = "focus/"
)

// across holds what leads from one account into another against the rules. What
// is kept may be shared, so both ends are looked at: whom it lets in, and where
// who runs may go. Roles that are taken across accounts are a trust's affair.
func (j *judge) across(r *Resource) {
	switch r.Type {
	case "aws_s3_bucket_policy", "aws_kms_key", "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_ecr_repository_policy", "aws_secretsmanager_secret_policy":
		for _, s := range j.shares(r) {
			if s.Effect == "Allow" {
				j.letIn(r, s)
			}
		}
	case "aws_iam_role_policy":
		for _, s := range statementsOf(r.text("policy")) {
			j.goes(r, s, r.text("role"))
		}
	case "aws_iam_policy":
		if r.text("name") == j.expected.Account+"-boundary" {
			for _, s := range j.shares(r) {
				j.bounded(r, s)
			}
		}
	}
}

// shares reads a policy that decides whom others are; one that can't be read yet
// would let in anybody unseen.
func (j *judge) shares(r *Resource) []clause {
	text := r.text("policy")
	found := statementsOf(text)
	if text != "" && found == nil || r.Type != "aws_sqs_queue_policy" && r.Type != "aws_sns_topic_policy" && willBe(r.unknown["policy"]) {
		j.breach("unreadable", r, "whom its policy lets in cannot be read when planning")
	}
	return found
}

// reader is the role of the ledger's worker.
func (j *judge) reader() string {
	return "arn:aws:iam::" + j.expected.LedgerID + ":role/" + j.expected.Ledger + "-worker-process"
}

// ofAccount is the account in a principal: an ARN's, or an id alone.
var ofAccount = regexp.MustCompile(`^(?:arn:aws:(?:iam|sts)::)?(\d{12})(?::.*)?$`)

// whole are keys of a condition that lets in a whole organisation.
var whole = []string{"aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"}

// letIn reads one statement of what is kept.
func (j *judge) letIn(r *Resource, s clause) {
	var others []string
	principals := words(s.Principal)
	if named, ok := s.Principal.(map[string]any); ok {
		principals = words(named["AWS"])
	}
	// Anyone, narrowed by who asks: it is those who are named there.
	anyone := slices.Contains(principals, "*")
	for _, compared := range s.Condition {
		for key, values := range compared {
			switch key = strings.ToLower(key); {
			case slices.Contains(whole, key):
				j.breach("others-let-in", r, "%s lets in every account of the organisation", s.Sid)
			case anyone && slices.Contains([]string{"aws:principalaccount", "aws:principalarn"}, key):
				principals = append(principals, words(values)...)
			}
		}
	}
	for _, principal := range principals {
		if id := ofAccount.FindStringSubmatch(principal); id != nil && id[1] != j.expected.ID && !slices.Contains(vendorAccounts, id[1]) {
			others = append(others, id[1])
		}
	}
	if len(others) == 0 {
		return
	}
	for _, id := range others {
		if id != j.expected.LedgerID {
			j.breach("others-let-in", r, "%s lets in account %s", s.Sid, id)
			return
		}
	}
	if alone := words(s.Condition["ArnEquals"]["aws:PrincipalArn"]); len(alone) != 1 || alone[0] != j.reader() {
		j.breach("others-let-in", r, "%s lets in more than the ledger's worker", s.Sid)
		return
	}
	// A bucket's name is not known before it stands, and a policy that speaks of
	// another bucket than its own is refused by the store.
	here := slices.DeleteFunc(j.shared(), func(bucket string) bool { return j.elsewhere(s3ARN + bucket) })
	if found := j.notReading(s, here); found != "" {
		j.breach("others-read", r, "%s lets the ledger's worker %s", s.Sid, found)
	}
}

// shared are the buckets that the ledger reads.
func (j *judge) shared() []string { return slices.Concat(j.expected.Meters, j.expected.Bills) }

// notReading tells what of a statement is more than reading meters or bills in
// some of the buckets, empty when it is nothing.
func (j *judge) notReading(s clause, buckets []string) string {
	folders := func(object string) bool {
		bucket, name, _ := strings.Cut(object, "/")
		if !slices.Contains(buckets, bucket) {
			return false
		}
		return slices.Contains(j.expected.Meters, bucket) && strings.HasPrefix(name, folderMeters) || slices.Contains(j.expected.Bills, bucket) && strings.HasPrefix(name, folderBills)
	}
	if s.NotAction != nil || len(words(s.Action)) == 0 {
		return "do all but something"
	}
	for _, action := range words(s.Action) {
		switch action {
		case "s3:GetObject":
			for _, resource := range words(s.Resource) {
				if object, isObject := strings.CutPrefix(resource, s3ARN); !isObject || !folders(object) {
					return "read " + resource
				}
			}
		case "s3:ListBucket":
			for _, resource := range words(s.Resource) {
				if !slices.Contains(buckets, strings.TrimPrefix(resource, s3ARN)) || strings.ContainsAny(resource, "/*?") {
					return "list " + resource
				}
			}
		case "kms:Decrypt":
			through := words(s.Condition["StringEquals"]["kms:ViaService"])
			if len(through) == 0 || slices.ContainsFunc(through, func(service string) bool { return !strings.HasPrefix(service, "s3.") }) {
				return "open what no object store asks for"
			}
			opened := words(s.Condition["StringLike"]["kms:EncryptionContext:aws:s3:arn"])
			if len(opened) == 0 {
				return "open any object"
			}
			for _, arn := range opened {
				if object := strings.TrimPrefix(arn, s3ARN); !slices.Contains(buckets, object) && !folders(object) {
					return "open " + arn
				}
			}
		default:
			return "do " + action
		}
	}
	return ""
}

const s3ARN = "arn:aws:s3:::"

// goes reads what a role may do, for places that are another account's.
func (j *judge) goes(r *Resource, s clause, role string) {
	if s.Effect != "Allow" || !keeps(s) {
		return
	}
	found := ""
	for _, resource := range words(s.Resource) {
		if j.elsewhere(resource) {
			found = resource
			break
		}
	}
	switch {
	case found == "":
	case j.expected.Account != j.expected.Ledger || role != j.expected.Ledger+"-worker-process":
		j.breach("others-things", r, "%s may do %s with %s", quoted(role), strings.Join(words(s.Action), ", "), found)
	default:
		if more := j.notReading(s, j.shared()); more != "" {
			j.breach("others-things", r, "%s may %s", role, more)
		}
	}
}

// keeps says whether a statement is about what may be shared: objects and keys.
func keeps(s clause) bool {
	return s.NotAction != nil || slices.ContainsFunc(words(s.Action), func(action string) bool {
		return action == "*" || strings.HasPrefix(action, "s3:") || strings.HasPrefix(action, "kms:")
	})
}

// elsewhere says whether an ARN names an object or a key that is not the
// account's own, or could be another's.
func (j *judge) elsewhere(arn string) bool {
	if object, ok := strings.CutPrefix(arn, s3ARN); ok {
		return !strings.HasPrefix(object, j.expected.Organization+"-"+j.expected.Account+"-")
	}
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[2] == "kms" && parts[4] != j.expected.ID
}

// bounded reads the boundary of what runs: what may be shared is the account's
// own, or what the ledger reads.
func (j *judge) bounded(r *Resource, s clause) {
	if s.Effect != "Allow" || !keeps(s) {
		return
	}
	if home := words(s.Condition["StringEquals"]["aws:ResourceAccount"]); len(home) == 1 && home[0] == j.expected.ID {
		return
	}
	if slices.Contains(words(s.Resource), "*") {
		j.breach("others-things", r, "what runs may do %s in any account", strings.Join(words(s.Action), ", "))
		return
	}
	j.goes(r, s, j.expected.Ledger+"-worker-process")
}

// statementsOf reads a policy for other rules; nil when it cannot be read.
func statementsOf(text string) []clause {
	var policy document
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return nil
	}
	return policy.Statement
}
