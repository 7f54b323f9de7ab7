"""What happens while a request is served: progress, cancellation, logging, sampling, elicitation, roots."""
