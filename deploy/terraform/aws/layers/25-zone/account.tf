# The network account, which belongs to no product line.

variable "account" {
  description = "The organization's account that holds the apex zone."
  type        = string
  default     = "network"
  validation {
    condition     = var.account == "network"
    error_message = "The apex zone is in the network account."
  }
}

locals {
  file         = yamldecode(file("${path.module}/../../../accounts.yaml"))
  organization = local.file.organization
  accounts     = { for account in local.file.accounts : account.name => account }
}

module "tags" {
  source      = "../../../contract/tags"
  line        = "shared"
  environment = "shared"
  owner       = "plataforma"
  layer       = "25-zone"
}
