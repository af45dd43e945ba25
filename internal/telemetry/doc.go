// Package telemetry tells operators how a pipeline fares: metrics for
// Prometheus, and answers to whether it lives and is ready. All of it is read
// from the pipeline's own counts when it is asked for; an alert costs nothing.
package telemetry
