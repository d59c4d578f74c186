"""The typer application: every command by name, and what typer itself says in the reader's language."""

from __future__ import annotations

import re
import sys
from typing import Any

from quizgen.cli import common  # isort: skip  (before typer: it gives typer its words)
from quizgen.cli.common import HELP, say  # isort: skip

import typer
from typer.core import TyperCommand, TyperGroup

from quizgen.cli import bank, bank_edit, drill, explain, export, families, progress, source, worksheet

OPTIONS = HELP("cli.options_metavar")


class _Spoken:
    """Usage line and help option in the reader's language."""

    def format_usage(self, ctx: typer.Context, formatter: typer.core._click.HelpFormatter) -> None:  # type: ignore
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=HELP("cli.usage") + " ")

    def get_help_option(self, ctx: typer.Context):  # type: ignore[no-untyped-def]
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = HELP("cli.help")
        return option


class Command(_Spoken, TyperCommand):  # type: ignore[misc]
    """A command whose help is in the reader's language."""


class Group(_Spoken, TyperGroup):  # type: ignore[misc]
    """A group of such commands."""


def _group(help: str, metavar: str = "") -> typer.Typer:
    return typer.Typer(
        cls=Group,
        help=help,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        options_metavar=OPTIONS,
        subcommand_metavar=HELP("cli.command_metavar"),
    )


app = _group(HELP("cli.about"))
banks = _group(HELP("cli.abouts.bank"))
records = _group(HELP("cli.abouts.progress"))


def _version(wanted: bool) -> None:
    if wanted:
        from quizgen import __version__

        typer.echo(f"quizgen {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(False, "--version", is_eager=True, callback=_version, help=HELP("cli.version")),
) -> None:
    pass


for _name, _function, _settings in (
    ("drill", drill.drill, {}),
    ("worksheet", worksheet.worksheet, {}),
    ("explain", explain.explain, {"ignore_unknown_options": True}),  # an expression may begin with a minus
    ("families", families.families, {}),
):
    app.command(
        _name, cls=Command, help=HELP(f"cli.abouts.{_name}"), options_metavar=OPTIONS, context_settings=_settings
    )(_function)
for _name, _command in (
    ("new", source.new),
    ("build", bank.build),
    ("check", bank.check),
    ("show", bank.show),
    ("schema", source.schema),
    ("export", export.export),
    ("diff", bank_edit.diff),
    ("merge", bank_edit.merge),
    ("pick", bank_edit.pick),
):
    banks.command(_name, cls=Command, help=HELP(f"cli.abouts.bank_{_name}"), options_metavar=OPTIONS)(_command)
app.add_typer(banks, name="bank")
for _name, _action in (("export", progress.export), ("import", progress.import_)):
    records.command(_name, cls=Command, help=HELP(f"cli.abouts.progress_{_name}"), options_metavar=OPTIONS)(_action)
app.add_typer(records, name="progress", callback=progress.progress, invoke_without_command=True, no_args_is_help=False)


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code; errors of ours go through."""
    command = typer.main.get_command(app)
    try:
        return int(command.main(arguments, "quizgen", standalone_mode=False) or 0)
    except SystemExit as done:  # typer makes of a closed pipe an exit with 1
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            raise BrokenPipeError from None
        return int(done.code or 0)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        return _usage(error)


def _usage(error: typer.TyperException) -> int:
    """Tells a usage error in one line; the help itself where nothing was asked."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        say(error.format_message())
        return error.exit_code
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "quizgen"
    hint = HELP("usage.hint", command=path)
    say("quizgen: " + common.one_line(f"{_described(kind, error)} {hint}"))
    return error.exit_code


def _described(kind: str, error: typer.TyperException) -> str:
    param = getattr(error, "param", None)
    name = (param.get_error_hint().strip("'") if param else "").split("' / '")[0]
    if kind == "NoSuchOption":
        near = ", ".join(getattr(error, "possibilities", None) or [])
        key = "usage.no_option_near" if near else "usage.no_option"
        return HELP(key, option=getattr(error, "option_name", ""), near=near)
    if kind == "MissingParameter":
        return HELP("usage.missing", name=name)
    if kind == "BadParameter":
        return _bad_value(name, error.__cause__)
    if kind == "BadOptionUsage":
        return HELP("usage.option_value", option=getattr(error, "option_name", ""))
    message = error.format_message()
    command = re.fullmatch(r"No such command '(.*)'\.", message)
    if command:
        return HELP("usage.no_command", name=command[1], known=", ".join(_commands(error)))
    extra = re.fullmatch(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", message)
    return HELP("usage.extra", words=extra[1]) if extra else HELP("usage.other", message=message)


def _bad_value(name: str, cause: BaseException | None) -> str:
    """What an option takes: a range, or one of a few words. typer has it from pydantic."""
    found: list[dict[str, Any]] = getattr(cause, "errors", list)()
    kind, told = (found[0]["type"], found[0].get("ctx", {})) if found else ("", {})
    if kind == "greater_than_equal":
        return HELP("usage.too_small", name=name, limit=told["ge"])
    if kind == "less_than_equal":
        return HELP("usage.too_large", name=name, limit=told["le"])
    _, _, choices = str(told.get("error", "")).rpartition(" is not one of ")
    if choices:
        return HELP("usage.bad_choice", name=name, known=", ".join(re.findall("'([^']*)'", choices)))
    return HELP("usage.bad_whole" if kind.startswith("int") else "usage.bad_value", name=name)


def _commands(error: typer.TyperException) -> list[str]:
    context = getattr(error, "ctx", None)
    return list(getattr(context.command, "commands", {})) if context else []
