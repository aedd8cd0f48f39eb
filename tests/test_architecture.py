"""The layers of DESIGN §4, the homes of libraries and the public names, read from the source."""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import artifolio

PACKAGE = Path(artifolio.__file__).parent

# Row by module, or by package with all that is in it. A new module needs its row here.
ROWS = {
    **dict.fromkeys("errors renames temporaries files hostnames".split(), 0),
    **dict.fromkeys(
        "values media fields keys retirement bodies tables formulas markdownimages".split(), 1
    ),
    **dict.fromkeys("lines origins headerfields headers records codec".split(), 2),
    **dict.fromkeys("location cachefile entries folders pins recordfiles store".split(), 3),
    **dict.fromkeys("index catalog diffs trends alignment columns deltas".split(), 3),
    **dict.fromkeys(
        "textdiffs tablediffs diffcells diffmarkdown comparisons versionnames".split(), 3
    ),
    **dict.fromkeys("checking strays cleaning retention".split(), 3),
    **dict.fromkeys(
        "context runs updates publisher sdk artifact gitstate commits ranges".split(), 4
    ),
    **dict.fromkeys("places addresses messenger remote".split(), 4),
    "website": 5,
    **dict.fromkeys("server publishing".split(), 6),
    "cli": 7,
    **dict.fromkeys(["", "__main__", "wiring"], 8),
}
# Where each library that is not Python's own may be imported.
HOMES = {
    "yaml": "codec",
    "jinja2": "website.rendering",
    "markupsafe": "website.rendering",
    "cmarkgfm": "website.commonmark",
    "nh3": "website.markup",
    "pygments": "website.highlighting",
    "mkdocs": "website.engine",
    "material": "website.engine",
    "watchdog": "website.watcher",
    "itables": "website.assetfiles",
    "starlette": "server",
    "anyio": "server",
    "uvicorn": "server",
    "h11": "server",
    "click": "cli",
    "rich": "cli",
}
# Longer than 300 lines, each for its reason.
LONG = {
    "sdk": "fourteen public functions, whose docstrings users read",
}
VAGUE = {"utils", "util", "helpers", "common", "base", "manager", "misc", "core"}

NAMES = """
create_link_artifact create_markdown_artifact create_table_artifact create_progress_artifact
update_progress_artifact create_image_artifact create_file_artifact
acreate_link_artifact acreate_markdown_artifact acreate_table_artifact acreate_progress_artifact
aupdate_progress_artifact acreate_image_artifact acreate_file_artifact
Artifact flow task publishing Store ArtifolioError
""".split()
OPTIONS = "tags=(), metadata=None, created=None, store=None"
SIGNATURES = {
    "create_link_artifact": f"link, link_text=None, key=None, description=None, *, {OPTIONS}",
    "create_markdown_artifact": (
        f"markdown, key=None, description=None, *, folder=None, {OPTIONS}"
    ),
    "create_table_artifact": (
        f"table, key=None, description=None, *, row_key=(), trend=(), {OPTIONS}"
    ),
    "create_progress_artifact": f"progress, key=None, description=None, *, {OPTIONS}",
    "update_progress_artifact": "artifact_id, progress, description=None, *, store=None",
    "create_image_artifact": (
        f"image_url=None, key=None, description=None, *, image=None, alt=None, {OPTIONS}"
    ),
    "create_file_artifact": f"path, key=None, description=None, *, {OPTIONS}",
}
# prefect.artifacts of Prefect 3, positional parameters in order, without its client.
PREFECT = {
    "create_link_artifact": "link link_text key description",
    "create_markdown_artifact": "markdown key description",
    "create_table_artifact": "table key description",
    "create_progress_artifact": "progress key description",
    "update_progress_artifact": "artifact_id progress description",
    "create_image_artifact": "image_url key description",
}


@dataclass(frozen=True)
class Module:
    name: str
    """Dotted, below the package; empty for its root."""
    path: Path
    tree: ast.Module

    def __str__(self) -> str:
        return self.name or "artifolio"

    def imports(self) -> set[str]:
        """Return all that is imported anywhere in the module, for types alone included."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self}: relative import in line {node.lineno}"
                found.add(node.module or "")
                # A name may be a module: from artifolio.website import urls.
                for alias in node.names:
                    if f"{node.module}.{alias.name}".removeprefix("artifolio.") in NAMED:
                        found.add(f"{node.module}.{alias.name}")
        return found

    def inner_imports(self) -> set[str]:
        """Return the modules of the package that are imported, named as here."""
        return {
            name.removeprefix("artifolio").removeprefix(".")
            for name in self.imports()
            if name.partition(".")[0] == "artifolio"
        }


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = sorted(PACKAGE.rglob("*.py"))
NAMED = {dotted(path) for path in SOURCES}
MODULES = [Module(dotted(path), path, ast.parse(path.read_text("utf-8"))) for path in SOURCES]


def row_of(name: str) -> int:
    return ROWS[name.partition(".")[0]]


def within(name: str, home: str) -> bool:
    return name == home or name.startswith(f"{home}.")


each_module = pytest.mark.parametrize("module", MODULES, ids=str)


@each_module
def test_a_module_has_its_row(module):
    assert module.name.partition(".")[0] in ROWS


@each_module
def test_a_module_imports_from_its_row_and_below(module):
    above = {name for name in module.inner_imports() if row_of(name) > row_of(module.name)}
    assert above == set()


@pytest.mark.parametrize(("one", "other"), [("server", "publishing"), ("publishing", "server")])
def test_packages_beside_each_other_do_not_know_each_other(one, other):
    knowing = {
        module.name
        for module in MODULES
        if within(module.name, one) and any(within(name, other) for name in module.inner_imports())
    }
    assert knowing == set()


@each_module
def test_a_module_never_imports_from_the_package_root(module):
    assert "" not in module.inner_imports() or module.name == ""


def test_modules_import_in_no_cycle():
    graph = {module.name: module.inner_imports() - {module.name} for module in MODULES}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@each_module
def test_a_library_is_imported_in_its_home_only(module):
    foreign = {name.partition(".")[0] for name in module.imports()}
    foreign -= sys.stdlib_module_names | {"artifolio", "__future__"}
    assert foreign <= HOMES.keys()
    strays = {library for library in foreign if not within(module.name, HOMES[library])}
    assert strays == set()


@pytest.mark.parametrize("module", [m for m in MODULES if row_of(m.name) < 7], ids=str)
def test_nothing_below_the_command_line_prints_or_exits(module):
    spoken = {"print", "input", "exit", "quit", "breakpoint", "SystemExit"}
    calls = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)} & spoken
    attributes = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert calls == set()
    assert attributes & {"sys.exit", "os._exit", "os.abort", "sys.stdout", "sys.stderr"} == set()


@each_module
def test_a_module_says_what_it_is_for_in_one_sentence(module):
    docstring = ast.get_docstring(module.tree) or ""
    first = docstring.partition("\n\n")[0]
    assert first.endswith(".")
    assert not first.startswith("This module")


@pytest.mark.parametrize("module", [m for m in MODULES if m.name not in LONG], ids=str)
def test_a_module_has_300_lines_at_most(module):
    assert len(module.path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("name", LONG)
def test_a_module_that_may_be_long_is_long(name):
    (module,) = (module for module in MODULES if module.name == name)
    assert len(module.path.read_text("utf-8").splitlines()) > 300


@each_module
def test_a_module_is_named_after_a_thing(module):
    assert not set(module.name.split(".")) & VAGUE


def test_the_public_names_are_these_and_no_others():
    assert artifolio.__all__ == NAMES
    assert all(hasattr(artifolio, name) for name in NAMES)


def test_the_root_holds_no_logic():
    (root,) = (module for module in MODULES if module.name == "")
    lazy = [node for node in root.tree.body if isinstance(node, ast.If)]
    assert [ast.unparse(node.test) for node in lazy] == ["TYPE_CHECKING"]
    nodes = [*root.tree.body[1:], *lazy[0].body, *lazy[0].orelse]
    assert {type(node) for node in nodes} == {ast.ImportFrom, ast.Assign, ast.If}


def shown(function) -> str:
    """Return a signature without its types."""
    parameters = inspect.signature(function).parameters.values()
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
    return str(inspect.Signature(bare))[1:-1]


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_has_the_signature_of_the_design(name):
    assert shown(getattr(artifolio, name)) == SIGNATURES[name]
    assert shown(getattr(artifolio, f"a{name}")) == SIGNATURES[name]


@pytest.mark.parametrize("name", PREFECT)
def test_a_function_takes_what_prefects_does_in_the_same_order(name):
    parameters = inspect.signature(getattr(artifolio, name)).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == PREFECT[name].split()


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_function_is_typed_and_documented(name):
    function = getattr(artifolio, name)
    signature = inspect.signature(function)
    assert signature.return_annotation == "UUID"
    assert all(p.annotation is not p.empty for p in signature.parameters.values())
    assert all(f"\n    {p}:" in f"\n{inspect.getdoc(function)}" for p in signature.parameters)


def test_artifact_is_asked_as_prefects_is():
    assert shown(artifolio.Artifact.get) == "key, *, version=None, store=None"
    assert shown(artifolio.Artifact.versions) == "key, *, store=None"
    assert shown(artifolio.Artifact.get_or_create) == (
        "key=None, description=None, data=None, *, "
        "type='markdown', tags=(), metadata=None, store=None"
    )
