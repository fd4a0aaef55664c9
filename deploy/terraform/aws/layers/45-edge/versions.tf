terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = local.account.region
  allowed_account_ids = [local.account.account_id]
  default_tags { tags = module.tags.tags }
}

# Whoever holds the zone of the names: this account, or in production the
# network account by one of the two roles that it offers this account.
provider "aws" {
  alias               = "names"
  region              = local.account.region
  allowed_account_ids = [local.firm ? local.organization.network.account_id : local.account.account_id]
  default_tags { tags = module.tags.tags }

  dynamic "assume_role" {
    for_each = local.firm ? { names = var.names == "write" ? "${local.name}-names" : "${local.name}-names-read" } : {}
    content {
      role_arn     = "arn:aws:iam::${local.organization.network.account_id}:role/${assume_role.value}"
      session_name = "${local.name}-edge"
    }
  }
}
