"""The settings of the small world, in one typed table.

Invariant: a setting added later must leave every byte unchanged at its default.
"""

from dataclasses import dataclass
from typing import Final

from core.errors import SettingError

WORLD_VERSION: Final = 1


@dataclass(frozen=True)
class WorldSettings:
    """What is generated, how much of it, and how clean it is."""

    version: int = WORLD_VERSION  # of sentences, words and plots; recorded in every artefact
    seed: int = 1  # draws the town's facts and its texts
    n_documents: int = 6000  # number of documents before exact copies are added
    german_share: float = 0.5  # share of documents in German; the rest are English
    left_out_share: float = 0.0  # share of facts that are true but never told
    role_skew: float = 0.5  # share of people in stereotyped jobs who match it; 0.5 is even
    duplicate_share: float = 0.0  # number of exact copies, as a share of n_documents
    noise_share: float = 0.0  # share of documents with broken encoding, spaces, HTML entities
    private_share: float = 0.0  # share of documents that reveal an address or a number
    boilerplate_share: float = 0.0  # share of documents wrapped in menus and footers

    def __post_init__(self) -> None:
        if self.version != WORLD_VERSION:
            raise SettingError("version", self.version, f"must be {WORLD_VERSION}")
        if not 1 <= self.n_documents <= 200_000:
            raise SettingError("n_documents", self.n_documents, "must lie in [1, 200000]")
        shares = ("german_share", "left_out_share", "role_skew", "noise_share", "private_share",
                  "boilerplate_share")  # fmt: skip
        for name in shares:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SettingError(name, getattr(self, name), "must lie in [0, 1]")
        if not 0.0 <= self.duplicate_share <= 10.0:
            raise SettingError("duplicate_share", self.duplicate_share, "must lie in [0, 10]")
