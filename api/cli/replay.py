"""The command that replays the boards of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

import typer
from pydantic_core import to_json

from api.cli.board_words import BoardWords
from api.cli.moments import LogPoint, point_of, zone_of
from api.cli.output import table_console
from api.cli.session import Database, Opens, open_program
from application.errors import BadSetting
from application.shapes import localize
from application.status.board import BEGINNING, PRIVATE, PUBLIC, Viewer
from application.status.documents import Board
from application.status.projection import BOARD_VIEW
from application.status.replay import BoardReplay
from infrastructure.projections.replayed_view import replayed
from infrastructure.queries.status import SqlBoardQueries
from infrastructure.settings import read_settings

if TYPE_CHECKING:
    from application.status.replay import BoardStep
    from infrastructure.bootstrap import Bitacora

app = typer.Typer()


class BoardPrinter(Protocol):
    """Prints boards as they are replayed."""

    def step(self, step: BoardStep) -> None:
        """Print a step."""
        ...

    def end(self, board: Board, point: LogPoint) -> None:
        """Print the board at the end."""
        ...


@app.command()
def replay(
    to: Annotated[str, typer.Option(help="The board as of this instant (with its offset) or position is the last.")],
    start: Annotated[
        str | None, typer.Option("--from", help="Only what changed after this instant or position; all by default.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="The board that operators and auditors saw, not that of readers.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Each board as one line of JSON, the same document as that of GET /v1/status?as_of=; the last line is"
            " the board as of --to.",
        ),
    ] = False,
    zone: Annotated[
        str | None, typer.Option(help="IANA time zone of the times; BITACORA_TIME_ZONE by default.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language of the names and titles; by default the first, or with --json all.")
    ] = None,
    database: Database = None,
) -> None:
    """Show how the board changed, step by step, and what it was then: from the events alone, whatever the views say."""
    with open_program(read_settings(database=database), Opens.LOG) as bitacora:
        end = point_of(bitacora, to)
        begin = LogPoint(position=0, at=BEGINNING) if start is None else point_of(bitacora, start)
        if begin.position > end.position or begin.at > end.at:
            raise BadSetting(f"--from {start} lies after --to {to}")
        settings = bitacora.facade.settings
        default = settings.languages[0]
        printer: BoardPrinter
        if as_json:
            printer = JsonBoards(lang, default)
        else:
            printer = WordedBoards(
                BoardWords(zone=zone_of(bitacora.facade, zone), language=lang or default, default=default)
            )
        _replay(bitacora, begin, end, PRIVATE if private else PUBLIC, printer)


def _replay(bitacora: Bitacora, begin: LogPoint, end: LogPoint, side: Viewer, printer: BoardPrinter) -> None:
    with replayed(bitacora.store, bitacora.mapper, BOARD_VIEW) as view:
        for _ in view.follow(begin.position):
            pass
        boards = BoardReplay(SqlBoardQueries(view.store), bitacora.facade.queries.events, side)
        boards.go_to(begin.position, begin.at)
        for positions in view.follow(end.position):
            for step in boards.steps(positions):
                printer.step(step)
        for step in boards.end(end.position, end.at):
            printer.step(step)
        printer.end(boards.board, end)


class JsonBoards:
    """Prints each board as one line of JSON, and none twice in a row."""

    def __init__(self, language: str | None, default: str) -> None:
        """Write texts in one language, or else in the default one; in all if it is None."""
        self._language = language
        self._default = default
        self._printed: Board | None = None

    def step(self, step: BoardStep) -> None:
        """Print the board behind a step."""
        self._print(step.board)

    def end(self, board: Board, _point: LogPoint) -> None:
        """Print the last board, unless it was."""
        if board != self._printed:
            self._print(board)

    def _print(self, board: Board) -> None:
        self._printed = board
        document = board if self._language is None else localize(board, Board, self._language, self._default)
        print(to_json(document).decode())


class WordedBoards:
    """Prints what each step changed in words, and the last board as tables."""

    def __init__(self, words: BoardWords) -> None:
        """Write in these words."""
        self._words = words

    def step(self, step: BoardStep) -> None:
        """Print the lines of a step, and an empty one."""
        print(*self._words.step(step), "", sep="\n")

    def end(self, board: Board, point: LogPoint) -> None:
        """Print the tables."""
        print(self._words.heading(board, point.position, point.at))
        console = table_console()
        for table in self._words.tables(board):
            console.print(table)
