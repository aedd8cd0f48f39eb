"""Sites that are opened as files: what Material's plugin ``offline`` asks of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs.plugins import get_plugins

from artifolio.website.urls import ASSETS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

# The plugin looks for this word, and names a script at another host where it does not find it.
_SHIM = f"{ASSETS}/iframe-worker.js"
_WORD = "iframe-worker"


def is_offline_plugin(plugin: object) -> bool:
    """Tell whether a plugin is Material's for sites that are opened as files."""
    # Imported by then, where it is in use.
    kind = type(plugin)
    return (kind.__module__, kind.__name__) == ("material.plugins.offline.plugin", "OfflinePlugin")


def is_offline(config: MkDocsConfig) -> bool:
    """Tell whether a site is to be opened as files."""
    plugins: list[Any] = list(config.plugins.values())
    return any(is_offline_plugin(plugin) and plugin.config.enabled for plugin in plugins)


def bring_shim(config: MkDocsConfig) -> None:
    """Have pages load what the search needs from the site itself."""
    polyfills = config.extra.setdefault("polyfills", [])
    if not any(_WORD in str(url) for url in polyfills):
        polyfills.append(_SHIM)


def switch_on(config: MkDocsConfig) -> None:
    """Have a site built to be opened as files, whatever its settings say.

    Args:
        config: Fresh; no plugin has seen it yet.
    """
    plugins: list[Any] = list(config.plugins.values())
    own = next(filter(is_offline_plugin, plugins), None)
    if own is None and config.theme.name == "material":
        own = get_plugins()["material/offline"].load()()
        own.load_config({})
        config.plugins["material/offline"] = own
    if own is not None:
        own.config.enabled = True
    # Fonts come from another host.
    config.theme["font"] = False
    config.use_directory_urls = False
    bring_shim(config)
