"""Pens to places on a chart: scales, lines, bands, limits. No Qt."""
