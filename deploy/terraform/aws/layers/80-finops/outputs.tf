output "bill_url" {
  description = "Where the bill's files lie, for PROSA_FINOPS_SOURCES."
  value       = module.bill.url
}

output "budgets" {
  description = "Budgets by account."
  value       = { for name, budget in module.budget : name => budget.name }
}
