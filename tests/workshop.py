"""A small lesson for tests: a vote to warm up, one with a right answer, one more, and words."""

from core.rooms.lessons import read_lesson

SOURCE = """
title = { en = "Four steps", de = "Vier Schritte" }

[[steps]]
title = { en = "Come in", de = "Ankommen" }
page = "home"
phone = "vote"
minutes = 2
[steps.question]
ask = { en = "How does it know?", de = "Woher weiß es das?" }
options = [
  { key = "rules", en = "It follows rules", de = "Es folgt Regeln" },
  { key = "guesses", en = "It guesses", de = "Es rät" },
  { key = "no_idea", en = "I have no idea", de = "Ich habe keine Ahnung" },
]

[[steps]]
title = { en = "It draws lots", de = "Es wird gelost" }
page = "inference"
phone = "vote"
minutes = 3
say = { en = "Then it draws.", de = "Dann wird gelost." }
notes = { en = "Let them vote first.", de = "Lass erst abstimmen." }
[steps.question]
ask = { en = "Two seeds: what comes out?", de = "Zwei Seeds: Was kommt heraus?" }
options = [
  { key = "same", en = "The same text", de = "Derselbe Text" },
  { key = "other", en = "Two different texts", de = "Zwei verschiedene Texte" },
]
right = "other"

[[steps]]
title = { en = "On your own", de = "Selbst" }
page = "training"
phone = "page"
minutes = 4
locked = ["modality"]

[[steps]]
title = { en = "Take home", de = "Mitnehmen" }
page = "limits"
phone = "words"
minutes = 1
[steps.question]
ask = { en = "What surprised you?", de = "Was hat dich überrascht?" }
"""

WORKSHOP = read_lesson(SOURCE, "four")
