# The page "this environment is switched off" of an environment that rests.
#
# A balancer can't fall back to a sentence by itself, so a rule that answers all
# with 503 and that sentence lies behind all others, and an alarm moves it: no
# healthy task for three minutes, and it comes first; a healthy task, and it
# goes behind again. Health is asked past the rules, so the page does not keep
# itself up. Nothing of the product takes part, and Terraform leaves the rule's
# place alone.
#
# 503 is also what platforms repeat on.

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

variable "listener_arn" {
  description = "Listener that gets the rule."
  type        = string
}

variable "balancer" {
  description = "Name of the balancer among the metrics."
  type        = string
}

variable "target" {
  description = "Name of the target group among the metrics whose health decides."
  type        = string
}

variable "page" {
  description = "What is answered, HTML of at most 1024 characters."
  type        = string
  validation {
    condition     = length(var.page) <= 1024
    error_message = "The balancer answers with 1024 characters at most."
  }
}

variable "undelivered" {
  description = "ARN of the queue for what could not be delivered."
  type        = string
}

variable "boundary_arn" {
  description = "Permission boundary of the roles."
  type        = string
}

locals {
  places = { ALARM = 1, OK = 49000 }
}

resource "aws_lb_listener_rule" "this" {
  listener_arn = var.listener_arn
  priority     = local.places.OK
  condition {
    path_pattern { values = ["/*"] }
  }
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/html"
      message_body = var.page
      status_code  = "503"
    }
  }
  tags = { Name = "switched-off" }
  lifecycle { ignore_changes = [priority] }
}

resource "aws_cloudwatch_metric_alarm" "down" {
  alarm_name          = "${var.name}-switched-off"
  alarm_description   = "No task answers: the page of the switched-off environment is shown. Expected while nobody holds a lease."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = var.balancer, TargetGroup = var.target }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  # Without any task there is no number at all.
  treat_missing_data = "breaching"
}

resource "aws_iam_role" "this" {
  for_each             = { mover = "states", bell = "events" }
  name                 = "${var.name}-notice-${each.key}"
  permissions_boundary = var.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "${each.value}.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "mover" {
  name = "move"
  role = aws_iam_role.this["mover"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "elasticloadbalancing:SetRulePriorities"
      Resource = aws_lb_listener_rule.this.arn
    }]
  })
}

resource "aws_sfn_state_machine" "mover" {
  name     = "${var.name}-notice"
  type     = "EXPRESS"
  role_arn = aws_iam_role.this["mover"].arn
  definition = jsonencode({
    Comment = "Moves the page of the switched-off environment before or behind all others"
    StartAt = "Move"
    States = {
      Move = {
        Type     = "Task"
        Resource = "arn:aws:states:::aws-sdk:elasticloadbalancingv2:setRulePriorities"
        Parameters = {
          RulePriorities = [{ RuleArn = aws_lb_listener_rule.this.arn, "Priority.$" = "$.priority" }]
        }
        Retry = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 5, MaxAttempts = 5, BackoffRate = 2 }]
        End   = true
      }
    }
  })
}

resource "aws_iam_role_policy" "bell" {
  name = "ring"
  role = aws_iam_role.this["bell"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "states:StartExecution"
      Resource = aws_sfn_state_machine.mover.arn
    }]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each    = local.places
  name        = "${var.name}-notice-${lower(each.key)}"
  description = "The alarm ${aws_cloudwatch_metric_alarm.down.alarm_name} turned to ${each.key}"
  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    resources   = [aws_cloudwatch_metric_alarm.down.arn]
    detail      = { state = { value = [each.key] } }
  })
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.places
  rule     = aws_cloudwatch_event_rule.this[each.key].name
  arn      = aws_sfn_state_machine.mover.arn
  role_arn = aws_iam_role.this["bell"].arn
  input    = jsonencode({ priority = each.value })
  dead_letter_config { arn = var.undelivered }
}
