// Package walls holds the test that keeps the floors of the house apart:
// docs/architecture.md says what each is for. There is nothing to call.
package walls
