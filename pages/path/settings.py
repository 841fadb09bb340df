"""What a link to the learning path carries; see `pages.kit.setting`.

The open unit stands in the address of every page, for its bar belongs to the page that it is about.
"""

from typing import Final

from pages.kit.setting import Setting
from pages.path.units import ORDER

SETTINGS: Final = (Setting("unit", "", choices=("", *ORDER)),)
