"""Plain ES modules, joined for places that take one module only.

The files stay what the tests and the type checker read, and the same picture runs in the app, in a
notebook and in a page opened from a disk. A component gets its JavaScript as one text, which
Streamlit sends again with every answer: `adapted` holds each file once. A file that has no page to
help it is one address (`address`), in which each import is a data address of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "js"
BORROWED = {"two": ("bench.css",)}
"""Style sheets of other stages whose controls a stage uses."""
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
    """A component's JavaScript: stage `name` behind Streamlit's component interface.

    Its files become addresses in the page, those first that others import; all components of a
    page share them.

    Raises:
        FileNotFoundError: a module of that name does not exist.
    """
    files = dict.fromkeys((*files_of(f"{name}.js"), *files_of("streamlit.js")))
    texts = {file: (FOLDER / file).read_text(encoding="utf-8") for file in files}
    return _LOADER.substitute(
        version=version(), texts=json.dumps(texts, ensure_ascii=False), stage=f"{name}.js"
    )


@cache
def files_of(name: str) -> tuple[str, ...]:
    """Module `name` and all that it imports, each once and after what it imports itself.

    >>> files_of("dom.js"), files_of("agreement.js")[-1]
    (('dom.js',), 'agreement.js')

    Raises:
        FileNotFoundError: a module of that name does not exist.
    """
    text = (FOLDER / name).read_text(encoding="utf-8")
    needed = (file for match in _IMPORT.finditer(text) for file in files_of(match[2]))
    return tuple(dict.fromkeys((*needed, name)))


@cache
def version() -> str:
    """A hash of all modules and style sheets: with a new one browsers ask again and mix nothing."""
    digest = hashlib.sha256()
    for file in sorted(FOLDER.iterdir()):
        if file.suffix in (".js", ".css"):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


_LOADER = Template("""\
const texts = $texts;
const files = ((globalThis.densenetVizModules ??= {})["$version"] ??= {});
const imports = /(from\\s+)"\\.\\/([\\w-]+\\.js)"/g;
for (const [file, text] of Object.entries(texts)) {
  const ready = text.replace(imports, (_, from, name) => `$${from}"$${files[name]}"`);
  files[file] ??= URL.createObjectURL(new Blob([ready], { type: "text/javascript" }));
}
const { mount } = await import(files["$stage"]);
const { adapt } = await import(files["streamlit.js"]);
export default adapt(mount);
""")


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


def style_of(stage: str) -> str:
    """A stage's own style, with what it borrows; all build on `style("stage.css")`."""
    return style(*BORROWED.get(stage, ()), f"{stage}.css")
