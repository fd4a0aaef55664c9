variables {
  networks = {
    massivo-homolog = "10.16.64.0/18"
    massivo-prod    = "10.16.128.0/18"
    office          = "192.168.0.0/20"
  }
  name  = "massivo-homolog"
  zones = ["a", "b"]
}

# The same table as that of internal/cloud/account's TestSubnets.
run "cut" {
  command = plan
  assert {
    condition = output.subnets == {
      public  = { a = "10.16.64.0/22", b = "10.16.68.0/22" }
      private = { a = "10.16.80.0/22", b = "10.16.84.0/22" }
      data    = { a = "10.16.96.0/22", b = "10.16.100.0/22" }
    }
    error_message = "The network is cut otherwise than prosa account says."
  }
}

run "the_same_twice" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.64.0/18", other = "10.16.64.0/18" }
  }
  expect_failures = [var.networks]
}

run "one_inside_the_other" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.64.0/18", other = "10.16.96.0/24" }
  }
  expect_failures = [var.networks]
}

run "one_around_the_other" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.64.0/18", other = "10.0.0.0/8" }
  }
  expect_failures = [var.networks]
}

run "neighbours_do_not_overlap" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.64.0/18", before = "10.16.0.0/18", behind = "10.16.128.0/17" }
  }
}

run "not_the_first_address" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.65.0/18" }
  }
  expect_failures = [var.networks]
}

run "no_network" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.64.0/18", other = "10.300.0.0/18" }
  }
  expect_failures = [var.networks]
}

run "too_small" {
  command = plan
  variables {
    networks = { massivo-homolog = "10.16.64.0/26" }
  }
  expect_failures = [var.name]
}

run "nobody" {
  command = plan
  variables {
    name = "massivo-moon"
  }
  expect_failures = [var.name]
}

run "five_zones" {
  command = plan
  variables {
    zones = ["a", "b", "c", "d", "e"]
  }
  expect_failures = [var.zones]
}
