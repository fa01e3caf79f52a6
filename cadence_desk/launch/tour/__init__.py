"""The tour: drives the real window through the main journeys and checks each against the org itself."""
