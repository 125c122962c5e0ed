"""What is being measured, how long it has taken and how long the rest may take."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field


@dataclass
class Progress:
    """``plan`` holds the parts of a run and what each took on an idle machine with two processors, in seconds.

    The rest is told from these figures and from how this machine has done so far.
    """

    plan: dict[str, float]
    started: float = field(default_factory=time.monotonic)
    _done: float = 0.0
    _part: str = ""

    def begin(self, part: str) -> None:
        """The next part of the plan."""
        self._done += self.plan.get(self._part, 0.0)
        self._part = part
        self.say(part)

    def say(self, text: str) -> None:
        """What is going on in a part."""
        spent = time.monotonic() - self.started
        left = (sum(self.plan.values()) - self._done) * (max(1.0, spent / self._done) if self._done else 1.0)
        print(f"[{_clock(spent)}, about {_clock(left)} to go] {text}", file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
