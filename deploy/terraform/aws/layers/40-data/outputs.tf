output "key_arn" {
  description = "Key that seals what the account keeps."
  value       = module.encryption.key_arn
}

output "runtime_group_id" {
  description = "Security group of the tasks."
  value       = aws_security_group.runtime.id
}

output "database" {
  description = "The database: its name, address, group and the administrator's secret."
  value = {
    identifier        = module.database.identifier
    host              = module.database.host
    security_group_id = module.database.security_group_id
    admin_secret_arn  = module.database.admin_secret_arn
  }
}

output "stream" {
  description = "The streams: URL, copies, group of the nodes, autoscaling groups."
  value = {
    url               = module.nats.url
    replicas          = module.nats.replicas
    security_group_id = module.nats.security_group_id
    groups            = module.nats.groups
  }
}

output "buckets" {
  description = "Buckets by what they hold."
  value = {
    media    = module.media.name
    meters   = module.meters.name
    releases = module.releases.name
  }
}

output "secret_arns" {
  description = "ARN of each secret by its noun."
  value       = module.secrets.arns
}

output "registry" {
  description = "Repository of the images."
  value       = { url = module.registry.url, arn = module.registry.arn }
}

output "undelivered" {
  description = "Queue of what the provider's services could not deliver."
  value       = { arn = aws_sqs_queue.undelivered.arn, name = aws_sqs_queue.undelivered.name }
}
