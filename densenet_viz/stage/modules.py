"""Plain ES modules, and what places get of them that cannot load a file by its path.

The tests and the type checker read the files as they are, and the same picture runs in the app, in
a notebook and in a page opened from a disk. Where the app's server has a route for the files
(`densenet_viz.lecture.server`), a component is a short text that loads them from there
(`link_stage`): the browser keeps them, because a new version has a new address. Without the route,
a component gets its JavaScript as one text, which Streamlit sends again with every answer; in
`adapt_stage` each file occurs once. Without a server, a module is one data address (`address`),
and so is each module that it imports.

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
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent
SHARED_STYLE = "shared/stage.css"
"""The style sheet that all stages use."""
FILES = "/hall/files/{version}/"
"""The path under which the server has the files, after the app's own base path."""
PAINTED = "/hall/painted"
"""The path that a browser tells once that it has drawn a picture; the answer names more files."""
BORROWED = {"bench": ("maps/map-tools.css",), "two": ("maps/map-tools.css",)}
"""Style sheets of shared controls that not all stages use."""
_IMPORT = re.compile(r'(from\s+)"(\.[^"]+\.js)"')
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/[ \t]*)\n", re.M | re.S)
"""Comments that have their lines for themselves."""


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
    """The text of module `file`, with every file that it imports included, without comments.

    A file with several importers is included several times, so a comment would be, too.

    >>> 'from "../shared' in join_modules("growth/growth.js")
    False

    Raises:
        FileNotFoundError: there is no such module.
    """
    return _IMPORT.sub(
        lambda found: f'{found[1]}"{address(_imported(file, found[2]))}"',
        _COMMENT.sub("", _text(file)),
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


def link_stage(stage: str, sheets: Sequence[str]) -> str:
    """A component's JavaScript: loads a stage and its style sheets from the app's server.

    Args:
        stage: its name.
        sheets: the paths of its style sheets.

    Raises:
        FileNotFoundError: there is no such stage.
    """
    file = stage_file(stage)
    files = dict.fromkeys((*files_of(file), *files_of("streamlit.js")))
    return _LINK.substitute(
        folder=FILES.format(version=version()).lstrip("/"),
        files=json.dumps(list(files)),
        sheets=json.dumps(list(sheets)),
        stage=file,
        painted=PAINTED.lstrip("/"),
    )


def linked_modules(stages: Iterable[str]) -> dict[str, str]:
    """The path of each stage's module from the lecture's own, where both come from the server."""
    return {stage: f"../{stage_file(stage)}" for stage in stages}


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

# Streamlit's page names its own script by an address relative to the page, so the part before it is
# right under a base path, and behind a proxy that removes one.
_LINK = Template("""\
const own = document.querySelector('script[type="module"][src*="static/js/"]');
const [base] = own.src.split("static/js/");
const folder = `$${base}$folder`;
for (const file of $files) {
  if (document.head.querySelector(`link[href="$${folder}$${file}"]`)) continue;
  const link = document.createElement("link");
  Object.assign(link, { rel: "modulepreload", href: folder + file });
  document.head.append(link);
}
const load = async (file) => {
  const answer = await fetch(folder + file);
  if (!answer.ok) throw new Error(`$${answer.status} for $${file}`);
  return new CSSStyleSheet().replace(await answer.text());
};
const tellFailure = ({ parentElement }) => {
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.textContent = "The picture could not be loaded. Reload the page to try again.";
  parentElement.replaceChildren(words);
  parentElement.host.setAttribute("data-drawn", "failed");
  return () => words.remove();
};
const show = await Promise.all([
  import(`$${folder}$stage`),
  import(`$${folder}streamlit.js`),
  ...$sheets.map(load),
]).then(
  ([{ mount }, { adapt }, ...sheets]) => adapt(mount, sheets),
  (error) => (console.error(error), tellFailure),
);
export default (component) => {
  const end = show(component);
  globalThis.densenetVizPainted ??= requestAnimationFrame(() =>
    setTimeout(async () => {
      const { loadAhead } = await import(`$${folder}ahead.js`);
      await loadAhead(base, "$painted");
    }),
  );
  return end;
};
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
    return style(*sheets_of(stage))


def sheets_of(stage: str) -> tuple[str, ...]:
    """The paths of a stage's own style sheet and of the shared ones that not all stages use."""
    return (*BORROWED.get(stage, ()), stage_file(stage).removesuffix(".js") + ".css")
