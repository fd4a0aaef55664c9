# The account that pays, which belongs to no product line.

variable "account" {
  description = "The organization's account that pays."
  type        = string
  default     = "management"
  validation {
    condition     = var.account == "management"
    error_message = "Budgets and bills are in the management account."
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
  layer       = "80-finops"
}
