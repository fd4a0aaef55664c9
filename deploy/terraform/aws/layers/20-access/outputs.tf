output "roles" {
  description = "ARN of each role that a pipeline takes."
  value       = { for noun, pipeline in module.pipeline : noun => pipeline.arn }
}

output "boundary_arn" {
  description = "Boundary of what runs."
  value       = module.boundary.running_arn
}

# The table of who may do what (docs/access.md), so that a change of it stands in
# the plan that is reviewed.
output "access" {
  description = "What is asked of whom, by who and right."
  value = merge(
    merge([for group, it in local.access.groups : merge([for grant in it.grants : {
      for person in it.people : "${local.access.people[person].name}, group ${group}: ${grant.rights}" =>
      "${local.access.rights[grant.rights].says}; ${it.second_factor}, ${local.access.rights[grant.rights].hours} h"
      } if contains(try(grant.environments, []), local.account.environment) && contains(try(grant.lines, [local.account.line]), local.account.line)
    ]...)]...),
    { for noun, pipeline in local.access.pipelines : "pipelines, role ${local.name}-${noun}: ${pipeline.rights}" =>
    "${local.access.rights[pipeline.rights].says}; token of one step of the ${pipeline.from}, ${local.access.rights[pipeline.rights].hours} h" },
    { for user in local.access.sealed.users : "${user}, sealed: ${local.access.sealed.rights}" =>
    "${local.access.rights[local.access.sealed.rights].says}; ${local.access.sealed.second_factor} used in the last ${local.access.sealed.second_factor_minutes} minutes" },
  )
}
