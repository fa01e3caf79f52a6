"""The practice org: a whole small Salesforce in its own process, an independent oracle."""
