"""Ballots: a user's choices between two answers, stored the moment they are made.

Invariant: a ballot is stored once however often it is submitted, and only its owner ever sees it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from core.store.artifacts import Artifacts
from core.store.database import Database, as_utc, now_utc
from core.store.tables import BallotRow

Choice = Literal["a", "b", "both_bad"]
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)

PERSON: Final = "you"
"""The judge of a ballot that its owner cast; a rule of the world is "rule:<name>"."""


@dataclass(frozen=True)
class Ballot:
    """One choice between two answers that a model actually generated.

    Args:
        key: distinguishes an owner's ballots; the same key means the same ballot.
        model_id: the model that generated both answers.
        question: the question both answer.
        a, b: the answers; `a` was on the left.
        choice: the better one, or "both_bad".
        lang: language of the question.
        judge: PERSON, or "rule:<name>".
        seed_a, seed_b: the seeds the two answers were drawn with.
        again_of: the key of the ballot this one repeats in a second pass.
        created_at: UTC, ISO 8601; set by the store.
    """

    key: str
    model_id: str
    question: str
    a: str
    b: str
    choice: Choice
    lang: str
    judge: str = PERSON
    seed_a: int = 0
    seed_b: int = 0
    again_of: str | None = None
    created_at: str = ""

    def __post_init__(self) -> None:
        if self.choice not in CHOICES:
            raise ValueError(f"{self.choice!r} is none of the choices {CHOICES}")


class Ballots:
    """The part of the store that keeps choices while they are being made.

    Args:
        database: where rows are stored.
        artifacts: the models whose answers are compared.
    """

    def __init__(self, database: Database, artifacts: Artifacts) -> None:
        self._database = database
        self._artifacts = artifacts

    def cast(self, owner: str, ballots: Iterable[Ballot]) -> int:
        """Store choices; those that already exist stay unchanged.

        Args:
            owner: who chose.
            ballots: in the order they were made.

        Returns:
            how many were new.

        Raises:
            NotFound: a model does not exist or belongs to somebody else.
        """
        n_new = 0
        with self._database.writing() as session:
            seq = session.scalar(select(func.max(BallotRow.seq))) or 0
            for ballot in ballots:
                if session.get(BallotRow, (owner, ballot.key)) is not None:
                    continue
                self._artifacts.holdings(session, owner, ballot.model_id)
                seq, n_new = seq + 1, n_new + 1
                session.add(_row(owner, seq, ballot))
                session.flush()
        return n_new

    def recast(self, owner: str, ballots: Iterable[Ballot]) -> int:
        """Store choices in place of those with the same keys; as `cast` otherwise."""
        given = list(ballots)
        keys = [ballot.key for ballot in given]
        with self._database.writing() as session:
            session.execute(
                delete(BallotRow).where(BallotRow.owner == owner, BallotRow.key.in_(keys))
            )
        return self.cast(owner, given)

    def of(self, owner: str, model_id: str) -> list[Ballot]:
        """All choices of an owner between answers of one model, oldest first."""
        with self._database.reading() as session:
            query = _of(owner, model_id).order_by(BallotRow.seq)
            return [_ballot(row) for row in session.scalars(query)]

    def of_owner(self, owner: str) -> list[Ballot]:
        """All choices of an owner, whichever model's answers they compare, oldest first."""
        with self._database.reading() as session:
            query = select(BallotRow).where(BallotRow.owner == owner).order_by(BallotRow.seq)
            return [_ballot(row) for row in session.scalars(query)]

    def take_back(self, owner: str, model_id: str, *, again: bool = False) -> Ballot | None:
        """Undo: forget the latest choice that the user made for this model.

        Args:
            owner: who chose.
            model_id: the model whose answers were compared.
            again: look in the second pass instead of the first.

        Returns:
            the undone choice; None if there is none.
        """
        with self._database.writing() as session:
            query = _of(owner, model_id).where(
                BallotRow.judge == PERSON, BallotRow.again_of.is_not(None) == again
            )
            row = session.scalar(query.order_by(BallotRow.seq.desc()).limit(1))
            if row is None:
                return None
            session.delete(row)
            return _ballot(row)

    def discard(self, owner: str, model_id: str, judge: str) -> int:
        """Forget all choices by this judge for this model; returns how many."""
        with self._database.writing() as session:
            rows = list(session.scalars(_of(owner, model_id).where(BallotRow.judge == judge)))
            for row in rows:
                session.delete(row)
            return len(rows)


def forget_ballots(session: Session, before: datetime) -> None:
    """Forget an owner's choices for a model if the latest of them was made before `before`."""
    newest = func.max(BallotRow.created_at)
    groups = session.execute(
        select(BallotRow.owner, BallotRow.model_id, newest).group_by(
            BallotRow.owner, BallotRow.model_id
        )
    )
    for owner, model_id, moment in list(groups):
        if as_utc(moment) < before:
            session.execute(
                delete(BallotRow).where(BallotRow.owner == owner, BallotRow.model_id == model_id)
            )


def _of(owner: str, model_id: str) -> Select[BallotRow]:
    return select(BallotRow).where(BallotRow.owner == owner, BallotRow.model_id == model_id)


def _row(owner: str, seq: int, ballot: Ballot) -> BallotRow:
    return BallotRow(
        owner=owner,
        key=ballot.key,
        seq=seq,
        model_id=ballot.model_id,
        question=ballot.question,
        a=ballot.a,
        b=ballot.b,
        choice=ballot.choice,
        lang=ballot.lang,
        judge=ballot.judge,
        seed_a=ballot.seed_a,
        seed_b=ballot.seed_b,
        again_of=ballot.again_of,
        created_at=now_utc(),
    )


def _ballot(row: BallotRow) -> Ballot:
    return Ballot(
        key=row.key,
        model_id=row.model_id,
        question=row.question,
        a=row.a,
        b=row.b,
        choice=row.choice,  # type: ignore[arg-type]  # only `cast` writes it, checked by Ballot
        lang=row.lang,
        judge=row.judge,
        seed_a=row.seed_a,
        seed_b=row.seed_b,
        again_of=row.again_of,
        created_at=as_utc(row.created_at).isoformat(),
    )
