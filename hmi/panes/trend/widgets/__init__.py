"""What stands around the chart: rows of buttons, tables, small panels."""
