variables {
  office      = "mon-fri 08:00-20:00 America/Sao_Paulo"
  environment = "dev"
}

run "office" {
  command = plan
  variables {
    schedule = "office"
  }
  assert {
    condition     = output.rests && output.text == "mon-fri 08:00-20:00 America/Sao_Paulo" && output.edges.opens.hour == 8 && output.edges.closes.minute == 0 && output.edges.opens.days == "mon-fri"
    error_message = "The office's hours are not those of the organization."
  }
}

run "office_with_options" {
  command = plan
  variables {
    schedule = "office, optional days on"
  }
  assert {
    condition     = output.text == "mon-fri 08:00-20:00 America/Sao_Paulo, optional days on" && output.edges.closes.hour == 20
    error_message = "Options were lost."
  }
}

run "on_demand" {
  command = plan
  variables {
    schedule = "on-demand"
  }
  assert {
    condition     = output.rests && length(output.edges) == 0
    error_message = "What runs on demand has no hours."
  }
}

run "production" {
  command = plan
  variables {
    schedule    = "always"
    environment = "prod"
  }
  assert {
    condition     = !output.rests
    error_message = "Production never rests."
  }
}

run "production_by_the_hour" {
  command = plan
  variables {
    schedule    = "office"
    environment = "prod"
  }
  expect_failures = [var.environment]
}

run "homologation_for_ever" {
  command = plan
  variables {
    schedule    = "always"
    environment = "homolog"
  }
  expect_failures = [var.environment]
}

run "no_schedule" {
  command = plan
  variables {
    schedule = "sometimes"
  }
  expect_failures = [var.schedule]
}
