# The users for the day on which nobody can sign in. Their passwords and keys are
# made by hand and lie sealed in two places; Terraform knows neither. Without the
# key they can do nothing but register it, with it nothing but take the sealed
# role of an account.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "users" {
  description = "Names of the users."
  type        = set(string)
}

variable "account_id" {
  description = "The management account."
  type        = string
}

variable "minutes" {
  description = "How long ago the key may have been used."
  type        = number
}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "OwnKey"
        Effect   = "Allow"
        Action   = ["iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice", "iam:GetUser", "iam:ChangePassword"]
        Resource = "arn:aws:iam::${var.account_id}:user/sealed/$${aws:username}"
      },
      {
        Sid      = "SealedRoles"
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = "arn:aws:iam::*:role/*-sealed"
        Condition = {
          Bool            = { "aws:MultiFactorAuthPresent" = "true" }
          NumericLessThan = { "aws:MultiFactorAuthAge" = tostring(var.minutes * 60) }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "boundary" {
  name        = "sealed-boundary"
  description = "All that a sealed user may do"
  policy      = local.policy
}

resource "aws_iam_group" "this" {
  name = "sealed"
  path = "/sealed/"
}

resource "aws_iam_group_policy" "this" {
  name   = "sealed"
  group  = aws_iam_group.this.name
  policy = local.policy
}

resource "aws_iam_user" "this" {
  for_each             = var.users
  name                 = each.key
  path                 = "/sealed/"
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_user_group_membership" "this" {
  for_each = var.users
  user     = aws_iam_user.this[each.key].name
  groups   = [aws_iam_group.this.name]
}

output "arns" {
  description = "ARN of each user."
  value       = { for name, user in aws_iam_user.this : name => user.arn }
}
