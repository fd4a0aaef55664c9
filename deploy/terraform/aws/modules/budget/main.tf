# What an account may cost a month, and who hears of it, as contract/budget says:
# of what was billed, and of where the month is heading.
#
# It stands in the account that pays, so that nobody inside the account can
# silence it.

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
  description = "Account that the budget is for."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "limit" {
  description = "Limit of a month as contract/budget gives it."
  type        = object({ amount = string, unit = string })
  validation {
    condition     = var.limit.unit == "USD"
    error_message = "The provider keeps budgets in USD and converts none; the cost ledger's own may be in BRL."
  }
}

variable "notices" {
  description = "Whom to tell at which share of the limit, as contract/budget gives it."
  type        = map(object({ type = string, percent = number, emails = list(string) }))
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = var.limit.amount
  limit_unit   = var.limit.unit

  cost_filter {
    name   = "LinkedAccount"
    values = [var.account_id]
  }

  # What was bought for later counts when it is used; what is given back is not
  # spent; taxes are.
  cost_types {
    use_amortized              = true
    use_blended                = false
    include_credit             = false
    include_refund             = false
    include_tax                = true
    include_subscription       = true
    include_recurring          = true
    include_upfront            = true
    include_support            = true
    include_discount           = true
    include_other_subscription = true
  }

  dynamic "notification" {
    for_each = var.notices
    content {
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      notification_type          = notification.value.type
      subscriber_email_addresses = notification.value.emails
    }
  }
}

output "name" {
  description = "Name of the budget."
  value       = aws_budgets_budget.this.name
}
