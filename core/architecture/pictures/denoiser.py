"""The denoiser: it sees a noisy picture, the time and a caption, and says in which direction the
noise lies.

Time runs from 0, the picture, to 1, pure noise.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from core.architecture.attention import Recording
from core.architecture.normalization import norm_for
from core.architecture.pictures.blocks import PictureBlock, TextBlock
from core.architecture.pictures.clock import Clock
from core.architecture.pictures.config import DenoiserConfig
from core.architecture.pictures.patches import from_patches, to_patches
from core.architecture.unset import unset_table

POSITION_SCALE = 0.5  # standard deviation of positions at the start: told apart from step 1 on
PADDING, EMPTY, UNKNOWN = 0, 1, 2  # ids of the special words, as the caption encoder gives them


@dataclass(frozen=True)
class Words:
    """Captions as the picture's blocks read them.

    Args:
        vectors: (B, L, C).
        visible: (B, L) True for words, False for padding.
    """

    vectors: Tensor
    visible: Tensor


@dataclass
class Looks:
    """What a forward pass records for inspection: one entry a block in every list of both."""

    cross: Recording = field(default_factory=Recording)
    """patches looking at words: weights (B, H, N, L), shares of 1"""
    own: Recording = field(default_factory=Recording)
    """patches looking at patches: weights (B, H, N, N)"""

    @property
    def at_words(self) -> Tensor:
        """(blocks, B, H, N, L) every cross-attention weight."""
        return torch.stack(self.cross.attention_weights)


class Denoiser(nn.Module):
    """Words in, noisy patches in; blocks; the direction from picture to noise out.

    Args:
        config: the plan.
        seed: draws the initial weights; None: leave them as they come, to be overwritten.
    """

    def __init__(self, config: DenoiserConfig, seed: int | None = 0) -> None:
        super().__init__()
        self.config = config
        C = config.n_channels
        self.word_table = unset_table(config.n_words, C)
        self.word_positions = nn.Parameter(torch.empty(config.n_caption, C))
        self.text_blocks = nn.ModuleList(TextBlock(config) for _ in range(config.n_text_blocks))
        self.text_norm = norm_for(config.block)
        self.patches_in = nn.Linear(config.patch_numbers, C)
        self.patch_positions = nn.Parameter(torch.empty(config.n_patches, C))
        self.clock = Clock(config)
        self.blocks = nn.ModuleList(PictureBlock(config) for _ in range(config.n_blocks))
        self.final_norm = norm_for(config.block)
        self.patches_out = nn.Linear(C, config.patch_numbers)
        if seed is not None:
            self._initialise(seed)

    def forward(self, noisy: Tensor, time: Tensor, captions: Tensor) -> Tensor:
        """What the model was trained to say about a noisy picture: the velocity, or the noise.

        Args:
            noisy: (B, 3, S, S) picture and noise, mixed.
            time: (B,) share of noise, 0 to 1.
            captions: (B, L) ids of words, 0 for padding.

        Returns:
            (B, 3, S, S).
        """
        return self.answer(noisy, time, self.read_words(captions))

    def read_words(self, captions: Tensor) -> Words:
        """The caption side alone; it does not depend on picture or time.

        Args:
            captions: (B, L) ids of words, L at most n_caption, 0 for padding.
        """
        visible = captions != PADDING  # (B, L)
        x = self.word_table(captions) + self.word_positions[: captions.shape[1]]  # (B, L, C)
        for block in self.text_blocks:
            x = block(x, visible)
        return Words(self.text_norm(x), visible)

    def answer(
        self, noisy: Tensor, time: Tensor, words: Words, looks: Looks | None = None
    ) -> Tensor:
        """The picture side: as `forward`, with captions already read.

        Args:
            noisy: (B, 3, S, S).
            time: (B,).
            words: of B captions.
            looks: records all attention; forces the textbook path.

        Returns:
            (B, 3, S, S).
        """
        vectors = self.vectors(noisy, time, words, looks)
        return from_patches(self.patches_out(vectors), self.config.patch)

    def vectors(
        self, noisy: Tensor, time: Tensor, words: Words, looks: Looks | None = None
    ) -> Tensor:
        """What the model has made of every patch, before it answers; arguments as in `answer`.

        Returns:
            (B, N, C).
        """
        own, cross = (None, None) if looks is None else (looks.own, looks.cross)
        switches = self.clock(time)  # (B, 6, C)
        x = self.patches_in(to_patches(noisy, self.config.patch)) + self.patch_positions
        for block in self.blocks:
            x = block(x, switches, words.vectors, words.visible, own, cross)  # (B, N, C)
        vectors: Tensor = self.final_norm(x)
        return vectors

    @torch.no_grad()
    def attend(self, noisy: Tensor, time: Tensor, captions: Tensor) -> Looks:
        """Every attention weight of one forward pass; arguments as in `forward`."""
        looks = Looks()
        self.answer(noisy, time, self.read_words(captions), looks)
        return looks

    @property
    def n_parameters(self) -> int:
        """The number of parameters."""
        return sum(parameter.numel() for parameter in self.parameters())

    @torch.no_grad()
    def _initialise(self, seed: int) -> None:
        """Matrices at random with their input's scale; what adds to a stream starts at zero.

        So a new denoiser answers 0 everywhere, and every block starts as the identity.
        """
        generator = torch.Generator().manual_seed(seed)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(0.0, module.in_features**-0.5, generator=generator)
                if module.bias is not None:
                    module.bias.zero_()
        self.word_table.weight.normal_(0.0, 1.0, generator=generator)
        self.word_table.weight[UNKNOWN].zero_()  # it is in no caption that is learned from
        for positions in (self.word_positions, self.patch_positions):
            positions.normal_(0.0, POSITION_SCALE, generator=generator)
        for name, weight in self.named_parameters():
            if "blocks." in name and name.endswith(("out.weight", "down.weight")):
                weight.zero_()
        self.clock.switches.weight.zero_()
        self.patches_out.weight.zero_()
