"""`tariffs studio`: the comparison as a page on this machine."""

from __future__ import annotations

import errno
from gettext import gettext as _
from typing import Any, Final

import click

from tariffs.cli import compare, options
from tariffs.cli.extras import require
from tariffs.cli.failures import Wrong
from tariffs.language import Words

HOST: Final = "127.0.0.1"


@click.command(
    "studio",
    help=_(
        "Opens a page on 127.0.0.1 over CALLS (files as for `rate`) where scenarios are chosen, prices and dates "
        "changed, a call is explained, and the rule file and the report are taken away. It needs no network."
    ),
)
@click.argument("calls", nargs=-1, required=True)
@options.rules
@click.option("--base", default="baseline", show_default=True, metavar="NAME", help=_("Scenario to compare with."))
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME",
    help=_("Scenario to begin with; default: the first that is not the base."),
)  # fmt: skip
@options.as_of
@options.assume
@options.holders
@options.reading
@compare.measures
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8765, show_default=True, metavar="N", help=_("Port of the page.")
)
@options.language
def command(words: Words, port: int, **given: Any) -> None:
    require("studio", words)
    import uvicorn

    from tariffs.cli.comparing import gathered
    from tariffs.cli.studio_desk import explained_lines, load_text, refused
    from tariffs.compare.studio.app import Studio
    from tariffs.compare.studio.desk import Desk
    from tariffs.compare.studio.guard import Guard

    free(port, words)
    cells, book, question, reread = gathered({**given, "assumptions": True}, words)
    desk = Desk(cells, book, given["rules"], question, reread)
    studio = Studio(desk, explained_lines, load_text, words.language, refused)
    click.echo(
        words.gettext("The page is at http://{host}:{port}/ – stop it with Ctrl-C.").format(host=HOST, port=port)
    )
    uvicorn.run(
        Guard(studio.app(), port), host=HOST, port=port, log_level="error", access_log=False, server_header=False
    )


def free(port: int, words: Words) -> None:
    """Raises Wrong where another program listens on the port."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            said = words.gettext("Port {port} is in use or not allowed: choose another one with --port.")
            raise Wrong(said.format(port=port)) from error


