# What every resource says of itself. The bill is read by these, so each is
# required, and a provider sets them by default on all that it makes.

terraform {
  required_version = "~> 1.11"
}

variable "line" {
  description = "Product line, or shared for what serves both."
  type        = string
  validation {
    condition     = contains(["massivo", "enterprise", "shared"], var.line)
    error_message = "The product lines are massivo and enterprise; shared is for the organization's own accounts."
  }
}

variable "environment" {
  description = "Environment, or shared."
  type        = string
  validation {
    condition     = contains(["dev", "homolog", "prod", "shared"], var.environment)
    error_message = "The environments are dev, homolog and prod; shared is for the organization's own accounts."
  }
  validation {
    condition     = (var.environment == "shared") == (var.line == "shared")
    error_message = "What is shared belongs to no line and to no environment."
  }
}

variable "owner" {
  description = "Team that answers for it."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,31}$", var.owner))
    error_message = "An owner is a team's name in small letters: without one nobody answers for the cost."
  }
}

variable "layer" {
  description = "Layer that made it."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{2}-[a-z-]+$", var.layer))
    error_message = "A layer is called by its folder: 30-network."
  }
}

output "tags" {
  description = "The tags, for default_tags."
  value = {
    product_line = var.line
    environment  = var.environment
    owner        = var.owner
    layer        = var.layer
    managed_by   = "terraform"
  }
}

output "keys" {
  description = "Keys of the tags, which cost allocation must be told of."
  value       = ["environment", "layer", "managed_by", "owner", "product_line"]
}
