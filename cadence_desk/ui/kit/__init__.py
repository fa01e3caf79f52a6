"""Building blocks of every screen: theme, lists, labels, banners."""
