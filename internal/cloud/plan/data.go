package plan

import (
	"slices"
	"strings"
)

// leastBackupDays is how far back production's database can be set.
const leastBackupDays = 7

// stored holds what keeps data against the rules.
func (j *judge) stored(r *Resource) {
	switch r.Type {
	case "aws_db_instance", "aws_rds_cluster":
		j.database(r)
	case "aws_db_parameter_group", "aws_rds_cluster_parameter_group":
		forced := slices.ContainsFunc(r.blocks("parameter"), func(p map[string]any) bool { return p["name"] == "rds.force_ssl" && p["value"] == "1" })
		if !forced {
			j.breach("database-tls", r, "rds.force_ssl is not 1")
		}
	case "aws_s3_bucket":
		j.bucket(r)
	case "aws_s3_bucket_public_access_block":
		for _, name := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
			if !r.truth(name) {
				j.breach("bucket-public", r, "%s is not set", name)
			}
		}
	case "aws_s3_bucket_policy":
		for _, s := range statementsOf(r.text("policy")) {
			if s.Effect == "Allow" && s.open() {
				j.breach("bucket-public", r, "anyone is allowed %s", strings.Join(words(s.Action), ", "))
			}
		}
	case "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_kms_key", "aws_ecr_repository_policy", "aws_secretsmanager_secret_policy":
		for _, s := range statementsOf(r.text("policy")) {
			if s.Effect == "Allow" && s.open() {
				j.breach("resource-open", r, "anyone is allowed %s", strings.Join(words(s.Action), ", "))
			}
		}
	case "aws_s3_bucket_acl":
		if strings.HasPrefix(r.text("acl"), "public") {
			j.breach("bucket-public", r, "the ACL is %s", r.text("acl"))
		}
	case "aws_ecr_repository":
		j.registry(r)
	case "aws_cloudwatch_log_group":
		j.logs(r)
	case "aws_secretsmanager_secret_version", "aws_ssm_parameter":
		j.secret(r)
	case "aws_ebs_volume":
		if !r.truth("encrypted") {
			j.breach("encrypted", r, "the volume is not encrypted")
		}
	case "aws_sns_topic":
		if !r.given("kms_master_key_id") {
			j.breach("encrypted", r, "the topic is not encrypted")
		}
	case "aws_sqs_queue":
		j.queue(r)
	}
}

func (j *judge) database(r *Resource) {
	if r.truth("publicly_accessible") {
		j.breach("database-public", r, "the database has a public address")
	}
	if !r.truth("storage_encrypted") {
		j.breach("encrypted", r, "the storage is not encrypted")
	}
	if !r.truth("manage_master_user_password") || known(r.after["password"]) || known(r.after["master_password"]) {
		j.breach("database-password", r, "the password is not the cloud's own")
	}
	if r.Type == "aws_db_instance" && len(j.byType["aws_db_parameter_group"]) == 0 {
		j.breach("database-tls", r, "it has no parameter group that refuses plain connections")
	}
	if !j.expected.production() {
		return
	}
	for name, found := range map[string]string{"deletion_protection": "it can be deleted", "multi_az": "it stands in one zone"} {
		if _, has := r.after[name]; has && !r.truth(name) {
			j.breach("prod-protected", r, "%s", found)
		}
	}
	if r.truth("skip_final_snapshot") {
		j.breach("prod-protected", r, "no last snapshot is made")
	}
	if days := r.number("backup_retention_period"); days < leastBackupDays {
		j.breach("prod-protected", r, "backups are kept %d days", days)
	}
}

func (j *judge) bucket(r *Resource) {
	if j.belongs("aws_s3_bucket_public_access_block", "bucket", r) == nil {
		j.breach("bucket-public", r, "nothing blocks public access")
	}
	if j.belongs("aws_s3_bucket_server_side_encryption_configuration", "bucket", r) == nil {
		j.breach("bucket-encrypted", r, "no encryption is named")
	}
	if j.expected.production() && r.truth("force_destroy") {
		j.breach("prod-protected", r, "the bucket goes with all that is in it")
	}
}

func (j *judge) registry(r *Resource) {
	if r.text("image_tag_mutability") != "IMMUTABLE" {
		j.breach("registry-immutable", r, "tags are %s", r.text("image_tag_mutability"))
	}
	scanned := slices.ContainsFunc(r.blocks("image_scanning_configuration"), func(s map[string]any) bool { return s["scan_on_push"] == true })
	if !scanned {
		j.breach("registry-scanned", r, "images are not scanned")
	}
	if j.expected.production() && r.truth("force_delete") {
		j.breach("prod-protected", r, "the registry goes with its images")
	}
}

func (j *judge) logs(r *Resource) {
	switch days := r.number("retention_in_days"); {
	case days == 0 && !willBe(r.unknown["retention_in_days"]):
		j.breach("log-retention", r, "logs are kept for ever")
	case len(j.expected.LogDays) > 0 && !slices.Contains(j.expected.LogDays, days):
		j.breach("log-retention", r, "logs are kept %d days, not one of %v", days, j.expected.LogDays)
	}
}

// secret refuses a value in what is meant to hold names. An argument that is only
// written (..._wo) never stands in a plan.
func (j *judge) secret(r *Resource) {
	if r.Type == "aws_ssm_parameter" && r.text("type") != "SecureString" {
		return
	}
	for _, name := range []string{"secret_string", "secret_binary", "value"} {
		if r.given(name) {
			j.breach("secret-value", r, "%s stands in the plan", name)
			return
		}
	}
}

func (j *judge) queue(r *Resource) {
	if !r.given("kms_master_key_id") && !r.truth("sqs_managed_sse_enabled") && !willBe(r.unknown["sqs_managed_sse_enabled"]) {
		j.breach("encrypted", r, "the queue is not encrypted")
	}
}
