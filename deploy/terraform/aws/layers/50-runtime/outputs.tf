output "cluster" {
  description = "Cluster of the tasks."
  value       = { arn = aws_ecs_cluster.this.arn, name = aws_ecs_cluster.this.name }
}

output "services" {
  description = "Services by part of the product."
  value       = { for part, service in module.service : part => service.name }
}

output "log_groups" {
  description = "Log groups by task."
  value       = merge({ for part, task in module.task : part => task.log_group }, { migrate = module.migrate.log_group }, { for noun, task in module.rest : noun => task.log_group })
}

output "migrate" {
  description = "How the migration is run once: task definition, network, group."
  value = {
    cluster        = aws_ecs_cluster.this.name
    task           = module.migrate.arn
    subnets        = values(local.network.private_subnets)
    security_group = local.data.runtime_group_id
  }
}

output "image" {
  description = "What serves: repository and digest."
  value       = "${local.image.url}@${var.image_digest}"
}
