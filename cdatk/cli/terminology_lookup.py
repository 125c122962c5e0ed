"""``cdatk terminology lookup``: a code or words, and what the catalogues say of them.

The rule: a code that is not held is said to be so, with the codes that may have been meant; exit code 1.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import click

from cdatk.cli.caller import Caller
from cdatk.cli.commands import Refused
from cdatk.cli.messages import say
from cdatk.cli.terminology import Part, deliver, encode, form_option, open_store
from cdatk.cli.terminology_words import word
from cdatk.diagnostics import ExitCode
from cdatk.terminology.hints import Hint, hints, search
from cdatk.terminology.lookup import Terminology
from cdatk.terminology.notes import iso_day

SCHEMA = "cdatk.terminology.lookup/1"
_SYSTEMS = """SELECT s.oid FROM concept c JOIN code_system s ON s.id = c.system_id WHERE c.code = ? AND c.listed = 1
 ORDER BY s.id"""


def command(language: str) -> click.Command:
    """The command, with its help in ``fr`` or ``en``."""
    text = f"{say(language, 'terminology-lookup')}\n\n{say(language, 'terminology-lookup-more')}"
    return Part(
        "lookup",
        language,
        text,
        callback=lookup,
        params=[
            click.Argument(["question"], required=True, metavar=say(language, "question")),
            click.Option(["--system"], metavar="OID", help=say(language, "system-option")),
            click.Option(["--on"], metavar=say(language, "day"), help=say(language, "on-option")),
            click.Option(["--limit"], type=click.IntRange(1, 1000), default=20, help=say(language, "limit-option")),
            form_option(language, ("text", "json")),
        ],
    )


@click.pass_obj
def lookup(
    caller: Caller,
    question: str,
    system: str | None,
    on: str | None,
    limit: int,
    form: str,
    store: Path | None,
    lang: str | None,
) -> int:
    """Answer a question about a code or words."""
    if on is not None and iso_day(on) != on:
        raise Refused(say(caller.language, "bad-day", day=on))
    with open_store(store) as terminology:
        found = _codes(terminology, question.strip(), system, on)
        near = hints(terminology, system or "", question) if not found else ()
        words = search(terminology, question, limit) if not found else []
    if form == "json":
        near_form = [{"why": h.why.value, "system": h.system, "code": h.code, "english": h.english} for h in near]
        rows = [dict(zip(("system", "code", "text", "language"), row, strict=True)) for row in words]
        answer = {"schema": SCHEMA, "question": question, "codes": found, "near": near_form, "matches": rows}
        deliver(encode(answer), None)
    else:
        deliver("\n".join(_lines(caller, question, found, near, words)) + "\n", None)
    return ExitCode.CLEAN if found or words else ExitCode.FINDINGS


def _codes(terminology: Terminology, code: str, system: str | None, on: str | None) -> list[dict[str, object]]:
    systems = [system] if system else [str(oid) for (oid,) in terminology.rows(_SYSTEMS, (code,))]
    return [found for oid in systems if (found := _code(terminology, oid, code, on)) is not None]


def _code(terminology: Terminology, oid: str, code: str, on: str | None) -> dict[str, object] | None:
    concept = terminology.concept(oid, code)
    described = terminology.system(oid)
    if concept is None or described is None:
        return None
    replaced = terminology.replacement(oid, code)
    return {
        "system": concept.system,
        "system_name": described.name,
        "uri": described.uri,
        "code": concept.code,
        "english": concept.english,
        "status": concept.status,
        "valid_from": concept.valid_from,
        "valid_to": concept.valid_to,
        "usable": concept.usable(on) and replaced is None,
        "replaced_by": replaced.target_code if replaced is not None else None,
        "designations": [
            {
                "language": d.language, "text": d.text, "preferred": d.preferred, "use": d.use, "status": d.status,
                "source": d.source,
            }
            for d in terminology.designations(oid, code)
        ],
        "value_sets": [
            {"oid": v.oid, "name": v.name, "version": v.version} for v in terminology.sets_of(oid, code)
        ],
        "mappings": [
            {
                "system": a.target_system, "code": a.target_code, "equivalence": a.equivalence, "status": a.status,
                "quality": a.quality, "source": a.source,
            }
            for a in terminology.all_associations(oid, code)
        ],
    }  # fmt: skip


def _lines(
    caller: Caller,
    question: str,
    found: list[dict[str, object]],
    near: tuple[Hint, ...],
    words: list[tuple[str, str, str, str]],
) -> list[str]:
    lines: list[str] = []
    for answer in found:
        status = word(caller.language, str(answer["status"]))
        if answer["replaced_by"] is not None:
            status = say(caller.language, "replaced-by", code=answer["replaced_by"])
        elif not answer["usable"]:
            status = f"{status}, {say(caller.language, 'not-usable')}"
        lines.append(f"{answer['code']}  {answer['system_name']} ({answer['system']})  [{status}]")
        lines += _list(answer["designations"], "  {language:<6} {text}")
        lines += _titled(say(caller.language, "in-sets"), _list(answer["value_sets"], "  {name} {version} ({oid})"))
        mappings = _mappings(caller.language, answer["mappings"])
        lines += _titled(say(caller.language, "mapped-to"), mappings)
    together: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for system, code, text, language in words:
        together[system, code, text].append(language)
    lines += [f"{code}  {text}  [{', '.join(tags)}]  {system}" for (system, code, text), tags in together.items()]
    if not found and not words:
        lines.append(say(caller.language, "not-held", code=question))
    near_lines = [
        f"  {h.code}  {h.english}  ({h.system}, {word(caller.language, f'near-{h.why.value}')})" for h in near
    ]
    return lines + _titled(say(caller.language, "near-codes"), near_lines)


def _mappings(language: str, rows: object) -> list[str]:
    found = rows if isinstance(rows, list) else []
    return [
        f"  {row['code'] or '-'} ({row['system']}) "
        f"{word(language, row['equivalence'])} [{word(language, row['status'])}]"
        for row in found
    ]


def _list(rows: object, form: str) -> list[str]:
    return [form.format(**row) for row in rows] if isinstance(rows, list) else []


def _titled(title: str, rows: list[str]) -> list[str]:
    return [title, *rows] if rows else []
