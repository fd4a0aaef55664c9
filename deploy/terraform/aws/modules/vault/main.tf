# Names of secrets, never their values: a value is written by a person or a
# rotation (`aws secretsmanager put-secret-value`), so that it stands in no
# file, plan or state. A task whose secret has no value does not start, and says
# which one it is.

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

variable "key_arn" {
  description = "Key that seals the values."
  type        = string
}

variable "secrets" {
  description = "What each secret is for, by its noun: database-url. It is called <name>/<noun>."
  type        = map(string)
  validation {
    condition     = alltrue([for noun in keys(var.secrets) : can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", noun))])
    error_message = "A secret's noun has a-z, 0-9 and -."
  }
}

variable "recovery_days" {
  description = "Days for which a deleted secret can be brought back."
  type        = number
  default     = 30
  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 30
    error_message = "A deleted secret is kept for 7 to 30 days."
  }
}

resource "aws_secretsmanager_secret" "this" {
  for_each                = var.secrets
  name                    = "${var.name}/${each.key}"
  description             = each.value
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

output "arns" {
  description = "ARN by noun."
  value       = { for noun, secret in aws_secretsmanager_secret.this : noun => secret.arn }
}

output "names" {
  description = "Name by noun."
  value       = { for noun, secret in aws_secretsmanager_secret.this : noun => secret.name }
}
