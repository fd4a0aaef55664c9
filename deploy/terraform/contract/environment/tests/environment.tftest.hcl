variables {
  target      = "api"
  line        = "massivo"
  environment = "homolog"
  values = {
    PROSA_PUBLIC_URL = "https://hml.massivo.prosa.example"
    PROSA_STREAM_URL = "tls://nats-1.massivo-homolog.internal:4222"
    PROSA_BLOB_URL   = "s3://s3.sa-east-1.amazonaws.com/prosa-massivo-homolog-media?region=sa-east-1&credentials=role"
    PROSA_GRACE      = "30s"
  }
  secrets = {
    PROSA_DATABASE_URL = "store:massivo-homolog/database-url"
    PROSA_SECRET_KEYS  = "store:massivo-homolog/secret-keys"
  }
}

run "what_a_process_is_told" {
  command = plan
  assert {
    condition     = output.variables[1] == { name = "PROSA_ENVIRONMENT", value = "homolog" } && output.variables[3] == { name = "PROSA_LINE", value = "massivo" }
    error_message = "A process knows its deployment by PROSA_LINE and PROSA_ENVIRONMENT."
  }
  assert {
    condition     = output.secrets == [{ name = "PROSA_DATABASE_URL", valueFrom = "store:massivo-homolog/database-url" }, { name = "PROSA_SECRET_KEYS", valueFrom = "store:massivo-homolog/secret-keys" }]
    error_message = "Secrets are references in the order of their names."
  }
  assert {
    condition     = length(output.names) == 8
    error_message = "Names are missing."
  }
}

run "a_name_that_the_product_does_not_read" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222"
      PROSA_BLOB_URL   = "/data", PROSA_GARCE = "30s"
    }
  }
  expect_failures = [var.values]
}

run "a_secret_in_clear" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222"
      PROSA_BLOB_URL   = "/data", PROSA_STRIPE_KEY = "sk_live_x"
    }
  }
  expect_failures = [var.values]
}

run "an_address_with_a_key_in_it" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222"
      PROSA_BLOB_URL   = "s3://key:secret@s3.example.com/bucket"
    }
  }
  expect_failures = [var.values]
}

run "addresses_by_name" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL           = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222", PROSA_BLOB_URL = "/data"
      PROSA_FINOPS_METER_SOURCES = "massivo-dev=s3://s3.sa-east-1.amazonaws.com/a?region=sa-east-1&credentials=role,enterprise-dev=s3://s3.sa-east-1.amazonaws.com/b?region=sa-east-1&credentials=role"
    }
  }
  assert {
    condition     = contains(output.names, "PROSA_FINOPS_METER_SOURCES")
    error_message = "Addresses without a key are no secret."
  }
}

run "a_key_in_one_of_several_addresses" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL           = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222", PROSA_BLOB_URL = "/data"
      PROSA_FINOPS_METER_SOURCES = "massivo-dev=s3://s3.sa-east-1.amazonaws.com/a?region=sa-east-1&credentials=role,enterprise-dev=s3://key:secret@s3.sa-east-1.amazonaws.com/b?credentials=role"
    }
  }
  expect_failures = [var.values]
}

run "no_duration" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222"
      PROSA_BLOB_URL   = "/data", PROSA_GRACE = "soon"
    }
  }
  expect_failures = [var.values]
}

run "a_line_of_its_own" {
  command = plan
  variables {
    values = {
      PROSA_PUBLIC_URL = "https://hml.massivo.prosa.example", PROSA_STREAM_URL = "tls://nats:4222"
      PROSA_BLOB_URL   = "/data", PROSA_LINE = "enterprise"
    }
  }
  expect_failures = [var.values]
}

run "a_secret_that_the_product_does_not_read" {
  command = plan
  variables {
    secrets = { PROSA_DATABASE_URL = "a", PROSA_SECRET_KEYS = "b", PROSA_PASSWORD = "c" }
  }
  expect_failures = [var.secrets]
}

run "twice" {
  command = plan
  variables {
    secrets = { PROSA_DATABASE_URL = "a", PROSA_SECRET_KEYS = "b", PROSA_GRACE = "c" }
  }
  expect_failures = [var.secrets]
}

run "without_a_database" {
  command = plan
  variables {
    secrets = { PROSA_SECRET_KEYS = "b" }
  }
  expect_failures = [var.secrets]
}

run "the_migration_wants_the_owner" {
  command = plan
  variables {
    target = "migrate"
  }
  expect_failures = [var.secrets]
}

run "nobody_knows_this_process" {
  command = plan
  variables {
    target = "scheduler"
  }
  expect_failures = [var.target]
}
