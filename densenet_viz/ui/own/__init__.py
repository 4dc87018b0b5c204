"""The form that opens a visitor's own network, and the place that holds it."""
