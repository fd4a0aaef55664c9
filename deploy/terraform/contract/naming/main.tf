# What things are called. A name says the deployment and then the noun:
# massivo-homolog-api. Layers find each other's things by these names, people
# find them in a list, and nothing has to be looked up.

terraform {
  required_version = "~> 1.11"
}

variable "organization" {
  description = "First word of what must be the only one of its name in the world: buckets."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,15}$", var.organization))
    error_message = "The organization's name is one short word in small letters: buckets begin with it."
  }
}

variable "line" {
  description = "Product line."
  type        = string
  validation {
    condition     = contains(["massivo", "enterprise"], var.line)
    error_message = "The product lines are massivo and enterprise."
  }
}

variable "environment" {
  description = "Environment."
  type        = string
  validation {
    condition     = contains(["dev", "homolog", "prod"], var.environment)
    error_message = "The environments are dev, homolog and prod."
  }
}

locals {
  name = "${var.line}-${var.environment}"
}

output "name" {
  description = "The deployment's name, which is the account's and begins every other: massivo-homolog."
  value       = local.name
}

output "state_bucket" {
  description = "Bucket of Terraform's states in the account."
  value       = "${var.organization}-${local.name}-state"
}

output "state_prefix" {
  description = "Folder of the account's states in that bucket; a layer's key is <prefix>/<layer>.tfstate."
  value       = "${var.line}/${var.environment}"
}

output "boundary" {
  description = "Policy that no role of the account exceeds."
  value       = "${local.name}-boundary"
}

output "roles" {
  description = "Roles that pipelines take."
  value       = { for noun in ["plan", "push", "apply"] : noun => "${local.name}-${noun}" }
}

output "services" {
  description = "Services that run all the time."
  value       = { for noun in ["gateway", "api", "worker"] : noun => "${local.name}-${noun}" }
}

output "database" {
  description = "Identifier of the database."
  value       = "${local.name}-db"
}

output "streams" {
  description = "Groups of one machine each that hold the streams: three in prod, one elsewhere."
  value       = [for number in range(var.environment == "prod" ? 3 : 1) : "${local.name}-nats-${number + 1}"]
}

output "buckets" {
  description = "Buckets by what they hold."
  value       = { for noun in ["media", "meters", "releases", "logs"] : noun => "${var.organization}-${local.name}-${noun}" }
}

output "secret_prefix" {
  description = "What the name of every secret begins with: massivo-homolog/"
  value       = "${local.name}/"
}
