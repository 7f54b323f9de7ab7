"""Lists that are compared."""

from conformance.ceremony.relisting import reordered


def test_lists_of_the_same_names_in_another_order_are_found() -> None:
    assert reordered([("a", "b"), ("a", "b", "c"), ("b", "a")]) == (("a", "b"), ("b", "a"))


def test_lists_of_other_names_are_not_compared() -> None:
    assert reordered([("a", "b"), ("a", "b", "c"), ("a", "b")]) is None
