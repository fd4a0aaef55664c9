# Alarms as a table: what is looked at, when it is too much, and the sentence
# that somebody reads at night, which ends with the page to open.

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

variable "topic_arn" {
  description = "Topic of who is told."
  type        = string
}

variable "alarms" {
  description = "Alarms by name. statistic is Sum, Maximum, ... or p99; over `periods` periods of `period` seconds; silence counts as `missing`."
  type = map(object({
    sentence   = string
    namespace  = string
    metric     = string
    dimensions = optional(map(string), {})
    statistic  = string
    period     = optional(number, 60)
    periods    = optional(number, 5)
    hits       = optional(number)
    above      = optional(number)
    below      = optional(number)
    missing    = optional(string, "notBreaching")
  }))
  validation {
    condition     = alltrue([for alarm in values(var.alarms) : (alarm.above == null) != (alarm.below == null)])
    error_message = "An alarm is about too much (above) or too little (below): one of them."
  }
  validation {
    condition     = alltrue([for alarm in values(var.alarms) : contains(["notBreaching", "breaching", "ignore", "missing"], alarm.missing)])
    error_message = "Silence counts as notBreaching, breaching, ignore or missing."
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = var.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.sentence
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = coalesce(each.value.hits, each.value.periods)
  comparison_operator = each.value.above != null ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.above != null ? each.value.above : each.value.below
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

output "arns" {
  description = "ARN by alarm."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn }
}
