# The rights held against what access.yaml says of them, without a provider.

variables {
  name            = "massivo-prod"
  account_id      = "100000000013"
  organization    = "prosa"
  regions         = ["sa-east-1"]
  names_role      = "arn:aws:iam::100000000003:role/massivo-prod-names"
  names_read_role = "arn:aws:iam::100000000003:role/massivo-prod-names-read"
}

run "what_only_looks" {
  command = plan
  assert {
    condition = alltrue(flatten([for right in ["cost", "observe", "audit", "plan"] : [
      for statement in jsondecode(output.policies[right]).Statement : [
        for action in flatten([statement.Action]) :
        can(regex(":(Get|List|Filter|Describe|View|Lookup|Generate|Validate|StartQuery|StopQuery|AssumeRole$|\\*$)", action)) && action != "*"
      ] if statement.Effect == "Allow"
    ]]))
    error_message = "A right that only looks may do more."
  }
  assert {
    condition     = alltrue([for right in ["observe", "audit", "operate", "plan", "apply"] : strcontains(output.policies[right], "secretsmanager:GetSecretValue")])
    error_message = "The refusal to read secrets is missing."
  }
}

run "a_plan_reads_its_own_state_alone" {
  command = plan
  assert {
    condition     = one([for statement in jsondecode(output.policies.plan).Statement : statement.NotResource if statement.Sid == "NoObjects"]) == "arn:aws:s3:::prosa-massivo-prod-state/*"
    error_message = "A plan reads objects that are no state."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policies.plan).Statement : statement.Resource if statement.Sid == "OwnNames"]) == var.names_read_role
    error_message = "A pull request could change production's names."
  }
}

run "operators_lend_environments_and_read_no_other_object" {
  command = plan
  assert {
    condition = alltrue([for statement in jsondecode(output.policies.operate).Statement :
      statement.Effect == "Deny" && try(statement.NotResource, "") == "arn:aws:s3:::prosa-massivo-prod-releases/leases/*" ||
      statement.Effect == "Allow" && try(statement.Resource, "") == "arn:aws:s3:::prosa-massivo-prod-releases/leases/*" ||
    !anytrue([for action in flatten([statement.Action]) : strcontains(action, "Object")])])
    error_message = "Who operates touches objects that are no leases."
  }
  assert {
    condition     = one([for statement in jsondecode(output.policies.operate).Statement : statement.Condition.StringNotLike["kms:ViaService"] if statement.Effect == "Deny" && statement.Action == "kms:Decrypt"]) == "s3.*.amazonaws.com"
    error_message = "Who operates opens what is sealed for others than the store of objects."
  }
}

run "apply_can_not_widen_itself" {
  command = plan
  assert {
    condition     = one([for statement in jsondecode(output.policies.apply).Statement : statement.Condition.StringEquals["iam:PermissionsBoundary"] if statement.Sid == "RolesWithinTheBoundary"]) == "arn:aws:iam::100000000013:policy/massivo-prod-boundary"
    error_message = "A role could be made without the boundary."
  }
  assert {
    condition = alltrue([for noun in ["plan", "push", "apply", "sealed"] : contains(
      one([for statement in jsondecode(output.policies.apply).Statement : statement.Resource if statement.Sid == "NotItself" && statement.Effect == "Deny"]),
    "arn:aws:iam::100000000013:role/massivo-prod-${noun}")])
    error_message = "The pipeline could change who may enter."
  }
}

run "apply_reads_the_names_of_public_images_alone" {
  command = plan
  assert {
    condition = alltrue(flatten([for statement in jsondecode(output.policies.apply).Statement : [
      for action in flatten([statement.Action]) : statement.Resource == "arn:aws:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*" if startswith(action, "ssm:")
    ]])) && strcontains(output.policies.apply, "ssm:GetParameters")
    error_message = "Who makes the NATS nodes reads their image's parameter, and no other."
  }
}

run "push_overwrites_nothing" {
  command = plan
  assert {
    condition     = !strcontains(output.policies.push, "Mutability") && !strcontains(output.policies.push, "Delete") && !strcontains(output.policies.push, "\"ecr:*\"")
    error_message = "A push could overwrite an image."
  }
}

# A role's inline policies have 10,240 characters.
run "they_fit" {
  command = plan
  assert {
    condition     = alltrue([for policy in values(output.policies) : length(policy) <= 10240])
    error_message = "A policy is longer than a role takes."
  }
}

run "nowhere" {
  command = plan
  variables {
    regions = []
  }
  expect_failures = [var.regions]
}
