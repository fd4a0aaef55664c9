# Which account this is, what its things are called and whom they belong to: all
# from accounts.yaml.

variable "account" {
  description = "Name of the account in accounts.yaml: massivo-dev."
  type        = string
  validation {
    condition     = can(regex("^(massivo|enterprise)-(dev|homolog|prod)$", var.account))
    error_message = "An account is called <line>-<environment>."
  }
}

locals {
  file         = yamldecode(file("${path.module}/../../../accounts.yaml"))
  organization = local.file.organization
  account      = one([for account in local.file.accounts : account if account.name == var.account])
  name         = module.naming.name
}

module "naming" {
  source       = "../../../contract/naming"
  organization = local.organization.name
  line         = local.account.line
  environment  = local.account.environment
}

module "tags" {
  source      = "../../../contract/tags"
  line        = local.account.line
  environment = local.account.environment
  owner       = local.account.owner.team
  layer       = "20-access"
}
