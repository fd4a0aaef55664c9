# What no role of the account exceeds, whatever it is given: one boundary for
# what runs, one for who makes it. The organization's policies refuse a role
# without one.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  description = "Name of the account: <line>-<environment>."
  type        = string
}

variable "account_id" {
  description = "Account that it is about."
  type        = string
}

variable "regions" {
  description = "Regions in which anything may be done; that of the global services is added."
  type        = list(string)
}

variable "elsewhere" {
  description = "What may be done with objects and keys of other accounts, as statements."
  type        = any # statements differ in shape
  default     = []
}

locals {
  there = { StringEquals = { "aws:RequestedRegion" = distinct(concat(var.regions, ["us-east-1"])) } }
}

# Processes, machines, schedules, logs: they use what was made and make nothing.
resource "aws_iam_policy" "running" {
  name        = "${var.name}-boundary"
  description = "The most that what runs in ${var.name} may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid    = "Use"
        Effect = "Allow"
        Action = [
          "autoscaling:*", "cloudwatch:*", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:Describe*", "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "ecs:*", "elasticloadbalancing:*", "logs:*", "rds:*",
          "route53:ChangeResourceRecordSets", "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "sns:Publish", "sqs:*", "ssm:UpdateInstanceInformation",
          "ssmmessages:*", "states:*", "sts:GetCallerIdentity",
        ]
        Resource  = "*"
        Condition = local.there
      },
      # Objects and keys are what another account could let in, so it takes our word
      # as well: those of this account, and what is listed.
      {
        Sid       = "UseOwn"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "s3:*"]
        Resource  = "*"
        Condition = { StringEquals = merge(local.there.StringEquals, { "aws:ResourceAccount" = var.account_id }) }
      },
      {
        Sid      = "PassWhatRuns"
        Effect   = "Allow"
        Action   = "iam:PassRole"
        Resource = "arn:aws:iam::${var.account_id}:role/${var.name}-*"
      },
      {
        Sid    = "NotWhatIsKept"
        Effect = "Deny"
        Action = [
          "s3:DeleteBucket*", "s3:PutBucket*", "rds:DeleteDBInstance", "rds:ModifyDBInstance", "logs:DeleteLogGroup", "logs:PutRetentionPolicy",
          "ecs:DeleteCluster", "ecs:DeleteService",
        ]
        Resource = "*"
      },
      {
        Sid      = "NotWhoMakesIt"
        Effect   = "Deny"
        Action   = "iam:PassRole"
        Resource = [for noun in ["plan", "push", "apply", "sealed"] : "arn:aws:iam::${var.account_id}:role/${var.name}-${noun}"]
      },
    ], var.elsewhere)
  })
}

# Pipelines and the sealed users: all that their rights say, within the account,
# and never the way out of it.
resource "aws_iam_policy" "making" {
  name        = "${var.name}-access-boundary"
  description = "The most that who makes ${var.name} may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "InTheRegions"
        Effect    = "Allow"
        Action    = "*"
        Resource  = "*"
        Condition = local.there
      },
      {
        Sid    = "NotOut"
        Effect = "Deny"
        Action = [
          "organizations:*", "account:*", "sso:*", "identitystore:*", "iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile",
          "iam:CreateOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:AddClientIDToOpenIDConnectProvider", "iam:CreateSAMLProvider",
          "iam:DeleteRolePermissionsBoundary",
        ]
        Resource = "*"
      },
      {
        Sid      = "NotTheBoundaries"
        Effect   = "Deny"
        Action   = ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"]
        Resource = ["arn:aws:iam::${var.account_id}:policy/${var.name}-boundary", "arn:aws:iam::${var.account_id}:policy/${var.name}-access-boundary"]
      },
    ]
  })
}

output "running_arn" {
  description = "Boundary of what runs."
  value       = aws_iam_policy.running.arn
}

output "making_arn" {
  description = "Boundary of who makes it."
  value       = aws_iam_policy.making.arn
}
