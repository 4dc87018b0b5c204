"""Plain ES modules, joined for places that can load only one module.

The tests and the type checker read the files as they are, and the same picture runs in the app, in
a notebook and in a page opened from a disk. A component gets its JavaScript as one text, which
Streamlit sends again with every answer; in `adapt_stage` each file occurs once. Without such a
page, a module is one data address (`address`), and so is each module that it imports.

A file is named by its path in this folder, as `growth/growth.js`. A stage's name says its path: the
stage `growth` is `growth/growth.js`, and `variants-count` is `variants/count.js`; its style sheet
has the same path with `.css`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent
SHARED_STYLE = "shared/stage.css"
"""The style sheet that all stages use."""
BORROWED = {"bench": ("shared/map-tools.css",), "two": ("shared/map-tools.css",)}
"""Style sheets of shared controls that not all stages use."""
_IMPORT = re.compile(r'(from\s+)"(\.[^"]+\.js)"')


def stage_file(stage: str) -> str:
    """The path of a stage's module.

    >>> stage_file("growth"), stage_file("variants-count")
    ('growth/growth.js', 'variants/count.js')
    """
    folder, _, part = stage.partition("-")
    return f"{folder}/{part or folder}.js"


def _imported(importer: str, written: str) -> str:
    """The path of a module that another one imports as `written`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), written))


def _text(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")


@cache
def join_modules(file: str) -> str:
    """The text of module `file`, with every file that it imports included.

    >>> 'from "../shared' in join_modules("growth/growth.js")
    False

    Raises:
        FileNotFoundError: there is no such module.
    """
    return _IMPORT.sub(
        lambda found: f'{found[1]}"{address(_imported(file, found[2]))}"', _text(file)
    )


def adapt_stage(stage: str) -> str:
    """A component's JavaScript: a stage with Streamlit's component interface.

    Each file becomes an address in the page, after the files that it imports. All components of a
    page share these addresses.

    Raises:
        FileNotFoundError: there is no such stage.
    """
    file = stage_file(stage)
    files = dict.fromkeys((*files_of(file), *files_of("streamlit.js")))
    texts = {name: _by_path(name) for name in files}
    return _LOADER.substitute(
        version=version(), texts=json.dumps(texts, ensure_ascii=False), stage=file
    )


def _by_path(file: str) -> str:
    """A module's text in which every import names the path of a file in this folder."""
    return _IMPORT.sub(lambda found: f'{found[1]}"./{_imported(file, found[2])}"', _text(file))


@cache
def files_of(file: str) -> tuple[str, ...]:
    """Module `file` and all modules that it imports: each once, after those it imports itself.

    >>> files_of("shared/dom.js"), files_of("agreement/agreement.js")[-1]
    (('shared/dom.js',), 'agreement/agreement.js')

    Raises:
        FileNotFoundError: there is no such module.
    """
    needed = (
        name
        for found in _IMPORT.finditer(_text(file))
        for name in files_of(_imported(file, found[2]))
    )
    return tuple(dict.fromkeys((*needed, file)))


@cache
def version() -> str:
    """A hash of all modules and style sheets: when it is new, browsers load all of them again."""
    digest = hashlib.sha256()
    for file in all_files():
        digest.update(file.encode() + (FOLDER / file).read_bytes())
    return digest.hexdigest()[:16]


@cache
def all_files() -> tuple[str, ...]:
    """The paths of all modules and style sheets, sorted."""
    found = (file for file in FOLDER.rglob("*") if file.suffix in (".js", ".css"))
    return tuple(sorted(file.relative_to(FOLDER).as_posix() for file in found))


_LOADER = Template("""\
const texts = $texts;
const files = ((globalThis.densenetVizModules ??= {})["$version"] ??= {});
const imports = /(from\\s+)"\\.\\/([^"]+\\.js)"/g;
for (const [file, text] of Object.entries(texts)) {
  const ready = text.replace(imports, (_, from, name) => `$${from}"$${files[name]}"`);
  files[file] ??= URL.createObjectURL(new Blob([ready], { type: "text/javascript" }));
}
const { mount } = await import(files["$stage"]);
const { adapt } = await import(files["streamlit.js"]);
export default adapt(mount);
""")


@cache
def address(file: str) -> str:
    """Module `file` with all its imports, as an address that `import()` accepts.

    Raises:
        FileNotFoundError: there is no such module.
    """
    packed = base64.b64encode(join_modules(file).encode()).decode()
    return f"data:text/javascript;base64,{packed}"


@cache
def style(*files: str) -> str:
    """The style sheets of those paths, one after the other."""
    return "\n".join(_text(file) for file in files)


def style_of(stage: str) -> str:
    """A stage's own style and the shared sheets it uses; it also needs `style(SHARED_STYLE)`."""
    own = stage_file(stage).removesuffix(".js") + ".css"
    return style(*BORROWED.get(stage, ()), own)
