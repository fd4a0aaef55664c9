# Runs a task by the clock, in the time zone that people mean.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  description = "Name of the schedules: <line>-<environment>-<noun>."
  type        = string
}

variable "at" {
  description = "Expressions by name: rate(15 minutes), cron(0 8 ? * MON-FRI *)."
  type        = map(string)
  validation {
    condition     = alltrue([for expression in values(var.at) : can(regex("^(rate|cron)[(].+[)]$", expression))])
    error_message = "A schedule is rate(...) or cron(...)."
  }
}

variable "time_zone" {
  description = "Time zone of the expressions."
  type        = string
}

variable "cluster" {
  description = "ARN of the cluster."
  type        = string
}

variable "task" {
  description = "Task to run: ARN of its revision, its name, and its roles."
  type        = object({ arn = string, family = string, roles = map(string) })
}

variable "subnets" {
  description = "Private subnet ids by zone letter."
  type        = map(string)
}

variable "group_id" {
  description = "Security group of the task."
  type        = string
}

variable "undelivered" {
  description = "ARN of the queue for what could not be started."
  type        = string
}

variable "account_id" {
  description = "Account of the schedules."
  type        = string
}

variable "region" {
  description = "Region of the schedules."
  type        = string
}

variable "boundary_arn" {
  description = "Permission boundary of the role."
  type        = string
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-clock"
  description          = "Who starts ${var.name} by the clock"
  permissions_boundary = var.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "start"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Run"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "arn:aws:ecs:${var.region}:${var.account_id}:task-definition/${var.task.family}:*"
        Condition = { ArnEquals = { "ecs:cluster" = var.cluster } }
      },
      # A task takes its tags along, and to put them on is asked for by itself.
      {
        Sid       = "Label"
        Effect    = "Allow"
        Action    = "ecs:TagResource"
        Resource  = "arn:aws:ecs:${var.region}:${var.account_id}:task/*"
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      {
        Sid       = "HandOver"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = values(var.task.roles)
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "PutAside"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = var.undelivered
      },
    ]
  })
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_scheduler_schedule" "this" {
  for_each                     = var.at
  name                         = "${var.name}-${each.key}"
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value
  schedule_expression_timezone = var.time_zone

  flexible_time_window { mode = "OFF" }

  target {
    arn      = var.cluster
    role_arn = aws_iam_role.this.arn
    ecs_parameters {
      task_definition_arn = var.task.arn
      launch_type         = "FARGATE"
      platform_version    = "1.4.0"
      task_count          = 1
      propagate_tags      = "TASK_DEFINITION"
      network_configuration {
        subnets          = values(var.subnets)
        security_groups  = [var.group_id]
        assign_public_ip = false
      }
    }
    # The next run looks again anyway: what is late by a quarter of an hour is not run.
    retry_policy {
      maximum_event_age_in_seconds = 600
      maximum_retry_attempts       = 3
    }
    dead_letter_config { arn = var.undelivered }
  }
}
