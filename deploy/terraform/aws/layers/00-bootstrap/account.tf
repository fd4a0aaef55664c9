# Any account: a workload's, or management, security, network.

variable "account" {
  description = "Name of an account in accounts.yaml: massivo-dev, management."
  type        = string
  validation {
    condition     = contains(concat([for account in local.file.accounts : account.name], ["management", "security", "network"]), var.account)
    error_message = "accounts.yaml has no account ${var.account}."
  }
}

locals {
  file         = yamldecode(file("${path.module}/../../../accounts.yaml"))
  organization = local.file.organization
  workload     = one([for account in local.file.accounts : account if account.name == var.account])
  account = local.workload == null ? {
    account_id = local.organization[var.account].account_id, region = local.organization.region, line = "shared", environment = "shared", team = "plataforma"
    } : {
    account_id = local.workload.account_id, region = local.workload.region, line = local.workload.line, environment = local.workload.environment, team = local.workload.owner.team
  }
}

module "tags" {
  source      = "../../../contract/tags"
  line        = local.account.line
  environment = local.account.environment
  owner       = local.account.team
  layer       = "00-bootstrap"
}
