# A task that is kept running.
#
# How many run is not Terraform's: an environment that rests is set to 0 and
# back by its lease, one that does not grows and shrinks by load. A deployment
# that does not become healthy is taken back by the circuit breaker.

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  description = "Name of the service: <line>-<environment>-<noun>."
  type        = string
}

variable "noun" {
  description = "Name of its container."
  type        = string
}

variable "cluster" {
  description = "ARN of the cluster."
  type        = string
}

variable "cluster_name" {
  description = "Name of the cluster."
  type        = string
}

variable "task_arn" {
  description = "Task definition to run."
  type        = string
}

variable "count_first" {
  description = "Tasks to begin with."
  type        = number
  validation {
    condition     = var.count_first >= 1
    error_message = "A service begins with one task at least."
  }
}

variable "count_most" {
  description = "Most tasks that load may lead to."
  type        = number
}

variable "scales" {
  description = "Whether load decides on the count; where it does not, the environment's lease does."
  type        = bool
}

variable "subnets" {
  description = "Private subnet ids by zone letter."
  type        = map(string)
}

variable "group_id" {
  description = "Security group of the tasks."
  type        = string
}

variable "target_group_arn" {
  description = "Target group of the balancer; null for what nobody calls."
  type        = string
  default     = null
}

resource "aws_ecs_service" "this" {
  name             = var.name
  cluster          = var.cluster
  task_definition  = var.task_arn
  launch_type      = "FARGATE"
  platform_version = "1.4.0"
  desired_count    = var.count_first
  propagate_tags   = "SERVICE"

  # New ones stand before old ones go.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = var.target_group_arn == null ? null : 60
  enable_ecs_managed_tags            = true
  enable_execute_command             = false
  wait_for_steady_state              = false
  availability_zone_rebalancing      = "ENABLED"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = values(var.subnets)
    security_groups  = [var.group_id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arn == null ? {} : { target = var.target_group_arn }
    content {
      target_group_arn = load_balancer.value
      container_name   = var.noun
      container_port   = 8080
    }
  }

  lifecycle { ignore_changes = [desired_count] }
}

resource "aws_appautoscaling_target" "this" {
  for_each           = var.scales ? { count = var.count_most } : {}
  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.count_first
  max_capacity       = each.value
}

resource "aws_appautoscaling_policy" "cpu" {
  for_each           = aws_appautoscaling_target.this
  name               = "${var.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = each.value.service_namespace
  resource_id        = each.value.resource_id
  scalable_dimension = each.value.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_out_cooldown = 60
    scale_in_cooldown  = 300
    predefined_metric_specification { predefined_metric_type = "ECSServiceAverageCPUUtilization" }
  }
}

output "name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}
