"""The public version of a report: what may be shown of each exhibit, the gates, the statement that goes with it."""
