"""Where users train: one module for each library, imported only when asked for."""
