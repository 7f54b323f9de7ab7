"""Where the data files of the suite are, in a checkout and in an installed wheel."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKS = PACKAGE / "checks"


@cache
def schemas_dir() -> Path:
    """The folder of our JSON Schemas: packaged beside the modules, else at the root of the checkout."""
    packaged = PACKAGE / "_schemas"
    return packaged if packaged.is_dir() else PACKAGE.parent / "schemas"
