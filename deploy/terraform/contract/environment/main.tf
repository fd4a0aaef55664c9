# What a process is told by its environment. The catalogue beside this file is
# printed by the product itself (`prosa config --catalogue`): a name that the
# product does not read, a secret in clear or a text that is no such value is
# refused before anything is planned. The output is the same for every provider,
# and for none: compose and systemd units set the same names.

terraform {
  required_version = "~> 1.11"
}

variable "target" {
  description = "What the process does: gateway, api, worker; migrate, environment for the one-shot tasks; all for one process that does everything."
  type        = string
  validation {
    condition     = contains(["gateway", "api", "worker", "migrate", "environment", "all"], var.target)
    error_message = "A process is gateway, api, worker, migrate, environment or all."
  }
}

variable "line" {
  description = "Product line, for PROSA_LINE."
  type        = string
  validation {
    condition     = contains(["massivo", "enterprise"], var.line)
    error_message = "The product lines are massivo and enterprise."
  }
}

variable "environment" {
  description = "Environment, for PROSA_ENVIRONMENT."
  type        = string
  validation {
    condition     = contains(["dev", "homolog", "prod"], var.environment)
    error_message = "The environments are dev, homolog and prod."
  }
}

variable "values" {
  description = "Settings that are no secrets, by name."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.values) : contains(keys(local.catalogue), name)])
    error_message = "The product does not read ${join(", ", [for name in keys(var.values) : name if !contains(keys(local.catalogue), name)])}: see prosa config."
  }
  # An address of objects may carry a key, and is a secret then; one that says
  # that the machine's role is used carries none.
  validation {
    condition     = alltrue([for name, value in var.values : !try(local.catalogue[name].secret, false) || can(regex(local.keyless, value))])
    error_message = "${join(", ", [for name, value in var.values : name if try(local.catalogue[name].secret, false) && !can(regex(local.keyless, value))])} must come from the secret store, not in clear."
  }
  validation {
    condition     = alltrue([for name, value in var.values : can(regex(try(local.forms[local.catalogue[name].type], "^"), value))])
    error_message = "${join(", ", [for name, value in var.values : "${name} is no ${try(local.catalogue[name].type, "setting")}" if !can(regex(try(local.forms[local.catalogue[name].type], "^"), value))])}."
  }
  validation {
    condition     = length(setintersection(keys(var.values), ["PROSA_LINE", "PROSA_ENVIRONMENT"])) == 0
    error_message = "PROSA_LINE and PROSA_ENVIRONMENT follow from line and environment."
  }
}

variable "secrets" {
  description = "References of the provider's secret store, by name. The values are never here."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.secrets) : contains(keys(local.catalogue), name)])
    error_message = "The product does not read ${join(", ", [for name in keys(var.secrets) : name if !contains(keys(local.catalogue), name)])}: see prosa config."
  }
  validation {
    condition     = length(setintersection(keys(var.secrets), keys(var.values))) == 0
    error_message = "${join(", ", setintersection(keys(var.secrets), keys(var.values)))} is given twice, as a secret and in clear."
  }
  validation {
    condition     = alltrue([for name in local.needed[var.target] : contains(concat(keys(var.secrets), keys(var.values)), name)])
    error_message = "${var.target} does not start without ${join(", ", [for name in local.needed[var.target] : name if !contains(concat(keys(var.secrets), keys(var.values)), name)])}."
  }
}

locals {
  catalogue = jsondecode(file("${path.module}/catalogue.json"))

  serving = ["PROSA_PUBLIC_URL", "PROSA_DATABASE_URL", "PROSA_SECRET_KEYS", "PROSA_STREAM_URL", "PROSA_BLOB_URL"]
  needed = {
    all         = ["PROSA_PUBLIC_URL", "PROSA_SECRET_KEYS"]
    gateway     = local.serving
    api         = local.serving
    worker      = local.serving
    migrate     = ["PROSA_DATABASE_URL", "PROSA_DATABASE_OWNER_URL"]
    environment = []
  }

  # One such address, or several with a name each.
  place   = "([a-z0-9-]+=)?(s3://[^@,]+[?&]credentials=role|/[^@,]*)"
  keyless = "^${local.place}(,${local.place})*$"

  # What each type's text looks like; an empty text is the zero value.
  forms = {
    bool     = "^(|true|false)$"
    integer  = "^(|-?[0-9]+)$"
    number   = "^(|-?[0-9]+([.][0-9]+)?)$"
    duration = "^(|0|([0-9]+([.][0-9]+)?(ns|us|ms|s|m|h))+)$"
    size     = "^(|[0-9]+ *([KMGT]i?)?B?)$"
    url      = "^(|[a-z0-9]+://.*)$"
  }

  values = merge(var.values, { PROSA_LINE = var.line, PROSA_ENVIRONMENT = var.environment })
}

output "variables" {
  description = "Settings in clear, in the order of their names."
  value       = [for name in sort(keys(local.values)) : { name = name, value = local.values[name] }]
}

output "secrets" {
  description = "References of secrets, in the order of their names; the provider's runtime reads the values when the process starts."
  value       = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]
}

output "names" {
  description = "Every name that the process is told."
  value       = sort(concat(keys(local.values), keys(var.secrets)))
}
