output "vpc_id" {
  description = "Id of the network."
  value       = module.network.vpc_id
}

output "vpc_cidr" {
  description = "The account's network."
  value       = module.plan.network
}

output "public_subnets" {
  description = "Subnet by zone, reached from outside: for the load balancer."
  value       = module.network.public_subnets
}

output "private_subnets" {
  description = "Subnet by zone that reaches outside: for tasks and streams."
  value       = module.network.private_subnets
}

output "data_subnets" {
  description = "Subnet by zone without a way out: for the database."
  value       = module.network.data_subnets
}

output "addresses" {
  description = "Addresses that the world sees us come from."
  value       = module.network.addresses
}

output "endpoints_group_id" {
  description = "Group of the provider's endpoints."
  value       = module.network.endpoints_group_id
}
