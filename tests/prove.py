"""Proves faults of the reference server: `python -m tests.prove [--jobs N] [--breadth WHICH] [FAULT ...]`."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from textwrap import wrap
from typing import get_args

from conformance.reference import FAULTS
from conformance.reference.faults import Faults, UnknownFaultError
from tests.proof import Breadth, Proof, baseline_of, broken, prove, trial_of
from tests.proving import REPOSITORY, AuditFailed, Trial


def main(arguments: Sequence[str]) -> int:
    """Prove the named faults, or all and write reports/proof.json; 1 when one does not do exactly what it declares."""
    parser = ArgumentParser(prog="python -m tests.prove", description="Prove faults of the reference server.")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="all when none is named")
    parser.add_argument(
        "--jobs", type=int, default=3 * (os.cpu_count() or 1), metavar="N", help="audits at the same time"
    )
    parser.add_argument(
        "--breadth",
        choices=get_args(Breadth),
        default="folders",
        help="run the files that decide what the fault changes, their folders (the default), or everything",
    )
    options = parser.parse_args(arguments)
    try:
        names = [name for name in options.faults or sorted(FAULTS) if Faults(name)]
    except UnknownFaultError as unknown:
        parser.error(str(unknown))
    started = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        trials = sorted({baseline_of(trial_of(FAULTS[name], options.breadth)) for name in names})
        try:
            blemishes = [line for lines in pool.map(broken_lines, trials) for line in lines]
        except AuditFailed as failure:
            raise SystemExit(f"without a fault, {failure}") from None
        print("".join(f"BAD without a fault: {line}\n" for line in blemishes), end="", flush=True)
        proofs: list[Proof] = []
        for proof in pool.map(partial(prove, breadth=options.breadth), names):
            proofs.append(proof)
            print("\n".join(report_lines(proof, f"{len(proofs)}/{len(names)}")), flush=True)
    wrong = len(blemishes) + sum(not proof.holds for proof in proofs)
    print(f"{len(proofs)} faults, {wrong} wrong, in {time.monotonic() - started:.0f} s")
    if not options.faults:
        target = REPOSITORY / "reports" / "proof.json"
        document = {"proofs": [proof.as_json() for proof in proofs], "wrong": wrong}
        target.write_text(json.dumps(document, indent=1) + "\n")
        print(f"written to {target.relative_to(REPOSITORY)}")
    return int(bool(wrong))


def broken_lines(trial: Trial) -> list[str]:
    """The requirements that the reference server breaks although it was started without a fault."""
    place = " ".join((trial.revision, trial.profile, *trial.options))
    return [f"{one} is {verdict} ({place})" for one, verdict in broken(trial).items()]


def report_lines(proof: Proof, place: str) -> list[str]:
    """What is told of a proof; of one that does not hold, the ids as the fault would have to declare them."""
    lines = [f"{'ok ' if proof.holds else 'BAD'} {place} {proof.fault} ({proof.seconds} s)"]
    if proof.problem:
        return [*lines, *(f"    {line}" for line in proof.problem.splitlines())]
    for what, seen, declared in (
        ("trips", proof.tripped, proof.expected),
        ("silences", proof.silenced, proof.expected_silenced),
    ):
        if seen == declared or declared == ["*"]:
            continue
        more, less = sorted(set(seen) - set(declared)), sorted(set(declared) - set(seen))
        lines.append(
            f"    {what}: {len(more)} not declared ({' '.join(more)}), {len(less)} not seen ({' '.join(less)})"
        )
        lines += [f"        {literal}" for literal in _literals(seen)]
    return lines


def _literals(ids: Sequence[str]) -> list[str]:
    """The ids as they are written in a table of faults."""
    rows = wrap(" ".join(ids), 106, break_on_hyphens=False, break_long_words=False) or [""]
    first, *others = rows
    texts = [f'"{first}"', *(f'" {row}"' for row in others)]
    return [*texts[:-1], texts[-1] + ","]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
