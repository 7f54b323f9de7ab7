"""Sequences on one grant, performed once and judged by several checks.

Approvals are scarce, so each sequence spends one at most and asks as much of it as it can. Every refusal has its
control: the same request without the defect, on the same code or token.
"""
