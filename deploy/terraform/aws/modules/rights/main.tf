# The policy behind each right of access.yaml. It makes nothing: the same
# documents serve the pipelines' roles of an account and the permission sets of
# the organization's directory.

terraform {
  required_version = "~> 1.11"
}

variable "name" {
  description = "Name of the account: <line>-<environment>; * where the policy is of a permission set, which means the account that it is used in."
  type        = string
  default     = "*"
}

variable "account_id" {
  description = "Account that it is about; * for a permission set."
  type        = string
  default     = "*"
}

variable "organization" {
  description = "First word of the buckets' names."
  type        = string
}

variable "regions" {
  description = "Regions in which anything may be done; that of the global services is added."
  type        = list(string)
  validation {
    condition     = length(var.regions) > 0
    error_message = "Something is done in some region."
  }
}

variable "names_role" {
  description = "Role of the network account that writes this account's names, for apply; null for none."
  type        = string
  default     = null
}

variable "names_read_role" {
  description = "Role of the network account that reads this account's names, for plan; null for none."
  type        = string
  default     = null
}

locals {
  # Names of global services are asked for in this one.
  regions = distinct(concat(var.regions, ["us-east-1"]))
  there   = { StringEquals = { "aws:RequestedRegion" = local.regions } }
  roles   = "arn:aws:iam::${var.account_id}:role/${var.name}-*"

  # What the layers are made of.
  services = [
    "acm", "application-autoscaling", "autoscaling", "cloudwatch", "ec2", "ecr", "ecs", "elasticloadbalancing", "events", "kms", "logs",
    "rds", "route53", "s3", "scheduler", "secretsmanager", "servicediscovery", "sns", "sqs", "states", "wafv2",
  ]
  # How things are set, without what is in them.
  look = {
    Sid      = "Look"
    Effect   = "Allow"
    Action   = concat([for service in concat(local.services, ["iam", "access-analyzer"]) : "${service}:Get*"], [for service in concat(local.services, ["iam", "access-analyzer"]) : "${service}:List*"], [for service in local.services : "${service}:Describe*"])
    Resource = "*"
  }
  no_contents = {
    Sid    = "NoContents"
    Effect = "Deny"
    Action = [
      "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "s3:GetObject*", "kms:Decrypt",
      "sqs:ReceiveMessage", "ecr:GetDownloadUrlForLayer",
    ]
    Resource = "*"
  }
  no_log = {
    Sid      = "NoLog"
    Effect   = "Deny"
    Action   = ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:GetQueryResults", "logs:GetLogRecord", "logs:Unmask"]
    Resource = "*"
  }
  leases = "arn:aws:s3:::${var.organization}-${var.name}-releases/leases/*"
  state  = "arn:aws:s3:::${var.organization}-${var.name}-state"
  # The state is read by a plan: it holds names and no secret's value.
  read_log = {
    Sid      = "ReadLog"
    Effect   = "Allow"
    Action   = ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery", "logs:StopQuery", "logs:GetQueryResults", "cloudwatch:GetMetricData"]
    Resource = "*"
  }
  # A pull request's plan may look at production's names; only a deployment
  # changes them.
  names = { for right, role in { apply = var.names_role, plan = var.names_read_role } : right => role == null ? [] : [{
    Sid      = "OwnNames"
    Effect   = "Allow"
    Action   = "sts:AssumeRole"
    Resource = role
  }] }

  policies = {
    cost = [{
      Sid    = "Cost"
      Effect = "Allow"
      Action = [
        "ce:Get*", "ce:List*", "ce:Describe*", "budgets:View*", "budgets:Describe*", "cur:Describe*", "bcm-data-exports:Get*", "bcm-data-exports:List*",
        "cost-optimization-hub:Get*", "cost-optimization-hub:List*", "compute-optimizer:Get*", "billing:Get*", "billing:List*", "pricing:*",
        "tag:GetResources", "tag:GetTagKeys", "tag:GetTagValues",
      ]
      Resource = "*"
    }]

    observe = [local.look, local.read_log, local.no_contents]

    audit = [local.look, local.no_contents, local.no_log, {
      Sid    = "Audit"
      Effect = "Allow"
      Action = [
        "cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*", "cloudtrail:LookupEvents", "guardduty:Get*", "guardduty:List*",
        "organizations:Describe*", "organizations:List*", "sso:Describe*", "sso:Get*", "sso:List*", "iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails",
      ]
      Resource = "*"
    }]

    operate = [local.look, local.read_log, merge(local.no_contents, { Action = [for action in local.no_contents.Action : action if !startswith(action, "s3:") && action != "kms:Decrypt"] }),
      # No contents either, save the leases: who needs an environment says so from a
      # desk, and the clock brings it up.
      {
        Sid         = "NoObjects"
        Effect      = "Deny"
        Action      = "s3:GetObject*"
        NotResource = local.leases
      },
      {
        Sid       = "NoKeysButForObjects"
        Effect    = "Deny"
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { StringNotLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }
      },
      {
        Sid      = "Leases"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = local.leases
      },
      {
        Sid       = "LeasesAreSealed"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "arn:aws:kms:*:${var.account_id}:key/*"
        Condition = { StringLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }
      },
      {
        Sid    = "StartStopScale"
        Effect = "Allow"
        Action = [
          "ecs:UpdateService", "ecs:StopTask", "application-autoscaling:RegisterScalableTarget", "autoscaling:SetDesiredCapacity",
          "rds:StartDBInstance", "rds:StopDBInstance", "rds:RebootDBInstance",
        ]
        Resource  = "*"
        Condition = local.there
        }, {
        Sid       = "PassOnlyWhatRuns"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.roles
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    }]

    plan = concat([merge(local.look, { Sid = "Compare" }), local.no_log,
      # A changed state machine is judged while it is planned.
      {
        Sid      = "Judge"
        Effect   = "Allow"
        Action   = "states:ValidateStateMachineDefinition"
        Resource = "*"
      },
      {
        Sid      = "State"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket"]
        Resource = [local.state, "${local.state}/*"]
      },
      # Everything of NoContents, save the state.
      merge(local.no_contents, { Sid = "NoValues", Action = [for action in local.no_contents.Action : action if !startswith(action, "s3:") && action != "kms:Decrypt"] }),
      {
        Sid         = "NoObjects"
        Effect      = "Deny"
        Action      = "s3:GetObject*"
        NotResource = "${local.state}/*"
      },
    ], local.names.plan)

    push = [
      {
        Sid      = "Login"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "Push"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
          "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:DescribeImages",
        ]
        Resource = "arn:aws:ecr:*:${var.account_id}:repository/*"
      },
      {
        Sid      = "RunRecords"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = ["arn:aws:s3:::${var.organization}-${var.name}-releases/gate/*", "arn:aws:s3:::${var.organization}-${var.name}-releases/nats-server/*"]
      },
      {
        Sid      = "RunRecordsList"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::${var.organization}-${var.name}-releases"
      },
    ]

    apply = concat([
      {
        Sid       = "Make"
        Effect    = "Allow"
        Action    = [for service in local.services : "${service}:*"]
        Resource  = "*"
        Condition = local.there
      },
      # The NATS nodes' image is named by a public parameter: who makes a group of
      # machines from a template must be able to read it (Amazon EC2 Auto Scaling
      # User Guide, "Use AWS Systems Manager parameters instead of AMI IDs").
      {
        Sid      = "PublicImages"
        Effect   = "Allow"
        Action   = "ssm:GetParameters"
        Resource = "arn:aws:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*"
      },
      # Secrets are named here and filled by people; customers' files are the
      # product's alone.
      {
        Sid      = "NoSecrets"
        Effect   = "Deny"
        Action   = ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "secretsmanager:PutSecretValue"]
        Resource = "*"
      },
      {
        Sid      = "NoFiles"
        Effect   = "Deny"
        Action   = ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"]
        Resource = "arn:aws:s3:::${var.organization}-${var.name}-media/*"
      },
      {
        Sid      = "NoOverwriting"
        Effect   = "Deny"
        Action   = ["ecr:PutImageTagMutability", "ecr:BatchDeleteImage"]
        Resource = "*"
      },
      {
        Sid      = "LookAtRoles"
        Effect   = "Allow"
        Action   = ["iam:Get*", "iam:List*"]
        Resource = "*"
      },
      # A role is made, and given rights, only within the boundary.
      {
        Sid       = "RolesWithinTheBoundary"
        Effect    = "Allow"
        Action    = ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary"]
        Resource  = local.roles
        Condition = { StringEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::${var.account_id}:policy/${var.name}-boundary" } }
      },
      {
        Sid      = "Roles"
        Effect   = "Allow"
        Action   = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole", "iam:UpdateRoleDescription", "iam:UpdateAssumeRolePolicy"]
        Resource = local.roles
      },
      {
        Sid      = "Machines"
        Effect   = "Allow"
        Action   = ["iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "iam:UntagInstanceProfile"]
        Resource = ["arn:aws:iam::${var.account_id}:instance-profile/${var.name}-*", local.roles]
      },
      {
        Sid       = "PassToServices"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.roles
        Condition = { StringLike = { "iam:PassedToService" = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com", "vpc-flow-logs.amazonaws.com", "monitoring.rds.amazonaws.com"] } }
      },
      {
        Sid      = "ServicesOwnRoles"
        Effect   = "Allow"
        Action   = "iam:CreateServiceLinkedRole"
        Resource = "arn:aws:iam::${var.account_id}:role/aws-service-role/*"
      },
      # It can't widen itself, nor the others of 20-access, nor the boundary.
      {
        Sid    = "NotItself"
        Effect = "Deny"
        Action = [
          "iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateRoleDescription", "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole",
          "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
          "iam:PassRole",
        ]
        Resource = [for noun in ["plan", "push", "apply", "sealed"] : "arn:aws:iam::${var.account_id}:role/${var.name}-${noun}"]
      },
    ], local.names.apply)

    # What is left are the organization's policies. Users and their keys are made
    # by nobody.
    everything = local.all
    keep       = local.all
  }

  all = [{
    Sid       = "All"
    Effect    = "Allow"
    NotAction = ["organizations:LeaveOrganization", "account:CloseAccount", "iam:CreateAccessKey"]
    Resource  = "*"
    Condition = local.there
  }]
}

output "policies" {
  description = "Policy by right, JSON."
  value       = { for right, statements in local.policies : right => jsonencode({ Version = "2012-10-17", Statement = statements }) }
}
