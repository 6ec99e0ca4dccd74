"""The composition root: joins plant, services and window for one run; the only place that knows everything."""
