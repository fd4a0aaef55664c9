# PostgreSQL, reached by the runtime only and by TLS only.
#
# The administrator's password is made and turned by the database service and
# kept in its secret: it is in no file, plan or state. The product's own roles
# and its database (prosa_owner, prosa_app, collation C) are made once by hand,
# as docs/postgresql.md says; hence no db_name here, which would make a database
# that sorts otherwise.
#
# A database that is stopped (`prosa environment down`) can't be changed: put
# the environment up before applying a change of this module.

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

variable "vpc_id" {
  description = "Network that the database is in."
  type        = string
}

variable "subnets" {
  description = "Subnet ids of the data tier, by zone; the service wants two zones even where one machine runs."
  type        = map(string)
  validation {
    condition     = length(var.subnets) >= 2
    error_message = "The database service wants subnets in two zones at least."
  }
}

variable "clients" {
  description = "Security groups that may connect, by who they are."
  type        = map(string)
}

variable "class" {
  description = "Machine class: db.t4g.small."
  type        = string
  validation {
    condition     = can(regex("^db[.][a-z0-9]+[.][a-z0-9]+$", var.class))
    error_message = "A machine class looks like db.t4g.small."
  }
}

variable "storage_gb" {
  description = "Storage to begin with, in GiB; it grows by itself to four times as much."
  type        = number
  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 16384
    error_message = "Storage begins with 20 to 16384 GiB."
  }
}

variable "version_major" {
  description = "Major version of PostgreSQL; minor ones come in the maintenance window."
  type        = string
  default     = "17"
  validation {
    condition     = contains(["15", "16", "17"], var.version_major)
    error_message = "PostgreSQL 15, 16 or 17."
  }
}

variable "key_arn" {
  description = "Key that seals storage, backups and the administrator's secret."
  type        = string
}

variable "backup_days" {
  description = "Days that the database can be put back to any second of."
  type        = number
  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Backups are kept for 1 to 35 days; 0 would switch them off."
  }
}

variable "firm" {
  description = "Whether this is production: a stand-by in another zone, nothing deletes it, changes wait for the maintenance window."
  type        = bool
}

variable "log_days" {
  description = "Days that the server's log is kept."
  type        = number
}

locals {
  identifier = "${var.name}-db"
}

resource "aws_db_subnet_group" "this" {
  name        = local.identifier
  description = "Where the database of ${var.name} may run"
  subnet_ids  = values(var.subnets)
}

resource "aws_security_group" "this" {
  name        = local.identifier
  description = "Who reaches the database of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = local.identifier }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each                     = var.clients
  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${local.identifier}-${var.version_major}-"
  description = "TLS only; slow statements and lock waits are logged"
  family      = "postgres${var.version_major}"

  dynamic "parameter" {
    for_each = {
      "rds.force_ssl"                       = "1"
      "log_lock_waits"                      = "1"
      "log_min_duration_statement"          = "1000"
      "idle_in_transaction_session_timeout" = "60000"
    }
    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle { create_before_destroy = true }
}

# Made before the database, which would make it without an end.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/rds/instance/${local.identifier}/postgresql"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_db_instance" "this" {
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = var.version_major
  instance_class = var.class

  storage_type          = "gp3"
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_gb * 4
  storage_encrypted     = true
  kms_key_id            = var.key_arn

  username                      = "prosa_admin"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.key_arn

  multi_az               = var.firm
  publicly_accessible    = false
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  port                   = 5432

  # Hours of Brazil's night, one behind the other.
  backup_retention_period = var.backup_days
  backup_window           = "05:00-06:00"
  maintenance_window      = "sun:06:15-sun:07:15"
  copy_tags_to_snapshot   = true

  deletion_protection       = var.firm
  skip_final_snapshot       = false
  final_snapshot_identifier = "${local.identifier}-final"
  delete_automated_backups  = !var.firm

  auto_minor_version_upgrade      = true
  engine_lifecycle_support        = "open-source-rds-extended-support-disabled"
  apply_immediately               = !var.firm
  performance_insights_enabled    = var.firm
  performance_insights_kms_key_id = var.firm ? var.key_arn : null
  enabled_cloudwatch_logs_exports = ["postgresql"]

  depends_on = [aws_cloudwatch_log_group.this]
}

output "identifier" {
  description = "Name of the database server."
  value       = aws_db_instance.this.identifier
}

output "host" {
  description = "Address of the server, for the URLs in the secrets."
  value       = aws_db_instance.this.address
}

output "security_group_id" {
  description = "Group of the server."
  value       = aws_security_group.this.id
}

output "admin_secret_arn" {
  description = "Secret with the administrator's password."
  value       = one(aws_db_instance.this.master_user_secret[*].secret_arn)
}
