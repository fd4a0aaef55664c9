output "name_servers" {
  description = "Name servers of the account's own zone, for accounts.yaml; none in production."
  value       = flatten([for zone in aws_route53_zone.own : zone.name_servers])
}

output "balancer" {
  description = "Name of the balancer among the provider's metrics."
  value       = module.balancer.dimension
}

output "targets" {
  description = "Target group by part of the product: ARN, and name among the metrics."
  value       = module.balancer.targets
}

output "certificate_arn" {
  description = "ARN of the certificate."
  value       = module.certificate.arn
}

output "settings" {
  description = "The settings that name the hosts."
  value       = module.hosts.settings
}
