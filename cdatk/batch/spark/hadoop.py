"""The cluster's file system, as far as the driver has to look at it before and after the work.

The rule: whatever Hadoop reads by its URI is reached through Hadoop; no path is taken for a local one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from cdatk.batch.files import OutputError
from cdatk.batch.sources import LISTS, STANDARD, lines_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_WILD: Final = frozenset("*?[{")
_NO_HOST: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*:)///")  # Hadoop's own paths write it with one stroke
_ESCAPED: Final = re.compile(r"([*?\[\]{}\\])")


@dataclass(frozen=True, slots=True)
class Found:
    """An input: its qualified URI, whether it is a folder, and what its documents' names begin with.

    ``problem`` is a value of ``words.why`` for an input that is not there.
    """

    uri: str
    folder: bool = False
    start: str = ""
    problem: str = ""

    @property
    def pattern(self) -> str:
        """The URI for Spark, which takes signs in it for wild cards."""
        return _ESCAPED.sub(r"\\\1", self.uri)


class Hadoop:
    """File systems by URI, with the configuration of the session."""

    def __init__(self, spark: SparkSession) -> None:
        """Keep the session's Java side. Raises ValueError for a session that has none (Spark Connect)."""
        context = spark.sparkContext
        jvm: Any = context._jvm
        java: Any = context._jsc
        if jvm is None or java is None:
            raise ValueError("a session with a Java side is needed")
        self._spark: Final = spark
        self._jvm: Final[Any] = jvm
        self._path: Final = jvm.org.apache.hadoop.fs.Path
        self._configuration: Final = java.hadoopConfiguration()

    def qualified(self, path: str) -> str:
        """The full URI of a path."""
        held = self._path(path)
        return str(held.getFileSystem(self._configuration).makeQualified(held).toString())

    def exists(self, path: str) -> bool:
        """True where there is such a file or folder."""
        held = self._path(path)
        return bool(held.getFileSystem(self._configuration).exists(held))

    def length(self, uri: str) -> int | None:
        """Bytes of a file; None where there is none."""
        held = self._path(uri)
        system = held.getFileSystem(self._configuration)
        return int(system.getFileStatus(held).getLen()) if system.exists(held) else None

    def listed(self, frame: DataFrame) -> list[str]:
        """Every file of a listing as its rows would name it, also those that Spark leaves out of the rows."""
        files: Any = frame._jdf.inputFiles()
        whole = str(self._jvm.org.apache.hadoop.util.StringUtils.join("\n", files))  # one answer, not one for each
        return [unquote(_NO_HOST.sub(r"\1/", uri)) for uri in whole.split("\n")] if whole else []

    def count(self, frame: DataFrame) -> int:
        """Number of files of a listing."""
        files: Any = frame._jdf.inputFiles()
        return len(files)

    def why_unread(self, uri: str) -> str:
        """The value of ``words.why`` for a document that Spark could not read."""
        from py4j.protocol import Py4JJavaError

        held = self._path(uri)
        try:
            system = held.getFileSystem(self._configuration)
            if not system.exists(held):
                return "missing"
            system.open(held).close()
        except Py4JJavaError as error:
            name = str(error.java_exception.getClass().getSimpleName())
            return "no-permission" if name in ("AccessControlException", "FileNotFoundException") else "device"
        return "device"

    def names(self, folder: str) -> list[str]:
        """Names in a folder; none where it does not exist."""
        held = self._path(folder)
        system = held.getFileSystem(self._configuration)
        return [str(s.getPath().getName()) for s in system.listStatus(held)] if system.exists(held) else []

    def write(self, path: str, data: bytes) -> None:
        """Put ``data`` at ``path``. Raises OutputError."""
        from py4j.protocol import Py4JJavaError

        held = self._path(path)
        try:
            stream = held.getFileSystem(self._configuration).create(held, True)
            try:
                stream.write(bytearray(data))
            finally:
                stream.close()
        except Py4JJavaError as error:
            raise OutputError(path, str(error.java_exception.getClass().getSimpleName())) from error

    def find(self, given: Iterable[str], listed: Iterable[str] = ()) -> Iterator[Found]:
        """What the inputs mean: folders, documents, patterns, lists of paths; ``-`` stands for ``listed``."""
        items = tuple(given)
        alone = len(items) == 1
        for item in items:
            if item == STANDARD:
                yield from self._listed(listed)
            elif item.lower().endswith(LISTS) and self._is(item, folder=False):
                text = "\n".join(row.value for row in self._spark.read.text(self._escape(item)).collect())
                yield from self._listed(lines_of(text.encode()))
            elif self._is(item, folder=True):
                start = "" if alone else str(self._path(item).getName()) + "/"
                yield Found(self.qualified(item), True, start)
            elif self._is(item, folder=False):
                yield self._file(item)
            else:
                yield from self._matches(item)

    def _matches(self, item: str) -> Iterator[Found]:
        held = self._path(item)
        found = held.getFileSystem(self._configuration).globStatus(held) if _WILD & set(item) else None
        for status in found or ():
            yield self._beside(item, str(status.getPath().toString()), bool(status.isDirectory()))
        if not found:
            yield Found(self.qualified(item), start=str(held.getName()), problem="missing")

    def _beside(self, pattern: str, uri: str, folder: bool) -> Found:
        """A match of a pattern is named by what lies beyond the pattern's fixed part."""
        fixed = pattern[: min(pattern.index(sign) for sign in _WILD if sign in pattern)].rpartition("/")[0]
        base = self.qualified(fixed or ("/" if pattern.startswith("/") else "."))
        inside = uri.removeprefix(base.rstrip("/") + "/")
        return Found(uri, folder, inside + "/" if folder else inside)

    def _listed(self, paths: Iterable[str]) -> Iterator[Found]:
        for path in paths:
            if self._is(path, folder=True):
                yield Found(self.qualified(path), True, path.rstrip("/") + "/")
            elif self._is(path, folder=False):
                yield Found(self.qualified(path), start=path)
            else:
                yield Found(self.qualified(path), start=path, problem="missing")

    def _file(self, item: str) -> Found:
        return Found(self.qualified(item), start=str(self._path(item).getName()))

    def _is(self, item: str, folder: bool) -> bool:
        held = self._path(item)
        system = held.getFileSystem(self._configuration)
        return bool(system.exists(held)) and bool(system.getFileStatus(held).isDirectory()) is folder

    def _escape(self, item: str) -> str:
        return _ESCAPED.sub(r"\\\1", item)
