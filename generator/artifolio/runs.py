"""The ``flow`` and ``task`` decorators, which give runs their ids."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from artifolio.keys import IdMaker
from artifolio.origins import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

_F = TypeVar("_F", bound=Callable[..., Any])

_current: ContextVar[Run | None] = ContextVar("artifolio_run", default=None)
_make_id = IdMaker()

_MOODS = (
    "amber brave bright calm clever cosmic crisp daring deft eager early fair fleet fond gentle "
    "glad golden grand happy hardy honest humble jolly keen kind lively loyal lucid lucky mellow "
    "merry mighty modest neat nimble noble patient polite proud quick quiet rapid rosy serene "
    "silver sleek smart snug solid spry steady sunny swift tidy upbeat vivid warm wise witty"
).split()
_ANIMALS = (
    "badger beaver bison bittern bobcat buzzard camel caribou condor cormorant crane curlew deer "
    "dolphin dove eagle egret falcon ferret finch fox gannet gecko gibbon goose grouse hare hawk "
    "heron ibex ibis jackdaw kestrel kite koala lark lemur lynx magpie marmot marten mole moose "
    "newt osprey otter owl oyster panda partridge pelican plover puffin quail raven robin seal "
    "stork swan swift tapir tern thrush toad trout turtle vole walrus weasel whale wolf wren yak"
).split()


_around_flow: Callable[[], AbstractContextManager[None]] = nullcontext


def surround_flows(make: Callable[[], AbstractContextManager[None]]) -> None:
    """Let each flow that is called from no other flow run in a context.

    Args:
        make: Makes the context; called anew for each run.
    """
    global _around_flow
    _around_flow = make


def current_run() -> Run | None:
    """Return the run of the decorated function that is being executed, if there is one."""
    return _current.get()


@overload
def flow(function: _F, /) -> _F: ...
@overload
def flow(*, name: str | None = None, flow_run_name: str | None = None) -> Callable[[_F], _F]: ...


def flow(
    function: Any = None, /, *, name: str | None = None, flow_run_name: str | None = None
) -> Any:
    """Make every call of a function a flow run with an id and a name.

    Records that are published during the call tell the run. A flow called from a flow is a run
    of its own. Works on plain and on ``async`` functions.

    Args:
        function: The function, where the decorator stands without parentheses.
        name: Name of the flow; the function's, with dashes, where left out.
        flow_run_name: Name of each run; ``{parameter}`` stands for an argument. Made up, like
            brave-otter, where left out.

    Example:
        >>> @flow(name="churn", flow_run_name="churn of {month}")
        ... def churn(month: str) -> None: ...
    """

    def begin(title: str, arguments: dict[str, Any]) -> Run:
        run_name = flow_run_name.format(**arguments) if flow_run_name else _make_name()
        return Run(flow=title, flow_run=str(_make_id()), flow_run_name=run_name)

    return _decorator(function, name, begin, "flow")


@overload
def task(function: _F, /) -> _F: ...
@overload
def task(*, name: str | None = None) -> Callable[[_F], _F]: ...


def task(function: Any = None, /, *, name: str | None = None) -> Any:
    """Make every call of a function a task run with an id, part of the flow run around it.

    Args:
        function: The function, where the decorator stands without parentheses.
        name: Name of the task; the function's, with dashes, where left out.

    Example:
        >>> @task
        ... def score(customers: list[str]) -> None: ...
    """

    def begin(title: str, _: dict[str, Any]) -> Run:
        return replace(_current.get() or Run(), task=title, task_run=str(_make_id()))

    return _decorator(function, name, begin, "task")


def _decorator(
    function: Any, name: str | None, begin: Callable[[str, dict[str, Any]], Run], kind: str
) -> Any:
    if function is None:
        return lambda decorated: _wrap(decorated, name, begin, kind)
    return _wrap(function, name, begin, kind)


def _wrap(
    function: _F, name: str | None, begin: Callable[[str, dict[str, Any]], Run], kind: str
) -> _F:
    if not callable(function):
        raise TypeError(f"{kind} decorates a function, not {type(function).__name__}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        # Its body runs when somebody asks for the next item, by then in somebody else's run.
        raise TypeError(f"{kind} cannot decorate the generator {function.__qualname__}")
    title = name or getattr(function, "__name__", kind).replace("_", "-")
    signature = inspect.signature(function)

    @contextmanager
    def inside(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[None]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        outer = _current.get()
        is_outermost = kind == "flow" and (outer is None or outer.flow_run is None)
        with _around_flow() if is_outermost else nullcontext():
            token = _current.set(begin(title, bound.arguments))
            try:
                yield
            finally:
                _current.reset(token)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def acall(*args: Any, **kwargs: Any) -> Any:
            with inside(args, kwargs):
                return await function(*args, **kwargs)

        return cast("_F", acall)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with inside(args, kwargs):
            return function(*args, **kwargs)

    return cast("_F", call)


def _make_name() -> str:
    # os.urandom, not random: a forked worker would make up the same names as its siblings.
    return "-".join(words[os.urandom(1)[0] % len(words)] for words in (_MOODS, _ANIMALS))
