"""Long lists are sampled evenly, and the report says so."""

from conformance.sampling import MOST, sample, sampled


def test_short_lists_are_used_whole() -> None:
    assert sample(range(MOST)) == list(range(MOST))
    assert sampled(range(MOST), "tools") == []


def test_long_lists_are_used_from_the_first_to_the_last_entry() -> None:
    chosen = sample(range(1000))

    assert len(set(chosen)) == MOST
    assert (chosen[0], chosen[-1]) == (0, 999)
    assert {after - before for before, after in zip(chosen, chosen[1:], strict=False)} <= {20, 21}
    assert sampled(range(1000), "tools") == ["Of 1,000 tools, 50 were tried, evenly spread."]
    assert len(set(sample(range(MOST + 1)))) == MOST
