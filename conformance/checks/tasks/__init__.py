"""Tasks of revision 2025-11-25."""
