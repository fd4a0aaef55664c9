# Who may enter the account, besides the people of the organization's directory
# (10-organization): pipelines by a token, and two sealed users with a key. It is
# applied by the people who keep the organization, never by a pipeline, which
# could widen itself here.

locals {
  access  = yamldecode(file("${path.module}/../../../access.yaml"))
  regions = [local.account.region]
  names   = "arn:aws:iam::${local.organization.network.account_id}:role/${local.name}"
  ci      = local.organization.ci

  bitbucket = try({
    issuer           = local.ci.bitbucket.issuer
    workspace_uuid   = local.ci.bitbucket.workspace_uuid
    repository_uuid  = local.ci.bitbucket.repository_uuid
    environment_uuid = local.ci.bitbucket.environments[local.name]
  }, null)
  github = try({
    issuer      = local.ci.github.issuer
    owner       = local.ci.github.owner
    repository  = local.ci.github.repository
    environment = local.name
  }, null)
}

# What the deployment that keeps the cost ledger reads in other accounts.
module "ledger" {
  source       = "../../modules/ledger"
  organization = local.organization
  accounts     = local.file.accounts
  account      = var.account
}

module "boundary" {
  source     = "../../modules/boundary"
  name       = local.name
  account_id = local.account.account_id
  regions    = local.regions
  elsewhere  = module.ledger.reader_statements
}

module "rights" {
  source       = "../../modules/rights"
  name         = local.name
  account_id   = local.account.account_id
  organization = local.organization.name
  regions      = local.regions
  # Production's names stand in the network account's zone.
  names_role      = local.account.environment == "prod" ? "${local.names}-names" : null
  names_read_role = local.account.environment == "prod" ? "${local.names}-names-read" : null
}

module "trust" {
  for_each           = local.access.pipelines
  source             = "../../modules/trust"
  account_id         = local.account.account_id
  from               = each.value.from
  bitbucket          = local.bitbucket
  bitbucket_subjects = var.bitbucket_subjects
  github             = local.github
}

# Who signs the tokens. The provider knows the roots of both, so no fingerprint is
# pinned that would lock us out on the day on which a certificate is renewed.
resource "aws_iam_openid_connect_provider" "this" {
  for_each       = one(distinct([for trust in module.trust : trust.providers]))
  url            = each.value.url
  client_id_list = [each.value.audience]
  tags           = { Name = "${local.name}-${each.key}" }
}

module "pipeline" {
  for_each     = local.access.pipelines
  source       = "../../modules/pipeline"
  name         = local.name
  noun         = each.key
  says         = local.access.rights[each.value.rights].says
  trust        = module.trust[each.key].policy
  policy       = module.rights.policies[each.value.rights]
  hours        = local.access.rights[each.value.rights].hours
  boundary_arn = module.boundary.making_arn
  depends_on   = [aws_iam_openid_connect_provider.this]
}

# The sealed users live in the management account and can do nothing there but
# take this, with their key used within the hour. Each use is told
# (70-observability has an alarm on it).
resource "aws_iam_role" "sealed" {
  name                 = "${local.name}-sealed"
  description          = "For the day on which nobody can sign in"
  max_session_duration = local.access.rights[local.access.sealed.rights].hours * 3600
  permissions_boundary = module.boundary.making_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "SealedUsersWithTheirKey"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.organization.management.account_id}:root" }
      Action    = "sts:AssumeRole"
      Condition = {
        ArnEquals       = { "aws:PrincipalArn" = [for user in local.access.sealed.users : "arn:aws:iam::${local.organization.management.account_id}:user/sealed/${user}"] }
        Bool            = { "aws:MultiFactorAuthPresent" = "true" }
        NumericLessThan = { "aws:MultiFactorAuthAge" = tostring(local.access.sealed.second_factor_minutes * 60) }
      }
    }]
  })
}

resource "aws_iam_role_policy" "sealed" {
  name   = local.access.sealed.rights
  role   = aws_iam_role.sealed.id
  policy = module.rights.policies[local.access.sealed.rights]
}

# There are no users here. Should one be made all the same, its password is no
# word of a dictionary, and the organization's policies let it do nothing without
# a second factor.
resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = 20
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  max_password_age               = 90
  password_reuse_prevention      = 24
  hard_expiry                    = false
  allow_users_to_change_password = true
}

resource "aws_s3_account_public_access_block" "this" {
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_ebs_encryption_by_default" "this" {
  enabled = true
}

# Tells of whatever of ours somebody outside of the organization can reach.
resource "aws_accessanalyzer_analyzer" "this" {
  analyzer_name = local.name
  type          = "ACCOUNT"
}
