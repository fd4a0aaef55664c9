# The deployment that keeps the cost ledger, and what it reads in other accounts:
# the days that each deployment measured, and the bill.
#
# Reading across accounts takes a yes on both sides. Both are written here, from
# one list of places, so that they cannot come to say different things: what a
# place lets in (its bucket's policy, its key's policy) and what the reader may do
# (its role's policy, its boundary). One role reads, one folder of a bucket each,
# and a key only as the object store uses it, for that bucket. It makes nothing.

terraform {
  required_version = "~> 1.11"
}

variable "organization" {
  description = "The organization of accounts.yaml: its name, its region, which account keeps the ledger, and those that carry no workload, of which management pays."
  type = object({
    name       = string
    region     = string
    ledger     = string
    management = object({ account_id = string })
    security   = object({ account_id = string })
    network    = object({ account_id = string })
  })
}

variable "accounts" {
  description = "The accounts of accounts.yaml."
  type = list(object({
    name        = string
    line        = string
    environment = string
    account_id  = string
    region      = string
    budget      = object({ amount = string, currency = string })
  }))
  validation {
    condition     = contains([for account in var.accounts : account.name], var.organization.ledger)
    error_message = "No account is called ${var.organization.ledger}, which is to keep the ledger (organization.ledger)."
  }
}

variable "account" {
  description = "Name of the account that asks: one of the accounts, or management."
  type        = string
  validation {
    condition     = contains(concat(["management"], [for account in var.accounts : account.name]), var.account)
    error_message = "Neither an account of accounts.yaml nor management."
  }
}

locals {
  keeper = one([for account in var.accounts : account if account.name == var.organization.ledger])
  # Who a task is, is its process role (modules/task). Policies name the account
  # and compare the role: one that names a role which does not exist yet is
  # refused, and accounts are applied in any order.
  role  = "arn:aws:iam::${local.keeper.account_id}:role/${local.keeper.name}-worker-process"
  enter = { AWS = "arn:aws:iam::${local.keeper.account_id}:root" }
  alone = { ArnEquals = { "aws:PrincipalArn" = local.role } }

  # What is read where. A bill is sealed by the store's own key, which needs no
  # permission.
  places = merge(
    { for account in var.accounts : account.name => {
      account_id = account.account_id, region = account.region, bucket = "${var.organization.name}-${account.name}-meters", folder = "meters", sealed = true
    } if account.name != local.keeper.name },
    { management = {
      account_id = var.organization.management.account_id, region = var.organization.region, bucket = "${var.organization.name}-management-focus", folder = "focus", sealed = false
    } },
  )
  here   = { for name, place in local.places : name => place if name == var.account }
  keeps  = var.account == local.keeper.name
  sealed = [for place in values(local.places) : place if place.sealed]

  # What the ledger is told of accounts.yaml, which no image holds: which account
  # is whose, and what it may cost. Of who answers for it, nothing.
  told = {
    version      = 1
    organization = { for holder in ["management", "security", "network"] : holder => { account_id = var.organization[holder].account_id } }
    accounts = [for account in var.accounts : {
      name = account.name, line = account.line, environment = account.environment, account_id = account.account_id, budget = account.budget
    }]
  }

  url = { for name, place in local.places : name => "s3://s3.${place.region}.amazonaws.com/${place.bucket}" }
  as  = { for name, place in local.places : name => "?region=${place.region}&credentials=role" }
}

output "role_arn" {
  description = "The role that reads."
  value       = local.role
}

output "bill" {
  description = "Where the bill lies: bucket and folder."
  value       = { bucket = local.places.management.bucket, folder = local.places.management.folder }
}

output "bucket_statements" {
  description = "What the bucket that is read in this account lets in; nothing in the ledger's own."
  value = flatten([for place in values(local.here) : [
    {
      Sid       = "LedgerReads"
      Effect    = "Allow"
      Principal = local.enter
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::${place.bucket}/${place.folder}/*"
      Condition = local.alone
    },
    {
      Sid       = "LedgerLists"
      Effect    = "Allow"
      Principal = local.enter
      Action    = "s3:ListBucket"
      Resource  = "arn:aws:s3:::${place.bucket}"
      Condition = merge(local.alone, { StringLike = { "s3:prefix" = "${place.folder}/*" } })
    },
  ]])
}

# The store names to the key what it opens: the bucket, where one key of its own
# serves all objects of it (S3 Bucket Keys), else the object.
output "key_statements" {
  description = "What the account's key lets in; nothing in the ledger's own."
  value = [for place in values(local.here) : {
    Sid       = "LedgerReads"
    Effect    = "Allow"
    Principal = local.enter
    Action    = "kms:Decrypt"
    Resource  = "*"
    Condition = merge(local.alone, {
      StringEquals = { "kms:ViaService" = "s3.${place.region}.amazonaws.com" }
      StringLike   = { "kms:EncryptionContext:aws:s3:arn" = ["arn:aws:s3:::${place.bucket}", "arn:aws:s3:::${place.bucket}/${place.folder}/*"] }
    })
  } if place.sealed]
}

output "reader_statements" {
  description = "What the ledger's worker may do in other accounts; nothing elsewhere."
  value = [for statement in [
    {
      Sid      = "LedgerReads"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = [for place in values(local.places) : "arn:aws:s3:::${place.bucket}/${place.folder}/*"]
    },
    {
      Sid       = "LedgerLists"
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = [for place in values(local.places) : "arn:aws:s3:::${place.bucket}"]
      Condition = { StringLike = { "s3:prefix" = [for folder in distinct([for place in values(local.places) : place.folder]) : "${folder}/*"] } }
    },
    {
      Sid      = "LedgerUnseals"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = [for place in local.sealed : "arn:aws:kms:${place.region}:${place.account_id}:key/*"]
      Condition = {
        StringEquals = { "kms:ViaService" = distinct([for place in local.sealed : "s3.${place.region}.amazonaws.com"]) }
        StringLike = { "kms:EncryptionContext:aws:s3:arn" = flatten([for place in local.sealed : [
          "arn:aws:s3:::${place.bucket}", "arn:aws:s3:::${place.bucket}/${place.folder}/*",
        ]]) }
      }
    },
  ] : statement if local.keeps]
}

output "settings" {
  description = "Where the ledger's worker is told to read, and whose accounts they are; nothing elsewhere."
  value = { for name, value in {
    PROSA_FINOPS_SOURCES       = "aws=${local.url.management}/${local.places.management.folder}${local.as.management}"
    PROSA_FINOPS_ACCOUNTS      = jsonencode(local.told)
    PROSA_FINOPS_METER_SOURCES = join(",", [for name in sort(keys(local.places)) : "${name}=${local.url[name]}${local.as[name]}" if name != "management"])
  } : name => value if local.keeps }
}
