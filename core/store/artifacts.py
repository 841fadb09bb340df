"""Stores and reads artefacts, checking every read against the person asking.

Invariant: bytes are in their file before a row refers to them, and a row is the only way to them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import lineage
from core.errors import NotFound
from core.lineage import KINDS, Artifact, Kind, Number, recipe_id
from core.modality import MODALITIES
from core.store.database import Database, as_utc, now_utc
from core.store.files import ArtifactFiles
from core.store.remembering import remembered
from core.store.tables import BlobRow, HoldingRow

HOUSE: Final = "house"
"""The owner of what is shipped: readable by everybody, and no cookie can claim to be it."""

N_OPENED: Final = 24  # parsed artefacts kept in memory

Parsed = TypeVar("Parsed")


class Artifacts:
    """The part of the store that holds artefacts.

    Args:
        database: where rows are stored.
        files: where bytes are stored.
    """

    def __init__(self, database: Database, files: ArtifactFiles) -> None:
        self._database = database
        self._files = files
        self._sound: set[str] = set()  # ids of files that were read and found undamaged
        self._opened = lru_cache(maxsize=N_OPENED)(self._parse)

    def keep(
        self,
        owner: str,
        kind: Kind,
        data: bytes,
        *,
        parents: Sequence[str] = (),
        modality: str | None = None,
        settings: Mapping[str, Any] | None = None,
        seed: int | None = None,
        numbers: Mapping[str, Number] | None = None,
    ) -> Artifact:
        """Store bytes for an owner; storing the same again changes nothing.

        Args:
            owner: who may read it from now on.
            kind: what it is.
            data: its bytes.
            parents: ids of what it was made from; the owner must be able to read all of them.
            modality: its kind of data, which it inherits from its parents; required without any.
            settings: how it was made, as JSON-serialisable values.
            seed: the seed of all randomness in making it.
            numbers: the step's measured numbers, for the ribbon and the hand-over.

        Returns:
            the artefact; it survives kill -9 from this moment on.

        Raises:
            NotFound: a parent does not exist for this owner.
            ValueError: kind or modality is unknown, or contradicts the parents'; or the settings
                hold NaN or an infinity.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of the kinds {KINDS}")
        settings = dict(settings or {})
        with self._database.reading() as session:
            of_parents = {self.holdings(session, owner, each)[0].modality for each in parents}
        modality = _the_only(of_parents | ({modality} if modality else set()))
        recipe = recipe_id(kind, parents, settings, seed, modality)
        with self._files.lock:
            id_ = self._files.write(data)
            with self._database.writing() as session:
                ensure_blob(session, id_, len(data))
                moment = now_utc()
                seq = (session.scalar(select(func.max(HoldingRow.seq))) or 0) + 1
                row = session.get(HoldingRow, (owner, recipe, id_)) or HoldingRow(
                    owner=owner,
                    recipe=recipe,
                    artifact_id=id_,
                    kind=kind,
                    modality=modality,
                    parents=list(parents),
                    settings=settings,
                    seed=seed,
                    code_version=lineage.CODE_VERSION,
                    numbers=dict(numbers or {}),
                    created_at=moment,
                )
                row.seq, row.used_at = seq, moment
                session.add(row)
                session.flush()
                return artifact_of(row)

    @remembered
    def find(self, owner: str, recipe: str) -> Artifact | None:
        """What the owner, or the example model, already has for this recipe; None if nothing.

        What is damaged does not count: it can be made again, which repairs it.
        """
        with self._database.reading() as session:
            query = select(HoldingRow).where(
                HoldingRow.recipe == recipe, HoldingRow.owner.in_((owner, HOUSE))
            )
            rows = own_and_newest_first(session.scalars(query), owner)
            return next((artifact_of(row) for row in rows if self._is_sound(row.artifact_id)), None)

    @remembered
    def get(self, owner: str, id: str, kind: Kind | None = None) -> Artifact:
        """What is known about an artefact.

        Args:
            owner: who is asking.
            id: which artefact.
            kind: which of its kinds, if the same bytes are known as several.

        Returns:
            the latest way in which this owner, or else the example model, came by it.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
        """
        with self._database.reading() as session:
            return artifact_of(self.holdings(session, owner, id, kind)[0])

    def read(self, owner: str, id: str) -> bytes:
        """The bytes of an artefact.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
            Corrupted: the file no longer holds what was stored.
        """
        with self._database.reading() as session:
            self.holdings(session, owner, id)
        return self._files.read(id)

    def opened(self, owner: str, id: str, parse: Callable[[bytes], Parsed]) -> Parsed:
        """What `parse` makes of an artefact's bytes; they never change, so they are parsed once.

        Args:
            owner: who is asking; checked every time.
            id: which artefact.
            parse: a module-level function or a method, so that it is recognised as the same one.

        Returns:
            one object shared by all callers: do not modify it.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
            Corrupted: the file no longer holds what was stored.
        """
        with self._database.reading() as session:
            self.holdings(session, owner, id)
        found: Parsed = self._opened(id, parse)
        return found

    def opened_of(self, artifact: Artifact, parse: Callable[[bytes], Parsed]) -> Parsed:
        """The same of an artefact that the store has just given out: nobody is asked again."""
        found: Parsed = self._opened(artifact.id, parse)
        return found

    def _parse(self, id_: str, parse: Callable[[bytes], Any]) -> Any:
        return parse(self._files.read(id_))

    def _is_sound(self, id_: str) -> bool:
        """Whether the file holds what was stored; found out once."""
        if id_ not in self._sound and self._files.holds(id_):
            self._sound.add(id_)
        return id_ in self._sound and self._files.is_there(id_)

    @remembered
    def owns(self, owner: str, id: str) -> bool:
        """Whether it is the owner's own, rather than readable because it is the example model's."""
        with self._database.reading() as session:
            query = select(HoldingRow.recipe).where(
                HoldingRow.owner == owner, HoldingRow.artifact_id == id
            )
            return session.scalar(query.limit(1)) is not None

    @remembered
    def of_kind(self, owner: str, kind: Kind) -> list[Artifact]:
        """All the owner's own artefacts of a kind, newest first, each id once."""
        with self._database.reading() as session:
            query = select(HoldingRow).where(HoldingRow.owner == owner, HoldingRow.kind == kind)
            newest: dict[str, HoldingRow] = {}
            for row in own_and_newest_first(session.scalars(query), owner):
                newest.setdefault(row.artifact_id, row)
            return [artifact_of(row) for row in newest.values()]

    @remembered
    def lineage(
        self, owner: str, id: str, kind: Kind | None = None, beside: tuple[str, ...] = ()
    ) -> list[Artifact]:
        """An artefact and everything it was made from, oldest first, itself last.

        Args:
            owner: who is asking.
            id: which artefact.
            kind: which of its kinds, if the same bytes are known as several.
            beside: ids of the artefacts in the same lane; if the same bytes were made in several
                ways, the way through these is taken.

        Raises:
            NotFound: it does not exist or belongs to somebody else.
        """
        with self._database.reading() as session:
            return self.lineage_in(session, owner, id, kind, beside)

    def lineages(self, owner: str, asked: Sequence[tuple[str, Kind]]) -> list[list[Artifact]]:
        """The lineages of several artefacts, as in `lineage`, with as few queries as for one.

        Raises:
            NotFound: one does not exist or belongs to somebody else.
        """
        with self._database.reading() as session:
            known = self._led_to(session, owner, {id_ for id_, _ in asked})
            return [self._walked(known, id_, kind, ()) for id_, kind in asked]

    def nearest(self, owner: str, id: str, kind: Kind) -> Artifact:
        """The latest artefact of a kind in a lineage, for instance a checkpoint's encoder.

        Raises:
            NotFound: there is none, or the artefact belongs to somebody else.
        """
        for artifact in reversed(self.lineage(owner, id)):
            if artifact.kind == kind:
                return artifact
        raise NotFound(f"nothing of the kind {kind} led to {id}")

    def lineage_in(
        self,
        session: Session,
        owner: str,
        id_: str,
        kind: Kind | None = None,
        beside: Iterable[str] = (),
    ) -> list[Artifact]:
        """Like `lineage`, within a session."""
        return self._walked(self._led_to(session, owner, {id_}), id_, kind, beside)

    @staticmethod
    def _walked(
        known: Mapping[str, list[HoldingRow]], id_: str, kind: Kind | None, beside: Iterable[str]
    ) -> list[Artifact]:
        """The lineage of one artefact, given the holdings of everything that led to it."""
        neighbours = frozenset(beside)
        visited: dict[tuple[str, str], HoldingRow] = {}  # in result order

        def visit(rows: list[HoldingRow], path: tuple[HoldingRow, ...]) -> None:
            # Bytes may have been made in several ways, even from themselves: avoid cycles.
            rows = [row for row in rows if row not in path]
            if not rows:
                return
            row = made_through(rows, neighbours)
            if (row.recipe, row.artifact_id) in visited:
                return
            for parent in row.parents:
                candidates = _or_missing(known[parent], parent)
                visit([c for c in candidates if _may_precede(c, row)], (*path, row))
            visited[row.recipe, row.artifact_id] = row

        asked = [row for row in known[id_] if kind is None or row.kind == kind]
        visit(_or_missing(asked, id_), ())
        return [artifact_of(row) for row in visited.values()]

    def _led_to(self, session: Session, owner: str, ids: Set[str]) -> dict[str, list[HoldingRow]]:
        """How the owner and the example model came by artefacts and all their possible ancestors.

        Returns:
            holdings by id; fetched one generation at a time, so a long chain takes few queries.
        """
        known: dict[str, list[HoldingRow]] = {}
        wanted = set(ids)
        while wanted:
            query = select(HoldingRow).where(
                HoldingRow.artifact_id.in_(wanted), HoldingRow.owner.in_((owner, HOUSE))
            )
            rows = own_and_newest_first(session.scalars(query), owner)
            known |= {one: [row for row in rows if row.artifact_id == one] for one in wanted}
            wanted = {parent for row in rows for parent in row.parents} - known.keys()
        return known

    def holdings(
        self, session: Session, owner: str, id_: str, kind: Kind | None = None
    ) -> list[HoldingRow]:
        """How the owner and the example model came by an artefact, best answer first."""
        query = select(HoldingRow).where(
            HoldingRow.artifact_id == id_, HoldingRow.owner.in_((owner, HOUSE))
        )
        if kind is not None:
            query = query.where(HoldingRow.kind == kind)
        return _or_missing(own_and_newest_first(session.scalars(query), owner), id_)


def ensure_blob(session: Session, id_: str, n_bytes: int) -> BlobRow:
    """The row for some bytes, new or existing."""
    blob = session.get(BlobRow, id_)
    if blob is None:
        blob = BlobRow(id=id_, n_bytes=n_bytes, created_at=now_utc())
        session.add(blob)
        session.flush()
    return blob


def _or_missing(rows: list[HoldingRow], id_: str) -> list[HoldingRow]:
    """The rows, provided there are any.

    Raises:
        NotFound: there are none.
    """
    if not rows:
        raise NotFound(f"there is no artefact {id_} for this owner")
    return rows


def _the_only(modalities: Set[str]) -> str:
    """The one kind of data that an artefact and all of its parents have."""
    if len(modalities) != 1 or not modalities <= MODALITIES.keys():
        raise ValueError(f"the modality must be one of {[*MODALITIES]}, found {sorted(modalities)}")
    return next(iter(modalities))


def own_and_newest_first(rows: Iterable[HoldingRow], owner: str) -> list[HoldingRow]:
    """How somebody came by something, best answer first."""
    return sorted(rows, key=lambda row: (row.owner != owner, -row.seq))


def made_through(rows: list[HoldingRow], beside: frozenset[str]) -> HoldingRow:
    """Of several ways to the same bytes, the one with most parents in `beside`; else the first."""
    return max(rows, key=lambda row: len(beside.intersection(row.parents)))


def _may_precede(parent: HoldingRow, child: HoldingRow) -> bool:
    order: Sequence[str] = KINDS
    return order.index(parent.kind) <= order.index(child.kind)


def artifact_of(row: HoldingRow) -> Artifact:
    """A database row as an artefact of the chain."""
    return Artifact(
        id=row.artifact_id,
        kind=row.kind,  # type: ignore[arg-type]  # only `keep` writes it, after checking
        recipe=row.recipe,
        parents=tuple(row.parents),
        settings=dict(row.settings),
        seed=row.seed,
        code_version=row.code_version,
        created_at=as_utc(row.created_at).isoformat(),
        n_bytes=row.blob.n_bytes,
        numbers=dict(row.numbers),
        modality=row.modality,
    )
