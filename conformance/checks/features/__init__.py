"""What servers offer: tools, resources, prompts, completion, pagination."""
