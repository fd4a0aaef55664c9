// Package builder makes bots: it owns the draft of each bot's flow (table
// bot_draft) with its layout and its tests, checks and simulates it, compares
// it with what is live, and publishes it through botrun.
//
// Invariants:
//
//   - A draft has a revision. Who saves names the revision that they saw; an
//     older one is refused with reason draft_changed and changes nothing, so
//     that of two editors neither loses anything in silence.
//   - A draft may be broken as a flow, but is JSON within limits.
//   - What is published has passed every proof of package flow for the channels
//     that the bot answers on, and its own tests; draft, revision and version
//     meet in one transaction.
//   - Sub-flows are pinned when a flow is published: what a customer talks to
//     never changes under them.
//   - Checks, simulations and tests write nothing, send nothing and call nobody;
//     they are bounded in time.
//
// Events out: bot.updated. Events in: none.
package builder
