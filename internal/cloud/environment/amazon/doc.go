// Package amazon switches a deployment that runs on AWS: services of ECS, one
// autoscaling group a stream node, a database instance of RDS, all found by their
// names (deploy/terraform/contract/naming).
//
// Invariants: only SetDesiredCapacity, UpdateService's desired count, Start- and
// StopDBInstance and RunTask change anything; all can be repeated. A database
// that is starting, stopping or being backed up is waited for, never forced.
//
// Sources: Amazon ECS, Amazon RDS, Amazon EC2 Auto Scaling and AWS STS API
// references; Amazon RDS User Guide, "Viewing DB instance status" and "Amazon
// RDS event categories and event messages" (RDS-EVENT-0154).
package amazon
