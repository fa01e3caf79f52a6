"""The older streaming face of the practice org: the same change events over CometD long polling."""
