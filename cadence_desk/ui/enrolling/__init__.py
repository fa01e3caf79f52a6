"""The add-to-cadence dialog."""
