"""Previews: texts before and after switching, as a page for browsers, in notebooks and in terminals."""
