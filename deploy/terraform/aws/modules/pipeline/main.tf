# A role that a pipeline takes by a token of one step, and the right that it
# gives. The session ends with the step, at the latest after the right's hours.

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

variable "noun" {
  description = "What the role is for: plan, push, apply."
  type        = string
}

variable "says" {
  description = "What the right allows, as access.yaml says."
  type        = string
}

variable "trust" {
  description = "Who may take it, JSON, as modules/trust gives it."
  type        = string
  validation {
    condition     = alltrue([for statement in jsondecode(var.trust).Statement : can(statement.Principal.Federated) && strcontains(jsonencode(statement.Condition), ":sub\"") && strcontains(jsonencode(statement.Condition), ":aud\"")])
    error_message = "A pipeline's role is taken by subject and audience of a token."
  }
}

variable "policy" {
  description = "The right, JSON."
  type        = string
}

variable "hours" {
  description = "Hours that a session lasts at most."
  type        = number
}

variable "boundary_arn" {
  description = "Boundary of who makes things."
  type        = string
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-${var.noun}"
  description          = "Pipelines: ${var.says}"
  assume_role_policy   = var.trust
  max_session_duration = var.hours * 3600
  permissions_boundary = var.boundary_arn
}

resource "aws_iam_role_policy" "this" {
  name   = var.noun
  role   = aws_iam_role.this.id
  policy = var.policy
}

output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}
