# FinOps: what each account may cost, who is told, and the bill as a file.
#
# One state in the account that pays, for all accounts: their budgets come from
# accounts.yaml, where their networks and owners stand.
#
# What drives its cost: objects of the bill (small), nothing else; the first two
# budgets are free, further ones a few cents a day.

locals {
  owners = toset(concat([for account in local.file.accounts : account.owner.email], [local.organization.management.email]))
  readers = concat(
    ["arn:aws:iam::${local.organization.management.account_id}:role/cost-reader"],
    [for name in var.readers : "arn:aws:iam::${local.accounts[name].account_id}:role/${name}-worker-process"],
  )
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

module "bill" {
  source     = "../../modules/bill"
  providers  = { aws = aws, aws.billing = aws.billing }
  name       = "${local.organization.name}-management-focus"
  account_id = local.organization.management.account_id
  region     = local.organization.region
  format     = var.format
  readers    = local.readers
}
