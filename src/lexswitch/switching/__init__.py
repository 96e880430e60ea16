"""Code-switching: `CodeSwitcher`, its options, and switching of columns, tables and labelled text."""
