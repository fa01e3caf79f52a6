"""Makes what people install: the packaged app, its installers, licenses, bill of materials and checksums."""
