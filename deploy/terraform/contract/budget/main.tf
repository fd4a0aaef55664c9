# What a month may cost, and who is told when. Money stays text of two decimals
# up to where a provider wants a number: no cent is rounded away.

terraform {
  required_version = "~> 1.11"
}

variable "amount" {
  description = "Limit of a month, with two decimals."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{1,9}[.][0-9]{2}$", var.amount)) && try(tonumber(var.amount) > 0, false)
    error_message = "A budget is an amount above zero with two decimals, as text: \"250.00\"."
  }
}

variable "currency" {
  description = "Currency in which the provider bills."
  type        = string
  validation {
    condition     = contains(["USD", "BRL"], var.currency)
    error_message = "Budgets are in USD or BRL."
  }
}

variable "email" {
  description = "Who is told."
  type        = string
  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+[.][^@ ]+$", var.email))
    error_message = "Somebody must be told: an e-mail address."
  }
}

output "limit" {
  description = "The limit as the provider's APIs take it."
  value       = { amount = var.amount, unit = var.currency }
}

output "notices" {
  description = "At which share of the limit whom to tell, by name; actual is what was spent, forecasted what the month will come to."
  value = { for name, notice in {
    half     = { type = "ACTUAL", percent = 50 }
    most     = { type = "ACTUAL", percent = 80 }
    all      = { type = "ACTUAL", percent = 100 }
    forecast = { type = "FORECASTED", percent = 100 }
  } : name => merge(notice, { emails = [var.email] }) }
}
