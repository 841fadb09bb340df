"""The parts of a page that live in the browser: figures, tokens, attention, the sampling lab.

What the visitor clicked comes back as a return value; everything else (hovering, dragging, live
rows) happens without the server.
"""

from pages.kit.components.answers import AnswerRow, answers
from pages.kit.components.attention import AttentionCell, attention_view
from pages.kit.components.beam_tree import TreeNode, beam_tree
from pages.kit.components.choice import choice
from pages.kit.components.drawing_board import Ground, Paint, drawing_board
from pages.kit.components.figures import Feed, figure, live_figure, marks
from pages.kit.components.glass import Push, asked_of_glass, glass
from pages.kit.components.latent_space import Part as ModelPart
from pages.kit.components.latent_space import latent_parts, latent_space
from pages.kit.components.learning_pictures import (
    BesideSource,
    Look,
    Moment,
    Skill,
    beside_source,
    learning_pictures,
    skills,
    slow_motion,
)
from pages.kit.components.model_map import Lane, Likely, Passage, model_map
from pages.kit.components.next_word import Candidate, NextWord, next_word
from pages.kit.components.pair import Consequence, lanes
from pages.kit.components.picture_book import (
    Broken,
    Part,
    Shade,
    ShownStep,
    Tile,
    Twin,
    picture_book,
    told,
)
from pages.kit.components.picture_choosing import (
    BeforeNowWords,
    MovedShare,
    PicturePairShown,
    before_now,
    moved_shares,
    picture_ballot,
)
from pages.kit.components.pictures import (
    FilmLine,
    PictureNote,
    Sign,
    Verdict,
    picture_blend,
    picture_brush,
    picture_film,
    picture_wall,
)
from pages.kit.components.run_numbers import RunNow, run_numbers
from pages.kit.components.sampling import Sampling, sampling_lab
from pages.kit.components.scale_zoom import Square, ZoomStop, scale_zoom
from pages.kit.components.schema_editor import schema_editor
from pages.kit.components.stage_line import Frame, Place, Shown, stage_line
from pages.kit.components.steering import Branch, TextToken, branch_tree, steered_text
from pages.kit.components.tokens import Picked, Scale, token_strip
from pages.kit.components.training import Sample, Stop, samples_feed, training_slider
from pages.kit.components.weighing import Dot, Listed, Weighed, weighing
from pages.kit.components.word_maps import PatchCell, effects_wanted, word_maps

__all__ = [
    "AnswerRow",
    "AttentionCell",
    "BeforeNowWords",
    "BesideSource",
    "Branch",
    "Broken",
    "Candidate",
    "Consequence",
    "Dot",
    "Feed",
    "FilmLine",
    "Frame",
    "Ground",
    "Lane",
    "Likely",
    "Listed",
    "Look",
    "ModelPart",
    "Moment",
    "MovedShare",
    "NextWord",
    "Paint",
    "Part",
    "Passage",
    "PatchCell",
    "Picked",
    "PictureNote",
    "PicturePairShown",
    "Place",
    "Push",
    "RunNow",
    "Sample",
    "Sampling",
    "Scale",
    "Shade",
    "Shown",
    "ShownStep",
    "Sign",
    "Skill",
    "Square",
    "Stop",
    "TextToken",
    "Tile",
    "TreeNode",
    "Twin",
    "Verdict",
    "Weighed",
    "ZoomStop",
    "answers",
    "asked_of_glass",
    "attention_view",
    "beam_tree",
    "before_now",
    "beside_source",
    "branch_tree",
    "choice",
    "drawing_board",
    "effects_wanted",
    "figure",
    "glass",
    "lanes",
    "latent_parts",
    "latent_space",
    "learning_pictures",
    "live_figure",
    "marks",
    "model_map",
    "moved_shares",
    "next_word",
    "picture_ballot",
    "picture_blend",
    "picture_book",
    "picture_brush",
    "picture_film",
    "picture_wall",
    "run_numbers",
    "samples_feed",
    "sampling_lab",
    "scale_zoom",
    "schema_editor",
    "skills",
    "slow_motion",
    "stage_line",
    "steered_text",
    "token_strip",
    "told",
    "training_slider",
    "weighing",
    "word_maps",
]
