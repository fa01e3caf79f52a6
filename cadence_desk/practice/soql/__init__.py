"""The query language of the practice org: grammar, binder, SQL compiler, cursors. Knows org; called by rest."""
