run "all_five" {
  command = plan
  variables {
    line        = "massivo"
    environment = "prod"
    owner       = "massivo"
    layer       = "40-data"
  }
  assert {
    condition     = output.tags == { product_line = "massivo", environment = "prod", owner = "massivo", layer = "40-data", managed_by = "terraform" }
    error_message = "The bill is read by these five."
  }
  assert {
    condition     = join(",", output.keys) == join(",", sort(keys(output.tags)))
    error_message = "Cost allocation is told of other keys than are set."
  }
}

run "nobody_answers" {
  command = plan
  variables {
    line        = "massivo"
    environment = "prod"
    owner       = ""
    layer       = "40-data"
  }
  expect_failures = [var.owner]
}

run "half_shared" {
  command = plan
  variables {
    line        = "massivo"
    environment = "shared"
    owner       = "plataforma"
    layer       = "25-zone"
  }
  expect_failures = [var.environment]
}

run "no_layer" {
  command = plan
  variables {
    line        = "shared"
    environment = "shared"
    owner       = "plataforma"
    layer       = "zone"
  }
  expect_failures = [var.layer]
}
