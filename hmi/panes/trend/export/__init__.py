"""What is visible, as files: values as text, the chart as a picture, both on paper."""
