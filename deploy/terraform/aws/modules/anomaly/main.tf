# Spending that is unlike the account's own past, told once a day.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  description = "Name of the monitor."
  type        = string
}

variable "emails" {
  description = "Who is written to."
  type        = set(string)
}

variable "least" {
  description = "Smallest surprise that is told, in the provider's currency, and in percent of what was expected: both must be passed."
  type        = object({ amount = number, percent = number })
  default     = { amount = 20, percent = 30 }
}

resource "aws_ce_anomaly_monitor" "this" {
  name              = var.name
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "this" {
  name             = var.name
  frequency        = "DAILY"
  monitor_arn_list = [aws_ce_anomaly_monitor.this.arn]

  dynamic "subscriber" {
    for_each = var.emails
    content {
      type    = "EMAIL"
      address = subscriber.value
    }
  }

  threshold_expression {
    and {
      dimension {
        key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
        match_options = ["GREATER_THAN_OR_EQUAL"]
        values        = [tostring(var.least.amount)]
      }
    }
    and {
      dimension {
        key           = "ANOMALY_TOTAL_IMPACT_PERCENTAGE"
        match_options = ["GREATER_THAN_OR_EQUAL"]
        values        = [tostring(var.least.percent)]
      }
    }
  }
}

output "monitor_arn" {
  description = "ARN of the monitor."
  value       = aws_ce_anomaly_monitor.this.arn
}
