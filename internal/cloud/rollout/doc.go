// Package rollout waits until a deployment's services run an image, and nothing
// else.
//
// Invariants:
//
//   - A service has the image when its only deployment is complete, all of its
//     tasks run, and the task definition names the image's digest.
//   - A deployment that the runtime rolled back is an error, not a success: what
//     is stable then is the image of before.
//   - Only digests are compared, never tags.
//
// Source: Amazon ECS API reference (DescribeServices, Deployment.rolloutState,
// DescribeTaskDefinition), "Deployment circuit breaker".
package rollout
