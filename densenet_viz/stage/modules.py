"""Plain ES modules, joined for places that take one module only.

A component gets its JavaScript as one text. Each `import ... from "./name.js"` is replaced by a
data address that holds that file, so that the files stay what the tests and the type checker
read, and the same picture runs in the app, in a notebook and in a page opened from a disk.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "js"
_IMPORT = re.compile(r'(from\s+)"\./([\w-]+\.js)"')


@cache
def joined(name: str) -> str:
    """The text of module `name` with every file it imports inside it.

    >>> 'from "./' in joined("growth.js")
    False

    Raises:
        FileNotFoundError: a module of that name does not exist.
    """
    text = (FOLDER / name).read_text(encoding="utf-8")
    return _IMPORT.sub(lambda match: f'{match[1]}"{address(match[2])}"', text)


def adapted(name: str) -> str:
    """A component's JavaScript: stage `name` behind Streamlit's component interface."""
    return (
        f'import {{ mount }} from "{address(f"{name}.js")}";\n'
        f'import {{ adapt }} from "{address("streamlit.js")}";\n'
        "export default adapt(mount);\n"
    )


@cache
def address(name: str) -> str:
    """Module `name` with all that it imports as an address that `import()` takes.

    Raises:
        FileNotFoundError: a module of that name does not exist.
    """
    packed = base64.b64encode(joined(name).encode()).decode()
    return f"data:text/javascript;base64,{packed}"


@cache
def style(*names: str) -> str:
    """The named style sheets, one after the other."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
