"""Windows, models, dialogs and theme: they show and ask, and decide nothing."""
