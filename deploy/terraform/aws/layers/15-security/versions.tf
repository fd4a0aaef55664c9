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
  region              = local.organization.region
  allowed_account_ids = [local.organization.security.account_id]
  default_tags { tags = module.tags.tags }
}
