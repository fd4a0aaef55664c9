output "trail_bucket" {
  description = "Bucket with what was done in every account."
  value       = module.bucket.name
}
