"""What is judged once over everything the run recorded, at no extra request."""
