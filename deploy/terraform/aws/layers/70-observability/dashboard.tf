# One screen an account: what customers feel on top, what it rests on below.

locals {
  panels = [
    { title = "Requests and errors", stat = "Sum", metrics = [
      ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", local.edge.balancer],
      ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", local.edge.balancer],
      ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", local.edge.balancer],
    ] },
    { title = "Answer time, p99 (s)", stat = "p99", metrics = [for part in ["api", "gateway"] :
      ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", local.edge.balancer, "TargetGroup", local.edge.targets[part].dimension]
    ] },
    { title = "Webhooks that wait", stat = "Maximum", metrics = [
      [local.namespace, "InMessages"],
      [local.namespace, "InOldestSeconds"],
    ] },
    { title = "Dead letters, and events behind (s)", stat = "Maximum", metrics = [
      [local.namespace, "DeadMessages"],
      [local.namespace, "EventOldestSeconds"],
    ] },
    { title = "Errors in the log", stat = "Sum", metrics = [for part in local.parts : [local.namespace, "${title(part)}Errors"]] },
    { title = "Tasks: CPU (%)", stat = "Average", metrics = [for part in local.parts :
      ["AWS/ECS", "CPUUtilization", "ClusterName", local.runtime.cluster.name, "ServiceName", local.runtime.services[part]]
    ] },
    { title = "Database: CPU (%), connections", stat = "Maximum", metrics = [
      ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", local.data.database.identifier],
      ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", local.data.database.identifier],
    ] },
    { title = "Streams: volume (%)", stat = "Maximum", metrics = [for group in values(local.data.stream.groups) :
      ["Prosa/NATS", "DiskUsed", "Node", group]
    ] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = [for i, panel in local.panels : {
      type   = "metric"
      x      = (i % 2) * 12
      y      = floor(i / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = panel.title
        region  = local.account.region
        stat    = panel.stat
        period  = 60
        view    = "timeSeries"
        stacked = false
        metrics = panel.metrics
      }
    }]
  })
}
