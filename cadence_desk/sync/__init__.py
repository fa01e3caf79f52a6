"""The engine: decides, sends, listens and reconciles. Plain asyncio; sees Salesforce through the ports of domain."""
