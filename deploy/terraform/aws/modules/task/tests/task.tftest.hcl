# What the provider sells, held without the provider: CPU with its own steps of
# memory, and images by their digest alone.

mock_provider "aws" {}

variables {
  name         = "massivo-dev"
  noun         = "api"
  region       = "sa-east-1"
  account_id   = "100000000011"
  command      = ["serve", "--target", "api"]
  image        = { url = "100000000011.dkr.ecr.sa-east-1.amazonaws.com/prosa", arn = "arn:aws:ecr:sa-east-1:100000000011:repository/prosa", digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
  size         = { cpu = 512, memory = 4096 }
  environment  = { variables = [], secrets = [] }
  key_arn      = "arn:aws:kms:sa-east-1:100000000011:key/00000000-0000-4000-8000-000000000001"
  log_days     = 7
  boundary_arn = "arn:aws:iam::100000000011:policy/massivo-dev-boundary"
  serves       = true
}

run "what_is_sold" {
  command = plan
  assert {
    condition     = aws_ecs_task_definition.this.memory == "4096"
    error_message = "The task is not of the size that was asked for."
  }
}

run "more_than_is_sold_to_four_cores" {
  command = plan
  variables { size = { cpu = 4096, memory = 32768 } }
  expect_failures = [var.size]
}

run "between_the_steps" {
  command = plan
  variables { size = { cpu = 1024, memory = 2500 } }
  expect_failures = [var.size]
}

run "a_tag_instead_of_a_digest" {
  command = plan
  variables { image = { url = "x", arn = "x", digest = "latest" } }
  expect_failures = [var.image]
}
