# Who reads what across accounts, without a provider.

variables {
  organization = {
    name       = "prosa", region = "sa-east-1", ledger = "massivo-prod"
    management = { account_id = "100000000001", email = "aws@prosa.example" }, security = { account_id = "100000000002" }, network = { account_id = "100000000003" }
  }
  accounts = [
    { name = "massivo-dev", line = "massivo", environment = "dev", account_id = "100000000011", region = "sa-east-1", email = "root@prosa.example", budget = { amount = "250.00", currency = "USD" } },
    { name = "massivo-prod", line = "massivo", environment = "prod", account_id = "100000000013", region = "sa-east-1", email = "root@prosa.example", budget = { amount = "250.00", currency = "USD" } },
    { name = "enterprise-prod", line = "enterprise", environment = "prod", account_id = "100000000023", region = "sa-east-1", email = "root@prosa.example", budget = { amount = "250.00", currency = "USD" } },
  ]
  account = "massivo-dev"
}

run "a_deployment_lets_one_role_in" {
  command = plan
  assert {
    condition = alltrue([for statement in concat(output.bucket_statements, output.key_statements) :
    statement.Condition.ArnEquals["aws:PrincipalArn"] == "arn:aws:iam::100000000013:role/massivo-prod-worker-process" && statement.Principal.AWS == "arn:aws:iam::100000000013:root"])
    error_message = "Somebody else is let in."
  }
  assert {
    condition     = [for statement in output.bucket_statements : [statement.Action, statement.Resource]] == [["s3:GetObject", "arn:aws:s3:::prosa-massivo-dev-meters/meters/*"], ["s3:ListBucket", "arn:aws:s3:::prosa-massivo-dev-meters"]]
    error_message = "More is let out than the meters."
  }
  assert {
    condition     = one(output.key_statements).Action == "kms:Decrypt" && one(output.key_statements).Condition.StringEquals["kms:ViaService"] == "s3.sa-east-1.amazonaws.com"
    error_message = "The key serves more than reading objects."
  }
  assert {
    condition     = length(output.reader_statements) == 0 && length(output.settings) == 0
    error_message = "A deployment that keeps no ledger reads others."
  }
}

run "the_ledger_reads_all_others" {
  command = plan
  variables {
    account = "massivo-prod"
  }
  assert {
    condition     = length(output.bucket_statements) == 0 && length(output.key_statements) == 0
    error_message = "The ledger's own account lets others in."
  }
  assert {
    condition     = output.settings.PROSA_FINOPS_METER_SOURCES == "enterprise-prod=s3://s3.sa-east-1.amazonaws.com/prosa-enterprise-prod-meters?region=sa-east-1&credentials=role,massivo-dev=s3://s3.sa-east-1.amazonaws.com/prosa-massivo-dev-meters?region=sa-east-1&credentials=role"
    error_message = "The ledger is not told of each other deployment once."
  }
  assert {
    condition     = output.settings.PROSA_FINOPS_SOURCES == "aws=s3://s3.sa-east-1.amazonaws.com/prosa-management-focus/focus?region=sa-east-1&credentials=role"
    error_message = "The ledger is not told of the bill."
  }
  assert {
    condition = jsondecode(output.settings.PROSA_FINOPS_ACCOUNTS).organization == { management = { account_id = "100000000001" }, security = { account_id = "100000000002" }, network = { account_id = "100000000003" } } && [
    for account in jsondecode(output.settings.PROSA_FINOPS_ACCOUNTS).accounts : join(" ", [account.name, account.account_id, account.budget.amount])] == ["massivo-dev 100000000011 250.00", "massivo-prod 100000000013 250.00", "enterprise-prod 100000000023 250.00"]
    error_message = "The ledger is not told whose accounts they are."
  }
  assert {
    condition     = !strcontains(output.settings.PROSA_FINOPS_ACCOUNTS, "@")
    error_message = "The ledger is told who answers for an account."
  }
  assert {
    condition     = toset(flatten([for statement in output.reader_statements : statement.Action])) == toset(["s3:GetObject", "s3:ListBucket", "kms:Decrypt"])
    error_message = "The ledger does more than read."
  }
  assert {
    condition     = !strcontains(jsonencode(output.reader_statements), "prosa-massivo-prod") && !strcontains(jsonencode(output.reader_statements), "100000000013")
    error_message = "What the worker may do at home stands beside its task."
  }
  assert {
    condition     = one([for statement in output.reader_statements : statement.Resource if statement.Action == "kms:Decrypt"]) == ["arn:aws:kms:sa-east-1:100000000023:key/*", "arn:aws:kms:sa-east-1:100000000011:key/*"]
    error_message = "A key is missing, or one too many is named."
  }
}

run "who_pays_lets_the_ledger_read_the_bill" {
  command = plan
  variables {
    account = "management"
  }
  assert {
    condition     = [for statement in output.bucket_statements : statement.Resource] == ["arn:aws:s3:::prosa-management-focus/focus/*", "arn:aws:s3:::prosa-management-focus"] && length(output.key_statements) == 0
    error_message = "The bill is not let out, or more than it."
  }
}

run "a_ledger_that_nobody_keeps" {
  command = plan
  variables {
    organization = {
      name       = "prosa", region = "sa-east-1", ledger = "massivo-moon"
      management = { account_id = "100000000001", email = "aws@prosa.example" }, security = { account_id = "100000000002" }, network = { account_id = "100000000003" }
    }
  }
  expect_failures = [var.accounts]
}
