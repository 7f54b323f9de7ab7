"""Checks of the tools that a server offers: names, schemas, arguments, results."""
