"""``python -m cdatk``: the same as the console script.

The rule: nothing happens here.
"""

from __future__ import annotations

from cdatk.cli import main

if __name__ == "__main__":
    main()
