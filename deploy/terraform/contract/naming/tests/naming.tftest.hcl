run "names" {
  command = plan
  variables {
    organization = "prosa"
    line         = "massivo"
    environment  = "homolog"
  }
  assert {
    condition     = output.name == "massivo-homolog" && output.services.api == "massivo-homolog-api" && output.database == "massivo-homolog-db"
    error_message = "The names that other layers and commands count on have changed."
  }
  assert {
    condition     = output.streams == ["massivo-homolog-nats-1"]
    error_message = "One node outside of production."
  }
  assert {
    condition     = output.state_bucket == "prosa-massivo-homolog-state" && output.state_prefix == "massivo/homolog" && output.boundary == "massivo-homolog-boundary"
    error_message = "The state would not be found."
  }
}

run "three_nodes_in_production" {
  command = plan
  variables {
    organization = "prosa"
    line         = "enterprise"
    environment  = "prod"
  }
  assert {
    condition     = length(output.streams) == 3 && output.streams[2] == "enterprise-prod-nats-3"
    error_message = "Three nodes agree when one is lost."
  }
}

run "unknown_line" {
  command = plan
  variables {
    organization = "prosa"
    line         = "premium"
    environment  = "dev"
  }
  expect_failures = [var.line]
}

run "unknown_environment" {
  command = plan
  variables {
    organization = "prosa"
    line         = "massivo"
    environment  = "staging"
  }
  expect_failures = [var.environment]
}

run "a_name_that_no_bucket_takes" {
  command = plan
  variables {
    organization = "Prosa S/A"
    line         = "massivo"
    environment  = "dev"
  }
  expect_failures = [var.organization]
}
