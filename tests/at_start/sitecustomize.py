"""Python runs this before anything else when the folder is on its path (docs.python.org/3/library/site)."""

import os
import sys
from pathlib import Path

if "NOTED" in os.environ:
    sys.path.append(str(Path(__file__).parents[2]))

    from tests import noting

    noting.begin()
