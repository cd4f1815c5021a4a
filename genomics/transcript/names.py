"""Names of changes on transcript models: genome to c. and g. names, and back.

Insertions and deletions are moved to the 3' end of their repeat, as the HGVS recommendations want it, over the bases
that the model holds; two spellings of one change thus get one name. Where intron bases are missing, no name is given.
"""

from __future__ import annotations

from genomics.builds import ACCESSIONS
from genomics.hgvs import Edit, HgvsError, Name, Point
from genomics.lookups.rows import Gap
from genomics.protein import Effect, Protein
from genomics.transcript.genetic_code import code, three
from genomics.transcript.model import Place, Transcript, reverse_complement
from genomics.transcript.placement import Change, Slide, agrees, moved, slide
from genomics.variant import Variant, trim

_LETTERS = frozenset("ACGT")


def numbered(model: Transcript, place: Place) -> Point:
    """The c. position of a base (n. for a non-coding transcript)."""
    base, star = _number(model, place.base)
    return Point(base=base, offset=place.offset, star=star)


def _number(model: Transcript, base: int) -> tuple[int, bool]:
    if model.cds is None:
        return base + 1, False
    begin, end = model.cds
    if base >= end:
        return base - end + 1, True
    return (base - begin + 1, False) if base >= begin else (base - begin, False)


def c_name(model: Transcript, change: Change, slid: Slide) -> str:
    """The c. (or n.) name without accession; empty outside the transcript and where intron bases are missing."""
    if change.is_single_base:
        place = model.place_at(change.start)
        if place is None:
            return ""
        base, star = _number(model, place.base)
        offset = f"{place.offset:+d}" if place.offset else ""
        level = "n" if model.cds is None else "c"
        return f"{level}.{'*' if star else ''}{base}{offset}{change.ref}>{change.alt}"
    if not slid.right_known and _is_intronic(model, change):
        return ""
    name = described(model, moved(change, slid.right))
    return str(name) if name else ""


def _is_intronic(model: Transcript, change: Change) -> bool:
    if not change.ref:
        return model.exon_at(change.start) is None and model.exon_at(change.start - 1) is None
    return model.exon_at(change.start) is None or model.exon_at(change.end - 1) is None


def described(model: Transcript, change: Change) -> Name | None:
    """The name of a change that already stands at its 3' end; None outside the transcript."""
    edit, start, end, alt = _edited(model, change)
    first, last = model.place_at(start), model.place_at(end)
    if first is None or last is None:
        return None
    return Name(
        reference=model.accession,
        gene=model.gene,
        level="n" if model.cds is None else "c",
        start=numbered(model, first),
        end=numbered(model, last),
        edit=edit,
        ref=change.ref if edit is Edit.SUBSTITUTION else "",
        alt=alt,
    )


def _edited(model: Transcript, change: Change) -> tuple[Edit, int, int, str]:
    """Kind of change, first and last oriented position of the name, and the bases that it states."""
    start, end, ref, alt = change
    if not ref:
        size = len(alt)
        if model.bases(start - size, start) == alt:
            return Edit.DUPLICATION, start - size, start - 1, ""
        return Edit.INSERTION, start - 1, start, alt
    if not alt:
        return Edit.DELETION, start, end - 1, ""
    if change.is_single_base:
        return Edit.SUBSTITUTION, start, start, alt
    if reverse_complement(ref) == alt:
        return Edit.INVERSION, start, end - 1, ""
    return Edit.DELINS, start, end - 1, alt


def genomic_name(model: Transcript, change: Change) -> str:
    """The g. (or m.) name with accession, at the 3' end of the plus strand as far as the model holds bases."""
    slid = slide(model, change)
    shifted = moved(change, slid.right if model.strand == 1 else -slid.left)
    start, end = model.oriented(shifted.start, shifted.end)
    ref, alt = model.read(shifted.ref), model.read(shifted.alt)
    first, last, verb = start + 1, end, f"delins{alt}"
    if not ref:
        before = model.bases(*model.oriented(start - len(alt), start))
        known = before is not None and model.read(before) == alt
        first, last = (start - len(alt) + 1, start) if known else (start, start + 1)
        verb = "dup" if known else f"ins{alt}"
    elif not alt:
        verb = "del"
    elif change.is_single_base:
        verb = f"{ref}>{alt}"
    elif reverse_complement(ref) == alt:
        verb = "inv"
    place = str(first) if first == last else f"{first}_{last}"
    level = "m" if model.contig == "MT" else "g"
    return f"{ACCESSIONS[model.build][model.contig]}:{level}.{place}{verb}"


def spelled_out(model: Transcript, change: Change) -> Variant:
    """The change with the whole repeat in which it can be moved, as a variant of the plus strand.

    ``Variant.same_as`` then equals every spelling inside the repeat, and its ``spdi`` is left-aligned.
    """
    slid = slide(model, change)
    start, end = change.start - slid.left, change.end + slid.right
    left = model.bases(start, change.start) or ""
    right = model.bases(change.end, end) or ""
    begin, _ = model.oriented(start, end)
    return Variant(
        build=model.build,
        contig=model.contig,
        pos=begin + 1,
        ref=model.read(left + change.ref + right),
        alt=model.read(left + change.alt + right),
    )


def locate(model: Transcript, name: Name) -> Variant | Gap:
    """Where a c. or n. name lies, spelled with its whole repeat; a gap where the model lacks what it takes.

    Raises:
        HgvsError: a position does not exist on the transcript, or the stated reference bases are not those of it.
    """
    if name.start is None or name.end is None:
        return _gap(f"the break points of {name} are not exact")
    if name.edit is Edit.SAME:
        return _gap(f"{name} says that nothing changes")
    first, last = _spot(model, name, name.start), _spot(model, name, name.end)
    if isinstance(first, Gap):
        return first
    if isinstance(last, Gap):
        return last
    change = _change(model, name, first, last + 1)
    if isinstance(change, Gap):
        return change
    _checked(model, name, change)
    start, ref, alt = trim(change.start, change.ref, change.alt)
    return spelled_out(model, Change(start, start + len(ref), ref, alt))


def _gap(reason: str) -> Gap:
    return Gap(reason=reason, held=True)


def _spot(model: Transcript, name: Name, point: Point) -> int | Gap:
    where = f"{model.accession} ({model.gene})"
    if (name.level == "c") != (model.cds is not None):
        wanted = "n." if model.cds is None else "c."
        raise HgvsError(f"positions of {where} are {wanted}, not {name.level}.")
    base = _base(model, point)
    if not 0 <= base < model.exons[-1].last:
        return _gap(f"{name.level}.{point} lies outside the held transcript {where}")
    if point.is_coding and model.cds and base >= model.cds[1]:
        raise HgvsError(f"{where} ends at c.{model.coding_length}; c.{point} does not exist")
    spot = model.spot(Place(base, point.offset))
    if spot is not None:
        return spot
    if not point.offset:
        return _gap(f"{name.level}.{point} of {where} is not aligned to {model.build}")
    raise HgvsError(f"{name.level}.{point} does not exist on {where}: no intron lies there, or it is shorter")


def _base(model: Transcript, point: Point) -> int:
    begin, end = model.cds or (0, 0)
    if point.star:
        return end + point.base - 1
    return begin + point.base - (point.base > 0)


def _change(model: Transcript, name: Name, start: int, end: int) -> Change | Gap:
    if name.edit is Edit.INSERTION:
        if end - start != 2:
            return _gap(f"{name} stands across an intron of {model.accession}")
        return _spelled(name, name.alt) or Change(start + 1, start + 1, "", name.alt)
    held = model.bases(start, end)
    stated = name.ref if set(name.ref) <= _LETTERS and len(name.ref) == end - start else ""
    if name.edit is Edit.REPEAT:
        return _repeated(model, name, start, held)
    if held is None and not stated:
        return _gap(f"the bases of {name} are not held: they lie in an intron of {model.accession}")
    ref = stated or held or ""
    if name.edit is Edit.DUPLICATION:
        _checked(model, name, Change(start, end, ref, ""))
        return Change(end, end, "", ref)
    if name.edit is Edit.DELETION:
        return Change(start, end, ref, "")
    if name.edit is Edit.INVERSION:
        return Change(start, end, ref, reverse_complement(ref))
    return _spelled(name, name.alt) or Change(start, end, ref, name.alt)


def _spelled(name: Name, bases: str) -> Gap | None:
    return None if bases and set(bases) <= _LETTERS else _gap(f"{name} does not spell the bases it puts in")


def _repeated(model: Transcript, name: Name, start: int, held: str | None) -> Change | Gap:
    unit = name.ref or held or ""
    if not unit or not set(unit) <= _LETTERS:
        return _gap(f"{name} does not tell the unit that is repeated")
    size, copies = len(unit), 0
    while model.bases(start + copies * size, start + (copies + 1) * size) == unit:
        copies += 1
    if not copies:
        raise HgvsError(f"{model.accession} has no {unit} at {name.level}.{name.place}")
    return Change(start, start + copies * size, unit * copies, unit * int(name.alt))


def _checked(model: Transcript, name: Name, change: Change) -> None:
    expected = agrees(model, change)
    if expected is not None:
        raise HgvsError(
            f"{model.accession} ({model.gene}) has {expected[:20]} at {name.level}.{name.place}, "
            f"not {change.ref[:20]}: check the name and the version of the transcript"
        )


def single_base_names(model: Transcript, name: Protein) -> tuple[str, ...]:
    """The c. names of the single-base changes by which a codon of the model becomes a missense or stop name.

    More than one means that the p. name alone does not tell the DNA change. Empty for other kinds of p. names, and
    where it takes more than one base.

    Raises:
        HgvsError: the model has another residue there.
    """
    if name.effect not in (Effect.MISSENSE, Effect.STOP) or model.cds is None:
        return ()
    held = model.residues[name.start - 1 : name.start]
    if not held or three(held) != name.first:
        found = f"{three(held)} at residue {name.start}" if held else f"no residue {name.start}"
        raise HgvsError(
            f"{model.accession} ({model.gene}) has {found}, not {name.first}: check the protein name"
        )
    first = model.cds[0] + 3 * (name.start - 1)
    codon = model.mrna[first : first + 3]
    return tuple(
        f"c.{3 * name.start - 2 + place}{codon[place]}>{base}"
        for place in range(3)
        for base in "ACGT"
        if base != codon[place]
        and three(code(model.table).get(codon[:place] + base + codon[place + 1 :], "X")) == name.alt
    )
