"""The audit record: who did what, in a chain that nobody bends unseen; the others write to `trail.AuditTrail`."""
