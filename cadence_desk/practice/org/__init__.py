"""The pure model of a practice org: state, rules, change log, clock; no sockets, no event loop."""
