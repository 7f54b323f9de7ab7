"""Checks of what else servers offer, and of its lists: resources, prompts, completion, pagination, content."""
