# One way to run the image: which command, with which settings, secrets and
# rights.
#
# The image is named by its digest. The process is nobody (65532), writes to
# /tmp only, and gets a role of its own with a boundary. Two roles: one fetches
# image and secrets before the start, the other is what the process itself is.

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
  description = "What the task is: gateway, api, worker, migrate, environment."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z-]*[a-z]$", var.noun))
    error_message = "A task is called by a noun of small letters."
  }
}

variable "region" {
  description = "Region of the task."
  type        = string
}

variable "account_id" {
  description = "Account of the task."
  type        = string
}

variable "architecture" {
  description = "What the image was built for."
  type        = string
  default     = "X86_64"
  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "X86_64 or ARM64."
  }
}

variable "command" {
  description = "Arguments of the binary: serve --target api."
  type        = list(string)
}

variable "image" {
  description = "Repository and digest of the image."
  type        = object({ url = string, arn = string, digest = string })
  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image.digest))
    error_message = "An image is named by its digest: sha256: and 64 hexadecimal digits. A tag could be another image tomorrow."
  }
}

variable "size" {
  description = "CPU in 1/1024 of a core, and memory in MiB."
  type        = object({ cpu = number, memory = number })
  validation {
    condition = try(contains({
      256  = [512, 1024, 2048]
      512  = range(1024, 4097, 1024)
      1024 = range(2048, 8193, 1024)
      2048 = range(4096, 16385, 1024)
      4096 = range(8192, 30721, 1024)
      8192 = range(16384, 61441, 4096)
    }[tostring(var.size.cpu)], var.size.memory), false)
    error_message = "The provider sells 256 to 8192 of CPU, each with its own steps of memory: two to eight times as much, in whole GiB, 30720 at most to 4096 and 61440 in steps of 4096 to 8192."
  }
}

variable "environment" {
  description = "Settings and secrets as contract/environment gives them, checked against the catalogue."
  type = object({
    variables = list(object({ name = string, value = string }))
    secrets   = list(object({ name = string, valueFrom = string }))
  })
}

variable "statements" {
  description = "What the process may do with the provider's services."
  type        = any # statements differ in shape
  default     = []
}

variable "key_arn" {
  description = "Key that seals secrets and log."
  type        = string
}

variable "log_days" {
  description = "Days that the log is kept."
  type        = number
}

variable "boundary_arn" {
  description = "Permission boundary of the roles."
  type        = string
}

variable "serves" {
  description = "Whether the process goes on and listens: its ports are opened and its health is asked."
  type        = bool
}

locals {
  task  = "${var.name}-${var.noun}"
  roles = { start = "fetches image and secrets of", process = "is" }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/prosa/${var.name}/${var.noun}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_iam_role" "this" {
  for_each             = local.roles
  name                 = "${local.task}-${each.key}"
  description          = "Who ${each.value} the task ${local.task}"
  permissions_boundary = var.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "start" {
  name = "start"
  role = aws_iam_role.this["start"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "Token"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid      = "Image"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = var.image.arn
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.region}:${var.account_id}:log-group:${aws_cloudwatch_log_group.this.name}:*"
      },
      {
        Sid      = "Unseal"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.key_arn
      },
      ], length(var.environment.secrets) == 0 ? [] : [{
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = distinct([for secret in var.environment.secrets : secret.valueFrom])
    }])
  })
}

resource "aws_iam_role_policy" "process" {
  for_each = { for name in ["process"] : name => var.statements if length(var.statements) > 0 }
  name     = "process"
  role     = aws_iam_role.this["process"].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.task
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  execution_role_arn       = aws_iam_role.this["start"].arn
  task_role_arn            = aws_iam_role.this["process"].arn
  # What ran before stays registered: a deployment that is taken back needs it,
  # and so does a schedule that rings while this one takes its place.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  # The only place that may be written; it goes with the task.
  volume { name = "scratch" }

  container_definitions = jsonencode([merge({
    name                   = var.noun
    image                  = "${var.image.url}@${var.image.digest}"
    command                = var.command
    essential              = true
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    privileged             = false
    environment            = var.environment.variables
    secrets                = var.environment.secrets
    mountPoints            = [{ sourceVolume = "scratch", containerPath = "/tmp", readOnly = false }]
    portMappings           = var.serves ? [for port in [8080, 8090] : { containerPort = port, hostPort = port, protocol = "tcp" }] : []
    linuxParameters        = { initProcessEnabled = false, capabilities = { drop = ["ALL"], add = [] } }
    systemControls         = []
    volumesFrom            = []
    # Longer than PROSA_GRACE, so that nothing is cut off that would have ended.
    stopTimeout = 45
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = var.noun
      }
    }
    }, { for name, check in {
      healthCheck = {
        command     = ["CMD", "/prosa", "ready"]
        interval    = 10
        timeout     = 5
        retries     = 3
        startPeriod = 30
      }
  } : name => check if var.serves })])
}

output "arn" {
  description = "ARN of the task definition's revision."
  value       = aws_ecs_task_definition.this.arn
}

output "family" {
  description = "Name of the task definition without its revision."
  value       = aws_ecs_task_definition.this.family
}

output "roles" {
  description = "Roles of the task, for whoever may start it."
  value       = { for role, made in aws_iam_role.this : role => made.arn }
}

output "log_group" {
  description = "Log group of the task."
  value       = aws_cloudwatch_log_group.this.name
}
