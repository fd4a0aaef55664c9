# The organization: the accounts, what nobody in them may do, and the people who
# enter them. It costs nothing; what it makes does.

locals {
  members = merge(
    { for name, account in local.accounts : name => { email = account.email, unit = account.line, prod = account.environment == "prod" } },
    { for name in ["security", "network"] : name => { email = local.holders[name].email, unit = "shared", prod = false } },
  )
  ids     = merge({ for name, account in local.accounts : name => account.account_id }, { for name, holder in local.holders : name => holder.account_id })
  regions = distinct(concat([local.organization.region], [for account in local.file.accounts : account.region]))
}

module "organization" {
  source   = "../../modules/organization"
  units    = toset(concat(distinct([for account in local.file.accounts : account.line]), ["shared"]))
  accounts = local.members
  regions  = local.regions
  keepers = [
    "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_keep_*",
    "arn:aws:iam::*:role/OrganizationAccountAccessRole",
    "arn:aws:iam::*:role/*-sealed",
  ]
}

# An account that was just made has an id that nobody could know before: write it
# into accounts.yaml. Nothing else is planned in an account whose id is another.
check "ids" {
  assert {
    condition     = alltrue([for name, id in module.organization.ids : id == local.ids[name]])
    error_message = "accounts.yaml names other ids than the organization has: ${join(", ", [for name, id in module.organization.ids : "${name} is ${id}" if id != local.ids[name]])}."
  }
}

# Checks of security are done, and the trail is kept, in an account of their own.
resource "aws_cloudtrail_organization_delegated_admin_account" "security" {
  account_id = local.organization.security.account_id
  depends_on = [module.organization]
}

resource "aws_guardduty_organization_admin_account" "security" {
  admin_account_id = local.organization.security.account_id
  depends_on       = [module.organization]
}

module "rights" {
  source       = "../../modules/rights"
  organization = local.organization.name
  regions      = local.regions
}

locals {
  # Which group may do what in which account.
  grants = merge(flatten([for group, it in local.access.groups : [for grant in it.grants : merge(
    { for name, account in local.accounts : "${group} ${grant.rights} ${name}" => { group = group, right = grant.rights, account_id = account.account_id }
    if contains(try(grant.environments, []), account.environment) && contains(try(grant.lines, [account.line]), account.line) },
    { for name in try(grant.holders, []) : "${group} ${grant.rights} ${name}" => { group = group, right = grant.rights, account_id = local.holders[name].account_id } },
  )]])...)
  granted = toset([for grant in values(local.grants) : grant.right])
}

module "people" {
  source            = "../../modules/people"
  instance_arn      = local.organization.identity_center.instance_arn
  identity_store_id = local.organization.identity_center.identity_store_id
  people            = local.access.people
  groups            = { for name, group in local.access.groups : name => { says = group.says, people = group.people } }
  rights            = { for right in local.granted : right => { says = local.access.rights[right].says, hours = local.access.rights[right].hours, policy = module.rights.policies[right] } }
  grants            = local.grants
  depends_on        = [module.organization]
}

module "sealed" {
  source     = "../../modules/sealed"
  users      = toset(local.access.sealed.users)
  account_id = local.organization.management.account_id
  minutes    = local.access.sealed.second_factor_minutes
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = 20
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
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
