output "bucket" {
  description = "Bucket of the account's states."
  value       = module.state.name
}
