# The management account, which belongs to no product line.

variable "account" {
  description = "The organization's account that the others are made from."
  type        = string
  default     = "management"
  validation {
    condition     = var.account == "management"
    error_message = "The organization is kept in the management account."
  }
}

locals {
  file         = yamldecode(file("${path.module}/../../../accounts.yaml"))
  organization = local.file.organization
  accounts     = { for account in local.file.accounts : account.name => account }
  access       = yamldecode(file("${path.module}/../../../access.yaml"))
  holders      = { for name in ["management", "security", "network"] : name => local.organization[name] }
}

module "tags" {
  source      = "../../../contract/tags"
  line        = "shared"
  environment = "shared"
  owner       = "plataforma"
  layer       = "10-organization"
}
