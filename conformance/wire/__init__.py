"""The only part of the suite that touches the network."""
