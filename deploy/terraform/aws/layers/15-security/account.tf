# The security account, which belongs to no product line.

variable "account" {
  description = "The organization's account that watches the others."
  type        = string
  default     = "security"
  validation {
    condition     = var.account == "security"
    error_message = "The watch is kept in the security account."
  }
}

locals {
  file         = yamldecode(file("${path.module}/../../../accounts.yaml"))
  organization = local.file.organization
}

module "tags" {
  source      = "../../../contract/tags"
  line        = "shared"
  environment = "shared"
  owner       = "plataforma"
  layer       = "15-security"
}
