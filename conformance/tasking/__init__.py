"""What the target does with tasks (revision 2025-11-25, basic/utilities/tasks): seen once, judged by many checks."""
