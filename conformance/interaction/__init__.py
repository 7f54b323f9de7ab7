"""What the target does while it answers a request: seen once, judged by many checks."""
