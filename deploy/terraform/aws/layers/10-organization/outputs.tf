output "ids" {
  description = "Account id by name, as the organization has it."
  value       = module.organization.ids
}

output "policies" {
  description = "What the organization's policies refuse, by name."
  value       = module.organization.policies
}

# The table of who may do what (docs/access.md), so that a change of it stands in
# the plan that is reviewed: 20-access has the same for each account.
output "access" {
  description = "What is asked of whom, by who, account and right."
  value = merge([for name, grant in local.grants : {
    for person in local.access.groups[grant.group].people : "${local.access.people[person].name}, group ${grant.group}, ${name}: ${grant.right}" =>
    "${local.access.rights[grant.right].says}; ${local.access.groups[grant.group].second_factor}, ${local.access.rights[grant.right].hours} h"
  }]...)
}
