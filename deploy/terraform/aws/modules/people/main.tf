# People: who there is, in which groups, and what a group may do in which
# account. They sign in at the organization's directory, which asks for the
# second factor; no account has a user of theirs.
#
# That the directory asks at every sign-in, and for which kind of factor, is set
# in its console: the provider has no call for it (docs/cloud.md).

terraform {
  required_version = "~> 1.11"
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "instance_arn" {
  description = "The directory's instance."
  type        = string
}

variable "identity_store_id" {
  description = "The directory's store."
  type        = string
}

variable "people" {
  description = "Name and address by short name."
  type        = map(object({ name = string, email = string }))
}

variable "groups" {
  description = "What a group is for, and its people's short names."
  type        = map(object({ says = string, people = list(string) }))
}

variable "rights" {
  description = "What a right allows, for how many hours, and its policy, JSON."
  type        = map(object({ says = string, hours = number, policy = string }))
}

variable "grants" {
  description = "Group, right and account id, by a name of the three."
  type        = map(object({ group = string, right = string, account_id = string }))
}

locals {
  memberships = merge([for group, it in var.groups : { for person in it.people : "${group} ${person}" => { group = group, person = person } }]...)
}

resource "aws_identitystore_user" "this" {
  for_each          = var.people
  identity_store_id = var.identity_store_id
  user_name         = each.key
  display_name      = each.value.name
  name {
    given_name  = split(" ", each.value.name)[0]
    family_name = join(" ", slice(split(" ", each.value.name), 1, length(split(" ", each.value.name))))
  }
  emails {
    value   = each.value.email
    primary = true
  }
}

resource "aws_identitystore_group" "this" {
  for_each          = var.groups
  identity_store_id = var.identity_store_id
  display_name      = each.key
  description       = each.value.says
}

resource "aws_identitystore_group_membership" "this" {
  for_each          = local.memberships
  identity_store_id = var.identity_store_id
  group_id          = aws_identitystore_group.this[each.value.group].group_id
  member_id         = aws_identitystore_user.this[each.value.person].user_id
}

resource "aws_ssoadmin_permission_set" "this" {
  for_each         = var.rights
  instance_arn     = var.instance_arn
  name             = each.key
  description      = each.value.says
  session_duration = "PT${each.value.hours}H"
}

resource "aws_ssoadmin_permission_set_inline_policy" "this" {
  for_each           = var.rights
  instance_arn       = var.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.this[each.key].arn
  inline_policy      = each.value.policy
}

resource "aws_ssoadmin_account_assignment" "this" {
  for_each           = var.grants
  instance_arn       = var.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.this[each.value.right].arn
  principal_type     = "GROUP"
  principal_id       = aws_identitystore_group.this[each.value.group].group_id
  target_type        = "AWS_ACCOUNT"
  target_id          = each.value.account_id
  depends_on         = [aws_ssoadmin_permission_set_inline_policy.this]
}

output "groups" {
  description = "Id of each group in the directory."
  value       = { for name, group in aws_identitystore_group.this : name => group.group_id }
}
