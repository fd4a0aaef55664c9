// Package pipeline holds the rules of bitbucket-pipelines.yml, of the GitHub
// workflow and of the scripts that both call, as tests: the vendors' servers
// cannot be asked from here. It has no code.
//
// Invariants:
//
//   - An image is built once and promoted by digest; no step after the build
//     compiles or packs anything.
//   - Each of the six deployments is a step of its own, with its own environment
//     and a role that is a variable of it; nothing logs in by a stored key.
//   - The layers around the services are applied in the step of their account, each
//     from the plan that was kept, and nothing is destroyed or replaced.
//   - A key is believed for the build or for one deployment, and lies in that
//     environment alone.
//   - prod waits for a person, and each environment for the one before it.
//   - A pull request may plan, and shows what would change and whose rights; it
//     can neither sign nor apply.
package pipeline
