# The watch: who did what in every account, kept where nobody of them reaches,
# and what looks like an intruder.
#
# What drives its cost: GuardDuty by the amount of events, the trail's objects,
# which move to a cheaper class after a quarter and go after two years. The first
# trail of an account is free.

locals {
  name   = "${local.organization.name}-security-trail"
  rule   = "arn:aws:events:${local.organization.region}:${local.organization.security.account_id}:rule/security-findings"
  trail  = "arn:aws:cloudtrail:${local.organization.region}:${local.organization.management.account_id}:trail/organization"
  folder = "arn:aws:s3:::${local.name}/AWSLogs"
}

module "bucket" {
  source           = "../../modules/bucket"
  name             = local.name
  keep_old_days    = 90
  cheap_after_days = 90
  expire_days      = 730
  statements = [
    {
      Sid       = "TrailLooks"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:GetBucketAcl"
      Resource  = "arn:aws:s3:::${local.name}"
      Condition = { StringEquals = { "aws:SourceArn" = local.trail } }
    },
    {
      Sid       = "TrailWrites"
      Effect    = "Allow"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${local.folder}/*"
      Condition = { StringEquals = { "aws:SourceArn" = local.trail, "s3:x-amz-acl" = "bucket-owner-full-control" } }
    },
    {
      Sid       = "NothingIsTakenOut"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
      Resource  = "${local.folder}/*"
    },
  ]
}

resource "aws_cloudtrail" "organization" {
  name                          = "organization"
  s3_bucket_name                = module.bucket.ready_name
  is_organization_trail         = true
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
}

# The delegation in 10-organization turned the watch on in this account: what it
# made is taken over, a second one is refused.
data "aws_guardduty_detector" "delegated" {}

import {
  to = aws_guardduty_detector.this
  id = data.aws_guardduty_detector.delegated.id
}

resource "aws_guardduty_detector" "this" {
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

resource "aws_guardduty_organization_configuration" "this" {
  detector_id                      = aws_guardduty_detector.this.id
  auto_enable_organization_members = "ALL"
}

# What it finds is told by mail to whoever keeps the account.
resource "aws_sns_topic" "findings" {
  name              = "security-findings"
  kms_master_key_id = aws_kms_key.findings.id
}

resource "aws_kms_key" "findings" {
  description             = "Seals what was found"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.organization.security.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Events"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        # No condition: of events for a sealed topic the service tells the key no
        # source (SNS developer guide, "Managing encryption keys"). Who may publish
        # stands in the topic's policy.
      },
    ]
  })
}

resource "aws_sns_topic_policy" "findings" {
  arn = aws_sns_topic.findings.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Events"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:${local.organization.region}:${local.organization.security.account_id}:security-findings"
      Condition = { StringEquals = { "aws:SourceAccount" = local.organization.security.account_id } }
    }]
  })
}

resource "aws_sns_topic_subscription" "findings" {
  topic_arn = aws_sns_topic.findings.arn
  protocol  = "email"
  endpoint  = local.organization.security.email
}

resource "aws_cloudwatch_event_rule" "findings" {
  name        = "security-findings"
  description = "Findings of medium weight and above"
  event_pattern = jsonencode({
    source        = ["aws.guardduty"]
    "detail-type" = ["GuardDuty Finding"]
    detail        = { severity = [{ numeric = [">=", 4] }] }
  })
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "security-findings-undelivered"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnEvents"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.undelivered.arn
      Condition = { ArnEquals = { "aws:SourceArn" = local.rule } }
    }]
  })
}

resource "aws_cloudwatch_event_target" "findings" {
  rule      = aws_cloudwatch_event_rule.findings.name
  target_id = "mail"
  arn       = aws_sns_topic.findings.arn
  dead_letter_config { arn = aws_sqs_queue.undelivered.arn }
}
