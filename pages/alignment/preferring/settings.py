"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

PREFER_RULES: Final = ("polite", "brief", "truthful", "honest", "on_topic")
"""Those of core.alignment.text.rules, not imported here because no heading should wait for it."""

SETTINGS: Final = (Setting("prefer_rule", "polite", choices=PREFER_RULES),)
