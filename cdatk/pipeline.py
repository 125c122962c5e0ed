"""READ FIRST: the whole toolkit on one page. Bytes in, bytes out, everything that was noticed in a report.

The rule: the stages below are called in this order and nowhere else; none of them prints, reads a file or changes
what it was given. Adding an output format is one line in ``EMITTERS``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from cdatk.diagnostics import Report
from cdatk.emit import (
    attachment_beside,
    check_fhir,
    emit_cda,
    emit_fhir,
    emit_html,
    emit_pdf,
    emit_pivot,
    prepare_fhir,
)
from cdatk.facts import Facts, Inspection, inspection_of, say_unaccounted, summarise
from cdatk.mapping import Mapper
from cdatk.model import Attachment, Catalogue, Document, Output, Run, Translation
from cdatk.profiles import Profile, country_profile, profile_for_code
from cdatk.read import read
from cdatk.safe_xml import NAMES, Element, children, namespace, parse
from cdatk.settings import Settings
from cdatk.terminology.embedded import open_embedded
from cdatk.terminology.lookup import Terminology
from cdatk.translate import Translator
from cdatk.validate import check_attachment, check_bindings, check_document, check_source
from cdatk.version import VERSION

if TYPE_CHECKING:  # loaded when they are asked for: a conversion starts in half the time without them
    from cdatk.validate.schema import SchemaCheck
    from cdatk.validate.schematron import SchematronCheck

Emitter = Callable[[Document, Translation, Run, Report], Output | None]
EMITTERS: Final[MappingProxyType[str, Emitter]] = MappingProxyType(
    {"fhir": emit_fhir, "html": emit_html, "cda": emit_cda, "pdf": emit_pdf, "pivot": emit_pivot}
)


class Result(msgspec.Struct, frozen=True):
    """What a call gives back: ``output`` (None after a fatal finding), the report, facts when a document could be
    read, and the mapping trail when the settings ask for one.
    """

    output: bytes | None
    report: Report
    facts: Facts | None = None
    trace: bytes | None = None


class _Understood(msgspec.Struct, frozen=True):
    document: Document
    profile: Profile
    translation: Translation


class Toolkit:
    """Settings with warm tables, for many documents in one thread or process.

    ``hooks`` are emitters of FHIR resources of the caller's own, by the template id of the entries they take
    (docs/fhir.md).
    Raises TerminologyError when the store named in the settings, the embedded one or the FHIR profile cannot be used.
    """

    def __init__(
        self, settings: Settings | None = None, hooks: Mapping[str, Callable[..., object]] | None = None
    ) -> None:
        self.settings = settings if settings is not None else Settings()
        self._hooks = dict(hooks or {})
        prepare_fhir(self.settings.fhir.profile, self.settings.fhir.check)
        store = self.settings.store
        self._terminology = Terminology.open(store) if store is not None else open_embedded()
        self._translator = Translator(self._terminology, self.settings.language)
        self._mappers: dict[tuple[str, str], Mapper] = {}
        self._catalogues: tuple[Catalogue, ...] | None = None
        self._schema: SchemaCheck | None = None
        self._rules: SchematronCheck | None = None
        if self.settings.schematron is not None:
            from cdatk.validate.schematron import SchematronCheck

            pack, phase = self.settings.schematron, self.settings.phase
            self._rules = SchematronCheck(pack, phase, self.settings.rule_cache)

    def convert(self, data: bytes, to: str, beside: bytes | None = None) -> Result:
        """Convert a CDA document to ``fhir``, ``html``, ``pdf``, ``cda`` or ``pivot`` (the CDA with European codes).

        ``beside`` is the level 1 document of the same patient: its PDF is shown in the page beside the French view.
        Raises KeyError for an unknown format. Everything wrong with the document is in the report.
        """
        emit = EMITTERS[to]
        report = Report(strict=self.settings.strict)
        checks = self.settings.checks or self.settings.strict
        schema = self.settings.schema_check
        understood = self._understand(data, report, with_pages=to != "fhir", schema=schema, checks=checks)
        if understood is None or report.stops:
            return Result(None, report, self._facts(understood, None, report))
        run = self._run(data, understood.profile)
        if beside is not None:
            run = msgspec.structs.replace(run, beside=self._beside(beside, understood.document, report))
        output = emit(understood.document, understood.translation, run, report)
        if output is not None:
            say_unaccounted(understood.document, output, report)
        if output is None or report.stops:
            return Result(None, report, self._facts(understood, None, report))
        if to == "fhir" and self.settings.fhir.check and not check_fhir(output.data, report):
            return Result(None, report, self._facts(understood, None, report))
        return Result(output.data, report, self._facts(understood, output, report), output.trace or None)

    def validate(self, data: bytes) -> Result:
        """Check a document against schema, profile rules, terminology and the rule pack of the settings; no output.

        Raises SchemaError when the schema folder of the settings cannot be used.
        """
        report = Report(strict=self.settings.strict)
        understood = self._understand(data, report, with_pages=True, schema=True)
        if understood is not None and self._rules is not None:
            self._rules.check(understood.document.element, report)
        if understood is not None and understood.document.attachment is not None:
            check_attachment(understood.document.attachment, report)
        return Result(None, report, self._facts(understood, None, report))

    def inspect(self, data: bytes) -> Inspection:
        """What a document is and holds, without anything about the patient."""
        report = Report(strict=self.settings.strict)
        understood = self._understand(data, report, with_pages=False)
        if understood is None:
            return Inspection(report=report)
        facts = self._facts(understood, None, report)
        return inspection_of(understood.document, understood.translation, facts, report)

    def _understand(
        self, data: bytes, report: Report, with_pages: bool, schema: bool = False, checks: bool = True
    ) -> _Understood | None:
        """parse, profile, read, validate, map, translate."""
        root = parse(data, self.settings.limits, report)
        if root is None:
            return None
        # Held to the end: several stages look at these, and lxml makes an element anew when nobody holds it.
        top = children(root)
        if not check_source(root, report):
            return None
        if schema:
            self._check_schema(root, report)
        profile = _profile_for(top)
        document = read(root, profile, report, with_pages)
        if checks:
            check_document(document, profile, report)
        else:
            report.add("CDA-061", root)  # an empty report must not look like a clean document
        mapped = self._mapper(profile).map_codes(document, report)
        if checks:
            check_bindings(document, mapped, profile, self._terminology, report)
        translation = self._translator.translate(document, mapped, report)
        return _Understood(document, profile, translation)

    def _beside(self, data: bytes, document: Document, report: Report) -> Attachment | None:
        """The attachment of a second document, when both are about the same patient."""
        other = Report()
        root = parse(data, self.settings.limits, other)
        readable = root is not None and check_source(root, other)
        second = read(root, _profile_for(root), other, True) if root is not None and readable else None
        return attachment_beside(document, second, report)

    def _check_schema(self, root: Element, report: Report) -> None:
        """The schema's verdict; it is compiled when it is first asked for."""
        if self._schema is None:
            from cdatk.validate.schema import SchemaCheck

            self._schema = SchemaCheck(self.settings.schema_folder)
        if self.settings.diagnose:
            from cdatk.validate.diagnose import Diagnosis

            Diagnosis(self._schema).check(root, report)
        else:
            self._schema.check(root, report)

    def _mapper(self, profile: Profile) -> Mapper:
        key = (profile.key, profile.country)
        if key not in self._mappers:
            self._mappers[key] = Mapper(self._terminology, profile)
        return self._mappers[key]

    def _run(self, data: bytes, profile: Profile) -> Run:
        return Run(
            language=self.settings.language,
            tool_version=VERSION,
            document_type=profile.key,
            title=profile.title(self.settings.language),
            source_sha256=hashlib.sha256(data).hexdigest(),
            catalogues=self._used(),
            mandatory=profile.mandatory(),
            pretty=self.settings.pretty,
            ndjson=self.settings.fhir.ndjson,
            trace=self.settings.fhir.trace,
            fhir_profile=self.settings.fhir.profile,
            hooks=self._hooks,
        )

    def _used(self) -> tuple[Catalogue, ...]:
        """The catalogues in use."""
        if self._catalogues is None:
            releases = self._terminology.releases
            self._catalogues = tuple(Catalogue(r.source, r.release, r.sha256) for r in releases)
        return self._catalogues

    def _facts(self, understood: _Understood | None, output: Output | None, report: Report) -> Facts | None:
        if understood is None:
            return None
        title = understood.profile.title(self.settings.language)
        return summarise(
            understood.document,
            understood.translation,
            output,
            understood.profile.key,
            title,
            self._used(),
        )


def _profile_for(header: Iterable[Element]) -> Profile:
    """The profile of the document code with the overrides of the country that wrote the document."""
    found: dict[str, str] = {}
    for element in header:
        name = NAMES[element.tag]
        if name in ("code", "realmCode", "languageCode") and name not in found and namespace(element):
            found[name] = element.get("code", "")
    profile = profile_for_code(found["code"].strip())
    realm, language = found.get("realmCode", ""), found.get("languageCode", "")
    country = realm if len(realm) == 2 and realm != "EU" else language.partition("-")[2]
    return country_profile(profile.key, country) if country else profile
