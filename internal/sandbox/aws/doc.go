// Package aws stands in for Amazon Web Services on the loopback: several
// accounts in one process, so that Terraform's real provider and our own calls
// can be run offline against something that keeps state and says no.
//
// One Server answers every service at one address. Which service a request is
// for stands in the scope of its signature, and whose account it is follows
// from its access key: a long-lived one of AccessKey, or a short-lived one that
// AssumeRole or AssumeRoleWithWebIdentity gave out after the role's trust policy
// was evaluated here, by a reading of its own of the policy language.
//
// Three protocols are spoken, each by one dispatcher: JSON 1.0/1.1 (json.go),
// Query with XML answers (query.go, EC2's variant among it), and REST (rest.go).
// A service is one file with its calls and its state; server.go lists them. A
// call that no file knows is refused with its name and kept in Unanswered, so
// that nothing is taken for applied that was never read.
//
// An attempt of a call that was answered before, by the name that an SDK gives to
// all attempts of one call, gets the same answer (repeat.go) and is told in Repeated.
//
// What is not imitated: the signature's bytes (the key must be known, the HMAC
// is not computed), whether a caller may call (trust policies are asked, and
// Unstartable asks what tasks and schedules may do, and the organization's policies
// bind whoever took a role), quotas, and time that a real resource takes to come up.
//
// Sources: the API references of each service under docs.aws.amazon.com
// (STS 2011-06-15, IAM 2010-05-08, ECR 2015-09-21, S3 2006-03-01,
// Budgets 2016-10-20, CloudWatch Logs 2014-03-28, CloudWatch 2010-08-01,
// Elastic Load Balancing 2015-12-01, ACM 2015-12-08, WAF 2019-07-29,
// SNS 2010-03-31, EventBridge 2015-10-07, ECS 2014-11-13, Application Auto
// Scaling 2016-02-06, EventBridge Scheduler 2021-06-30, Step Functions
// 2016-11-23, Organizations 2016-11-28, IAM Identity Center 2020-07-20, Identity
// Store 2020-06-15, CloudTrail 2013-11-01, GuardDuty 2017-11-28, Access Analyzer
// 2019-11-01, S3 Control 2018-08-20, EC2 2016-11-15, EC2 Auto Scaling 2011-01-01,
// RDS 2014-10-31, SQS 2012-11-05, KMS 2014-11-01, Secrets Manager 2017-10-17,
// Route 53 2013-04-01), the ECS developer guide, the RDS user guide, the ECR user
// guide on lifecycle policies, the IAM user guide's reference of policy elements
// and its evaluation logic, the GuardDuty user guide on organizations.
//
// Invariants: an account never sees another's resources; a role is assumed only
// when its trust policy says so; what was created is read back as it was given.
package aws
