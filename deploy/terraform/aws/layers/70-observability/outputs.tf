output "topic_arn" {
  description = "Topic of who is told."
  value       = aws_sns_topic.owner.arn
}

output "alarms" {
  description = "Alarms by name."
  value       = module.alarms.arns
}
