"""What is to be done with every document, in the form that travels to the executors.

The rule: a value that pickles and compares; two equal jobs give the same bytes for the same document.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cdatk.batch.engine import releases
from cdatk.batch.files import FORMATS, Place
from cdatk.batch.pool import Work
from cdatk.batch.work import Order, do_chunk
from cdatk.settings import Settings
from cdatk.version import VERSION

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """The choices of ``Order`` without a folder: on a cluster there is none that all machines share.

    ``text`` asks for NDJSON in place of Parquet; ``megabytes`` is the memory a document may take (0: no limit);
    ``version`` is that of cdatk on the driver, which the executors have to have as well; ``do`` is what a process does
    with a chunk.
    """

    settings: Settings
    formats: tuple[str, ...]
    seconds: float
    catalogues: tuple[str, ...]
    messages: str
    text: bool = False
    megabytes: int = 0
    version: str = VERSION
    do: Work = do_chunk

    def order(self, scratch: Path) -> Order:
        """The order for a desk that keeps outputs in memory; what it puts aside lies below ``scratch``."""
        place = Place(scratch, self.settings.language)
        return self._order(place, stream=True)

    @property
    def key(self) -> str:
        """The journal's ``settings``: the same as the local engine's for the same choices."""
        place = Place(Path(), self.settings.language)
        return self._order(place, stream=self.text).key

    def _order(self, place: Place, stream: bool) -> Order:
        return Order(
            self.settings, self.formats, place, stream, self.seconds, self.catalogues, self.messages, self.megabytes
        )


def job_for(
    formats: tuple[str, ...] = ("fhir",),
    settings: Settings | None = None,
    seconds: float = SECONDS,
    messages: str = "en",
    text: bool = False,
    megabytes: int = 0,
) -> Job:
    """A job with the catalogues that the settings name on this machine.

    Parameters: ``formats`` of ``fhir``, ``html``, ``cda``; ``seconds`` is the time limit of a document (0: none);
    ``megabytes`` its memory limit (0: none); ``messages`` the language of reports; ``text`` asks for NDJSON.
    Raises ValueError for formats that do not exist or have no line of their own in NDJSON; TerminologyError where the
    tables cannot be used.
    """
    chosen = settings if settings is not None else Settings()
    unknown = set(formats) - set(FORMATS)
    if not formats or unknown:
        raise ValueError(f"formats: {', '.join(FORMATS)}")
    if text and (formats != ("fhir",) or chosen.pretty or chosen.fhir.ndjson):
        raise ValueError("NDJSON holds one FHIR bundle a line: only the format fhir, neither pretty nor split")
    return Job(chosen, formats, seconds, releases(chosen), messages, text, megabytes)
