# The organization: its units, its accounts, and what nobody in them may do,
# whatever rights they have. The policies do not bind the management account,
# which is why nothing runs there and few people enter it.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "units" {
  description = "Organizational units, one a product line and one for what they share."
  type        = set(string)
}

variable "accounts" {
  description = "Accounts by name: address of the root user, unit, and whether it is of production."
  type        = map(object({ email = string, unit = string, prod = bool }))
  validation {
    condition     = alltrue([for account in values(var.accounts) : contains(var.units, account.unit)])
    error_message = "An account lies in one of the units."
  }
}

variable "regions" {
  description = "Regions in which anything may be done."
  type        = list(string)
}

variable "keepers" {
  description = "Patterns of the principals who keep the organization: they change what others may not."
  type        = list(string)
}

resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "TAG_POLICY"]
  aws_service_access_principals = [
    "access-analyzer.amazonaws.com", "account.amazonaws.com", "cloudtrail.amazonaws.com", "guardduty.amazonaws.com",
    "malware-protection.guardduty.amazonaws.com", "sso.amazonaws.com", "tagpolicies.tag.amazonaws.com",
  ]

  lifecycle { prevent_destroy = true }
}

resource "aws_organizations_organizational_unit" "this" {
  for_each  = var.units
  name      = each.key
  parent_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_account" "this" {
  for_each                   = var.accounts
  name                       = each.key
  email                      = each.value.email
  parent_id                  = aws_organizations_organizational_unit.this[each.value.unit].id
  iam_user_access_to_billing = "ALLOW"
  close_on_deletion          = false

  lifecycle {
    prevent_destroy = true
    # Can't be read back: a difference would replace the account.
    ignore_changes = [iam_user_access_to_billing, role_name]
  }
}

locals {
  # Global services answer in one region, whatever it is called with.
  global = [
    "access-analyzer:*", "account:*", "aws-portal:*", "billing:*", "budgets:*", "ce:*", "cloudfront:*", "cost-optimization-hub:*", "cur:*", "bcm-data-exports:*",
    "globalaccelerator:*", "health:*", "iam:*", "organizations:*", "pricing:*", "route53:*", "route53domains:*", "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets", "s3:PutAccountPublicAccessBlock", "shield:*", "sso:*", "sts:*", "support:*", "tag:*", "trustedadvisor:*", "waf:*", "wafv2:*",
  ]
  not_keepers = { ArnNotLike = { "aws:PrincipalArn" = var.keepers } }

  policies = {
    who = {
      says = "Who may do anything: no root users, no users' keys, no user without a second factor, no role without a boundary"
      statements = [
        {
          Sid      = "NobodyLeaves"
          Effect   = "Deny"
          Action   = ["organizations:LeaveOrganization", "account:CloseAccount"]
          Resource = "*"
        },
        {
          Sid       = "NoRoot"
          Effect    = "Deny"
          Action    = "*"
          Resource  = "*"
          Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }
        },
        {
          Sid      = "NoUsers"
          Effect   = "Deny"
          Action   = ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UploadSigningCertificate", "iam:CreateServiceSpecificCredential"]
          Resource = "*"
        },
        # Whatever user there is all the same: with a second factor, or only to set
        # one up.
        {
          Sid       = "SecondFactor"
          Effect    = "Deny"
          NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "iam:ChangePassword", "iam:GetUser", "sts:GetSessionToken", "sts:GetCallerIdentity"]
          Resource  = "*"
          Condition = {
            ArnLike      = { "aws:PrincipalArn" = "arn:aws:iam::*:user/*" }
            BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
          }
        },
        {
          Sid       = "NoRoleWithoutBoundary"
          Effect    = "Deny"
          Action    = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
          Resource  = "*"
          Condition = { StringNotLike = { "iam:PermissionsBoundary" = "arn:aws:iam::*:policy/*-boundary" } }
        },
        {
          Sid       = "NoBoundaryTakenOff"
          Effect    = "Deny"
          Action    = ["iam:DeleteRolePermissionsBoundary"]
          Resource  = "*"
          Condition = local.not_keepers
        },
      ]
    }

    where = {
      says = "Where: in the regions of accounts.yaml alone"
      statements = [{
        Sid       = "Regions"
        Effect    = "Deny"
        NotAction = local.global
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:RequestedRegion" = var.regions } }
      }]
    }

    eyes = {
      says = "Nobody closes the eyes: trail, watch and flow logs stay, images are not overwritten, objects stay private"
      statements = [
        {
          Sid    = "TrailAndWatch"
          Effect = "Deny"
          Action = [
            "cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors",
            "guardduty:DeleteDetector", "guardduty:UpdateDetector", "guardduty:DisassociateFromAdministratorAccount", "guardduty:DisassociateMembers", "guardduty:DeleteMembers", "guardduty:StopMonitoringMembers",
            "access-analyzer:DeleteAnalyzer", "ec2:DisableEbsEncryptionByDefault", "s3:PutAccountPublicAccessBlock",
          ]
          Resource  = "*"
          Condition = local.not_keepers
        },
        {
          Sid       = "FlowLogs"
          Effect    = "Deny"
          Action    = "ec2:DeleteFlowLogs"
          Resource  = "*"
          Condition = local.not_keepers
        },
        {
          Sid      = "ImagesStay"
          Effect   = "Deny"
          Action   = "ecr:PutImageTagMutability"
          Resource = "*"
        },
        {
          Sid       = "NothingShared"
          Effect    = "Deny"
          Action    = ["ram:CreateResourceShare", "ram:AssociateResourceShare", "ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "rds:ModifyDBSnapshotAttribute"]
          Resource  = "*"
          Condition = local.not_keepers
        },
      ]
    }
  }

  prod = {
    says = "What production stands on is deleted by nobody in a hurry"
    statements = [{
      Sid    = "Kept"
      Effect = "Deny"
      Action = [
        "s3:DeleteBucket", "rds:DeleteDBInstance", "rds:DeleteDBInstanceAutomatedBackup", "kms:ScheduleKeyDeletion", "kms:DisableKey",
        "secretsmanager:DeleteSecret", "route53:DeleteHostedZone", "ec2:DeleteVolume",
      ]
      Resource  = "*"
      Condition = local.not_keepers
    }]
  }
}

# Five policies fit on one place, the provider's own FullAWSAccess among them:
# three at the root, one more on production.
resource "aws_organizations_policy" "this" {
  for_each    = merge(local.policies, { prod = local.prod })
  name        = each.key
  description = each.value.says
  type        = "SERVICE_CONTROL_POLICY"
  content     = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
  depends_on  = [aws_organizations_organization.this]

  lifecycle {
    precondition {
      condition     = length(jsonencode({ Version = "2012-10-17", Statement = each.value.statements })) <= 5120
      error_message = "The policy ${each.key} is longer than the 5120 characters that the organization takes."
    }
  }
}

resource "aws_organizations_policy_attachment" "root" {
  for_each  = local.policies
  policy_id = aws_organizations_policy.this[each.key].id
  target_id = aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_policy_attachment" "prod" {
  for_each  = { for name, account in var.accounts : name => account if account.prod }
  policy_id = aws_organizations_policy.this["prod"].id
  target_id = aws_organizations_account.this[each.key].id
}

output "ids" {
  description = "Account id by name."
  value       = { for name, account in aws_organizations_account.this : name => account.id }
}

output "policies" {
  description = "What the organization's policies refuse, by name."
  value       = { for name, policy in aws_organizations_policy.this : name => policy.description }
}
