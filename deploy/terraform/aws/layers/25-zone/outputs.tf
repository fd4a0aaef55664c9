output "zone_id" {
  description = "Hosted zone of the apex, for accounts.yaml (organization.zone_id)."
  value       = aws_route53_zone.apex.zone_id
}

output "name_servers" {
  description = "Name servers to enter where the domain was bought."
  value       = aws_route53_zone.apex.name_servers
}

output "waiting" {
  description = "Accounts whose zone is not delegated yet, since accounts.yaml does not name its servers."
  value       = [for name, account in local.accounts : name if account.environment != "prod" && length(try(account.name_servers, [])) == 0]
}
