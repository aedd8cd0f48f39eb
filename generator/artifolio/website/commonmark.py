"""GitHub's Markdown parser, called so that the memory it takes is given back."""

from __future__ import annotations

import ctypes
from contextlib import suppress

from cmarkgfm import cmark
from cmarkgfm.cmark import Options

_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
_EXTENSIONS = ("table", "autolink", "tagfilter", "strikethrough", "tasklist")


def to_html(text: str) -> str:
    """Return GitHub-flavoured Markdown as HTML; raw HTML in it stays, so it is not safe.

    Args:
        text: Without NUL and lone surrogates.
    """
    # cmarkgfm 2025.10's own function frees neither the tree nor the result (some 50 bytes for
    # each one of the text), and has no way to leave out CMARK_OPT_GITHUB_PRE_LANG, which puts
    # the language where no highlighter looks for it.
    cmark.core_extensions_ensure_registered()
    parser = cmark.parser_new(_OPTIONS)
    try:
        for name in _EXTENSIONS:
            cmark.parser_attach_syntax_extension(parser, cmark.find_syntax_extension(name))
        cmark.parser_feed(parser, text)
        root = cmark.parser_finish(parser)
        extensions = cmark.parser_get_syntax_extensions(parser)
        rendered = cmark._cmark.lib.cmark_render_html(root, _OPTIONS, extensions)
        html: str = cmark._cmark.ffi.string(rendered).decode()
        _free(root, rendered)
    finally:
        cmark.parser_free(parser)
    return html


class _Allocator(ctypes.Structure):
    """``cmark_mem`` of cmark-gfm 0.29, ``cmark-gfm.h``."""

    _fields_ = (
        ("calloc", ctypes.c_void_p),
        ("realloc", ctypes.c_void_p),
        ("free", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    )


def _free(root: object, rendered: object) -> None:
    if _library is not None:
        _library.cmark_node_free(_address(root))
        _library.cmark_get_default_mem_allocator().contents.free(_address(rendered))


def _address(pointer: object) -> ctypes.c_void_p:
    return ctypes.c_void_p(int(cmark._cmark.ffi.cast("uintptr_t", pointer)))


def _load_library() -> ctypes.CDLL | None:
    # On Windows the extension does not export these, and the memory stays taken.
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(cmark._cmark.__file__)
        library.cmark_node_free.argtypes = [ctypes.c_void_p]
        library.cmark_node_free.restype = None
        library.cmark_get_default_mem_allocator.restype = ctypes.POINTER(_Allocator)
        return library
    return None


_library = _load_library()
