# What somebody is told of. An environment that rests raises no alarm by its
# silence; production does.

locals {
  silence = local.rests ? "notBreaching" : "breaching"
  book    = "docs/runbooks/"

  # Memory of a database machine in GiB by the last word of its class; the server
  # takes a connection for each 9.5 MB of it ("DBInstanceClassMemory/9531392").
  memory_gb = lookup({ micro = 1, small = 2, medium = 4, large = 8, xlarge = 16, "2xlarge" = 32, "4xlarge" = 64 }, split(".", local.account.size.database.class)[2], 128)
  database  = { DBInstanceIdentifier = local.data.database.identifier }
  balancer  = { LoadBalancer = local.edge.balancer }

  alarms = merge(
    {
      backlog = {
        sentence  = "Webhooks wait longer than a minute for a worker: customers wait for answers. ${local.book}gateway-503.md"
        namespace = local.namespace, metric = "InOldestSeconds", statistic = "Maximum", periods = 5, above = 60
      }
      dead-letters = {
        sentence  = "Something could not be worked on and was put aside. ${local.book}dead-letters.md"
        namespace = local.namespace, metric = "DeadMessages", statistic = "Maximum", periods = 1, above = 0
      }
      slow-events = {
        sentence  = "A consumer of events is ten minutes behind: pages show what is old. ${local.book}README.md"
        namespace = local.namespace, metric = "EventOldestSeconds", statistic = "Maximum", periods = 5, above = 600
      }
      undelivered = {
        sentence  = "The provider could not start a task or deliver an event; it lies in the queue of the same name. ${local.book}environment-off.md"
        namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = local.data.undelivered.name }, statistic = "Maximum", period = 300, periods = 1, above = 0
      }
      page-errors = {
        sentence  = "The product answers with 5xx. ${local.book}README.md"
        namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.balancer, statistic = "Sum", periods = 5, hits = 3, above = 10
      }
      database-storage = {
        sentence  = "Less than 15 % of the database's first storage is free. ${local.book}disk-full.md"
        namespace = "AWS/RDS", metric = "FreeStorageSpace", dimensions = local.database, statistic = "Minimum", period = 300, periods = 3, below = local.account.size.database.storage_gb * 0.15 * 1024 * 1024 * 1024
      }
      database-cpu = {
        sentence  = "The database has been above 80 % of its CPU for a quarter of an hour."
        namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.database, statistic = "Average", period = 300, periods = 3, above = 80
      }
      database-connections = {
        sentence  = "Four fifths of the database's connections are taken: fewer tasks, a smaller PROSA_DATABASE_POOL, or a larger machine."
        namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.database, statistic = "Maximum", period = 60, periods = 5, above = floor(local.memory_gb * 1073741824 / 9531392 * 0.8)
      }
      certificate = {
        sentence  = "The certificate ends in three weeks and has not been renewed: is its record still in the zone?"
        namespace = "AWS/CertificateManager", metric = "DaysToExpiry", dimensions = { CertificateArn = local.edge.certificate_arn }, statistic = "Minimum", period = 86400, periods = 1, below = 21
      }
    },
    { for part, limit in { api = 1, gateway = 0.5 } : "${part}-slow" => {
      sentence                 = "One request in a hundred to the ${part} takes longer than ${limit} s."
      namespace                = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = merge(local.balancer, { TargetGroup = local.edge.targets[part].dimension }), statistic = "p99", periods = 10, hits = 6, above = limit
    } },
    { for part in local.parts : "${part}-errors" => {
      sentence  = "The ${part} writes errors: read its log. ${local.book}README.md"
      namespace = local.namespace, metric = "${title(part)}Errors", statistic = "Sum", period = 300, periods = 1, above = 20
    } },
    { for part in local.parts : "${part}-memory" => {
      sentence  = "The ${part} takes more than 85 % of its memory."
      namespace = "AWS/ECS", metric = "MemoryUtilization", dimensions = { ClusterName = local.runtime.cluster.name, ServiceName = local.runtime.services[part] }, statistic = "Maximum", periods = 5, above = 85
    } },
    { for node, group in local.data.stream.groups : "${node}-disk" => {
      sentence  = "The volume of ${node} is four fifths full. ${local.book}disk-full.md"
      namespace = "Prosa/NATS", metric = "DiskUsed", dimensions = { Node = group }, statistic = "Maximum", periods = 5, above = 80
    } },
    { for node, group in local.data.stream.groups : "${node}-away" => {
      sentence  = "${node} does not answer. ${local.book}nats-node-lost.md"
      namespace = "Prosa/NATS", metric = "Healthy", dimensions = { Node = group }, statistic = "Minimum", periods = 5, below = 1, missing = local.silence
    } },
    # Only where nobody switches the environment off on purpose.
    { for part in ["api", "gateway"] : "${part}-gone" => {
      sentence  = "No task of the ${part} is healthy. ${local.book}README.md"
      namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = merge(local.balancer, { TargetGroup = local.edge.targets[part].dimension }), statistic = "Maximum", periods = 3, below = 1, missing = "breaching"
    } if !local.rests },
    { for name, alarm in {
      worker-silent = {
        sentence  = "No worker has written its line about the streams for five minutes. ${local.book}README.md"
        namespace = local.namespace, metric = "InMessages", statistic = "SampleCount", periods = 5, below = 1, missing = "breaching"
      }
      gateway-refuses = {
        sentence  = "The balancer itself answers with 5xx. ${local.book}gateway-503.md"
        namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.balancer, statistic = "Sum", periods = 5, hits = 3, above = 10
      }
    } : name => alarm if !local.rests },
  )
}
