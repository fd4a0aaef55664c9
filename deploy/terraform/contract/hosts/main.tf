# The hosts of an installation: one a surface, all in the account's domain, so
# that one certificate and one zone carry them and a cookie of one reaches no
# other. The product reads them from its environment and nowhere else.

terraform {
  required_version = "~> 1.11"
}

variable "domain" {
  description = "Domain of the account, where companies work."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,}$", var.domain))
    error_message = "A domain is written in small letters, without a dot at the end."
  }
}

locals {
  hosts = {
    app      = var.domain
    site     = "planos.${var.domain}"
    operator = "operator.${var.domain}"
    api      = "api.${var.domain}"
    gateway  = "hooks.${var.domain}"
  }
}

output "hosts" {
  description = "Host by surface."
  value       = local.hosts
}

output "settings" {
  description = "The settings of a process that name them."
  value = {
    PROSA_PUBLIC_URL     = "https://${local.hosts.app}"
    PROSA_SITE_URL       = "https://${local.hosts.site}"
    PROSA_OPERATOR_URL   = "https://${local.hosts.operator}"
    PROSA_API_URL        = "https://${local.hosts.api}"
    PROSA_GATEWAY_URL    = "https://${local.hosts.gateway}"
    PROSA_PASSKEY_DOMAIN = var.domain
  }
}
