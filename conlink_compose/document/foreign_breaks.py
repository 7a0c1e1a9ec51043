"""NEL, LS and PS: libyaml ends a line at each of them, YAML 1.2 and every editor do not.

So they are exchanged for characters that nobody uses while libyaml reads; places stay right.
"""

from __future__ import annotations

_HIDDEN = str.maketrans({0x85: 0xF0085, 0x2028: 0xF2028, 0x2029: 0xF2029})
_SHOWN = {new: old for old, new in _HIDDEN.items()}


def hidden(text: str) -> str:
    return text if text.isascii() else text.translate(_HIDDEN)


def are_hidden_in(text: str) -> bool:
    return not text.isascii() and any(chr(code) in text for code in _SHOWN)


def shown(text: str) -> str:
    return text.translate(_SHOWN)
