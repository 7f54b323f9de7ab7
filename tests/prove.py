"""Proves every fault and writes reports/proof.json: `python -m tests.prove [FAULT ...]`."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from conformance.reference import FAULTS
from tests.proving import REPOSITORY, green, prove


def main(names: list[str]) -> int:
    """Prove the named faults, all by default; 1 when one of them does not do exactly what it declares."""
    green()
    wrong = 0
    proofs: list[dict[str, object]] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for proof in pool.map(prove, names or sorted(FAULTS)):
            wrong += not proof.holds
            proofs.append(proof.as_json())
            print(f"{'ok ' if proof.holds else 'BAD'} {proof.fault} ({proof.seconds} s)", flush=True)
            if not proof.holds:
                print(f"    tripped  {proof.tripped}\n    expected {proof.expected}")
                print(f"    silenced {proof.silenced}\n    expected {proof.expected_silenced}")
    target = REPOSITORY / "reports" / "proof.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"proofs": proofs, "wrong": wrong}, indent=1) + "\n")
    print(f"{len(proofs)} faults, {wrong} wrong; written to {target.relative_to(REPOSITORY)}")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
