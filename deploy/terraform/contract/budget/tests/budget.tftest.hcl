variables {
  amount   = "250.00"
  currency = "USD"
  email    = "plataforma@prosa.example"
}

run "four_notices" {
  command = plan
  assert {
    condition     = output.limit == { amount = "250.00", unit = "USD" } && length(output.notices) == 4 && output.notices.forecast.type == "FORECASTED" && output.notices.most.percent == 80
    error_message = "Owners are told at 50, 80 and 100 per cent, and when the forecast reaches the limit."
  }
  assert {
    condition     = alltrue([for notice in values(output.notices) : notice.emails == ["plataforma@prosa.example"]])
    error_message = "Nobody is told."
  }
}

run "nothing" {
  command = plan
  variables {
    amount = "0.00"
  }
  expect_failures = [var.amount]
}

run "a_tenth_of_a_cent" {
  command = plan
  variables {
    amount = "250.001"
  }
  expect_failures = [var.amount]
}

run "another_currency" {
  command = plan
  variables {
    currency = "GBP"
  }
  expect_failures = [var.currency]
}

run "nobody" {
  command = plan
  variables {
    email = "plataforma"
  }
  expect_failures = [var.email]
}
