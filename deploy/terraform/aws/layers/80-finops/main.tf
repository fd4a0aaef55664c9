# FinOps: what each account may cost, who is told, and the bill as a file.
#
# One state in the account that pays, for all accounts: their budgets come from
# accounts.yaml, where their networks and owners stand.
#
# What drives its cost: objects of the bill (small), nothing else; the first two
# budgets are free, further ones a few cents a day.

locals {
  owners = toset(concat([for account in local.file.accounts : account.owner.email], [local.organization.management.email]))
}

module "limit" {
  for_each = local.accounts
  source   = "../../../contract/budget"
  amount   = each.value.budget.amount
  currency = each.value.budget.currency
  email    = each.value.owner.email
}

module "budget" {
  for_each   = local.accounts
  source     = "../../modules/budget"
  name       = each.key
  account_id = each.value.account_id
  limit      = module.limit[each.key].limit
  notices    = module.limit[each.key].notices
}

module "anomaly" {
  source = "../../modules/anomaly"
  name   = "${local.organization.name}-services"
  emails = local.owners
}

# A tag reaches the bill from the day on which it is switched on here, and only
# after it was seen on some resource for a day.
resource "aws_ce_cost_allocation_tag" "this" {
  for_each = toset(module.tags.keys)
  tag_key  = each.value
  status   = "Active"
}

# Who reads the bill: the deployment that keeps the ledger, nobody else.
module "ledger" {
  source       = "../../modules/ledger"
  organization = local.organization
  accounts     = local.file.accounts
  account      = var.account
}

module "bill" {
  source     = "../../modules/bill"
  providers  = { aws = aws, aws.billing = aws.billing }
  name       = module.ledger.bill.bucket
  folder     = module.ledger.bill.folder
  account_id = local.organization.management.account_id
  region     = local.organization.region
  format     = var.format
  statements = module.ledger.bucket_statements
}
