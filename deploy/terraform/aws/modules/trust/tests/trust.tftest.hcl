# The documents of testdata are those that internal/cloud/trust holds against
# good and bad tokens: what is judged there is what is made here.

variables {
  account_id = "100000000013"
  from       = "environment"
  bitbucket = {
    issuer           = "api.bitbucket.org/2.0/workspaces/prosa/pipelines-config/identity/oidc"
    workspace_uuid   = "6f1c1a52-0b5e-4a53-9d3f-2a5f6a1d7c10"
    repository_uuid  = "0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11"
    environment_uuid = "3f6f0a31-5f0b-4c67-9a35-6a8f5e1c2d03"
  }
  github = {
    issuer      = "token.actions.githubusercontent.com"
    owner       = "prosa"
    repository  = "prosa"
    environment = "massivo-prod"
  }
}

run "bound_to_the_environment" {
  command = plan
  assert {
    condition     = output.policy == jsonencode(jsondecode(file("testdata/environment.json")))
    error_message = "testdata/environment.json is not what the module makes."
  }
}

run "any_step_of_the_repository" {
  command = plan
  variables {
    from = "repository"
  }
  assert {
    condition     = output.policy == jsonencode(jsondecode(file("testdata/repository.json")))
    error_message = "testdata/repository.json is not what the module makes."
  }
}

run "one_vendor" {
  command = plan
  variables {
    github = null
  }
  assert {
    condition     = length(jsondecode(output.policy).Statement) == 1 && join(",", keys(output.providers)) == "bitbucket"
    error_message = "A vendor that is not used is trusted."
  }
}

run "another_form_of_the_subject" {
  command = plan
  variables {
    bitbucket_subjects = { repository = "{REPOSITORY}:*", environment = "{REPOSITORY}:{ENVIRONMENT}:deploy:*" }
  }
  assert {
    condition     = strcontains(output.policy, "{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:{3f6f0a31-5f0b-4c67-9a35-6a8f5e1c2d03}:deploy:*")
    error_message = "The form of the subject is not taken."
  }
}

run "a_form_that_lets_others_in" {
  command = plan
  variables {
    bitbucket_subjects = { repository = "*", environment = "*:{ENVIRONMENT}:*" }
  }
  expect_failures = [var.bitbucket_subjects]
}

run "nobody" {
  command = plan
  variables {
    bitbucket = null
    github    = null
  }
  expect_failures = [output.policy]
}

run "braces_of_ones_own" {
  command = plan
  variables {
    bitbucket = {
      issuer           = "api.bitbucket.org/2.0/workspaces/prosa/pipelines-config/identity/oidc"
      workspace_uuid   = "6f1c1a52-0b5e-4a53-9d3f-2a5f6a1d7c10"
      repository_uuid  = "*"
      environment_uuid = "3f6f0a31-5f0b-4c67-9a35-6a8f5e1c2d03"
    }
  }
  expect_failures = [var.bitbucket]
}

run "a_wildcard_for_a_repository" {
  command = plan
  variables {
    github = { issuer = "token.actions.githubusercontent.com", owner = "prosa", repository = "*", environment = "massivo-prod" }
  }
  expect_failures = [var.github]
}
