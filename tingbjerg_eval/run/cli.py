"""The command line: ``tingbjerg``. Each command loads only what it needs."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import as_quarter
from tingbjerg_eval.study.reports import REPORT_KINDS

if TYPE_CHECKING:
    from tingbjerg_eval.run.batch.studies import Wanted
    from tingbjerg_eval.run.unfolded import Kind

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
STUDY = click.Path(path_type=Path, dir_okay=True)
INTERRUPTED = (130, 143)


def quarter(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """The quarter that was given, as Statistics Denmark writes it."""
    return as_quarter(given) if given else given


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tingbjerg-eval", prog_name="tingbjerg")
def cli() -> None:
    """Evaluate a local safety effort: was the target met, and would it have happened anyway?

    STUDY is a study.yaml or its folder; by default the study.yaml of this folder.
    """


@cli.command()
@click.argument("folder", type=FOLDER)
def demo(folder: Path) -> None:
    """Write the simulated study to FOLDER as suppliers would deliver it."""
    from tingbjerg_eval.demo.write import write_demo

    for path in write_demo(folder):
        click.echo(path)


@cli.command()
@click.argument("study", type=STUDY, default=Path())
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.option("--ask-supplier", is_flag=True, help="Print the questions to the suppliers only.")
@click.option("--data", type=FOLDER, help="Another data folder than the study names.")
def check(study: Path, as_json: bool, ask_supplier: bool, data: Path | None) -> None:
    """Say every problem of every table and parameter of STUDY, and how to mend it."""
    from tingbjerg_eval.run.check import check_all

    result = check_all(study_file(study), data=data)
    if ask_supplier:
        click.echo(result.questions())
    else:
        click.echo(result.to_json() if as_json else str(result))
    sys.exit(result.exit_code)


@cli.command()
@click.argument("file", type=FILE)
def describe(file: Path) -> None:
    """Say what the delivered FILE holds, nothing personal, and write a first mapping of it."""
    from tingbjerg_eval.data.describe import describe as described

    click.echo(str(described(file)))


@cli.command()
@click.argument("study", type=STUDY, default=Path())
@click.option("--data", type=FOLDER, help="Another data folder than the study names.")
def revisions(study: Path, data: Path | None) -> None:
    """List the cells that STUDY's extract corrects, and what its estimates move by."""
    from tingbjerg_eval.run.revised import revisions_text

    click.echo(revisions_text(study_file(study), data=data))


@cli.command()
@click.argument("study", type=STUDY, default=Path())
@click.option("--force", is_flag=True, help="Replace another plan; its digest stays in the file.")
@click.option("--data", type=FOLDER, help="Another data folder than the study names.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it was locked elsewhere.")
def lock(study: Path, force: bool, data: Path | None, on: dt.datetime | None) -> None:
    """Write STUDY's analysis plan to plan.lock.json and print its digest."""
    from tingbjerg_eval.run.plan import lock_study
    from tingbjerg_eval.study.house_key import keyed, read_key

    day = on.date() if on else None
    path, digest = lock_study(study_file(study), replace=force, data=data, on=day)
    public = keyed(read_key(path.parent), digest)
    click.echo(f"{path}\nsha256 {digest} (stays in the house)\nin reports {public}")


@cli.command()
@click.argument("study", type=STUDY, default=Path())
@click.option("--only", type=click.Choice(tuple(REPORT_KINDS)), help="Only this kind of report.")
@click.option(
    "--quarter", "--year", "quarter", callback=quarter,
    help="Only this quarter's report, such as 2011K2; this year's in a study in years.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; all cores by default.")
@click.option("--cluster", metavar="ADDRESS", help="An existing Dask cluster, tcp://host:port.")
@click.option("--send-rows", is_flag=True, help="Let the cluster have a survey's rows of persons.")
@click.option("--output", type=FOLDER, default=Path("outputs"), show_default=True)
@click.option("--data", type=FOLDER, help="Another data folder than the study names.")
@click.option("--with-code", is_flag=True, help="Append the code for the technical reader.")
@click.option("--plain-kernels", is_flag=True, help="Start an ordinary kernel for each report.")
def run(study: Path, output: Path, **options: Any) -> None:
    """Run STUDY's reports into the output folder, or those of all studies in a folder.

    Exit codes: 0 done, 1 some report failed, 2 bad input, 3 disclosure stop, 4 undeclared
    deviation from the plan, 75 folder in use, 130 or 143 interrupted.
    """
    if options["cluster"]:
        from tingbjerg_eval.inputs.extras import need

        need("distributed")
    from tingbjerg_eval.run.batch.studies import Asked, Wanted

    begun = time.monotonic()
    asked = Asked(**{name: options.pop(name) for name in Asked.__dataclass_fields__})
    wanted = Wanted.at(study, output, asked)
    if (made := wanted.unchanged()) is not None:
        reports = sum(map(len, made.values()))
        click.echo(
            f"{reports} unchanged in {time.monotonic() - begun:.1f} s; exit code 0", err=True
        )
        return
    code = _run(wanted, options)
    if code in INTERRUPTED:
        click.echo(f"What is done stays. To go on: {shlex.join(['tingbjerg', *sys.argv[1:]])}",
                   err=True)  # fmt: skip
    sys.exit(code)


def _run(wanted: Wanted, options: dict[str, Any]) -> int:
    """Run what is wanted; libraries load beside this process as early as can be."""
    from tingbjerg_eval.run.kernels.warm import started

    with started(wanted=not (options["plain_kernels"] or options["cluster"])) as parent:
        from tingbjerg_eval.run.batch.study_run import run_wanted

        return run_wanted(wanted, parent=parent, **options)


@cli.command()
@click.argument("folder", type=FOLDER, default=Path("outputs"))
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
def status(folder: Path, as_json: bool) -> None:
    """Say what is done, running and failed in FOLDER."""
    from tingbjerg_eval.run.progress import read_status, status_table

    states = read_status(folder)
    click.echo(json.dumps(states, indent=1) if as_json else status_table(states))


@cli.command()
@click.argument("memo", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--report", type=FOLDER, help="The report's folder; by default what MEMO carries.")
def verify(memo: Path, report: Path | None) -> None:
    """List what the edited MEMO says that its report does not.

    Exit codes: 0 it says the same, 1 it does not, 2 it cannot be read.
    """
    from tingbjerg_eval.memo.verify import verify as held_against

    result = held_against(memo, report)
    click.echo(str(result))
    sys.exit(result.exit_code)


@cli.command()
@click.argument("study", type=STUDY, required=False)
@click.option("--port", type=int, default=8888, show_default=True)
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
def lab(study: Path | None, port: int, browser: bool) -> None:
    """Open JupyterLab on notebooks of STUDY, in its folder; without STUDY, in this folder."""
    from tingbjerg_eval.inputs.extras import need

    need("jupyterlab")
    from tingbjerg_eval.run.lab import open_lab

    sys.exit(open_lab(study_file(study) if study else None, port=port, browser=browser))


@cli.command("new-study")
@click.argument("folder", type=FOLDER)
@click.option("--language", type=click.Choice(("da", "en")), default="da", show_default=True)
@click.option("--delivered", type=FILE, help="The police's file; its columns are proposed.")
@click.option("--title", help="Title of the effort.")
@click.option("--treated", help="Area with the effort.")
@click.option("--comparison", help="Comparison areas, separated by commas.")
@click.option("--baseline", help="First and last quarter or year before, such as 2008-2009.")
@click.option("--period", help="First and last quarter or year of the effort.")
@click.option("--offences", help="Offence codes, separated by commas; an indicator each.")
@click.option("--extracted", help="Day of the police extract, such as 2013-08-15.")
def new_study(folder: Path, language: str, delivered: Path | None, **given: str | None) -> None:
    """Write a study of police figures to FOLDER, ready to be filled in; ask what is not given."""
    from tingbjerg_eval.data.describe import described_counts
    from tingbjerg_eval.run.templates import asked, write_study

    read = described_counts(delivered) if delivered else None
    known = {"offences": ", ".join(read.offences)} if read and read.offences else {}
    answers = asked(given, language=language, known=known)
    for path in write_study(folder, language=language, delivered=read, **answers):
        click.echo(path)


@cli.command()
@click.argument("study", type=STUDY)
@click.argument("kind", type=click.Choice(("quarterly", "end_of_period")))
@click.option(
    "--quarter", "--year", "quarter", callback=quarter, help="The quarter of a quarterly report."
)
@click.option("--data", type=FOLDER, help="Another data folder than the study names.")
@click.option("--folder", type=FOLDER, help="Where to; by default notebooks/ beside STUDY.")
def notebook(study: Path, kind: Kind, **options: Any) -> None:
    """Write a notebook of STUDY's targets, one by one, in cells that can be changed."""
    from tingbjerg_eval.run.unfolded import write_unfolded

    click.echo(write_unfolded(study_file(study), kind, **options))


@cli.command("new-notebook")
@click.argument("name")
@click.option("--folder", type=FOLDER, default=Path("notebooks"), show_default=True)
def new_notebook(name: str, folder: Path) -> None:
    """Write a report notebook called NAME from the template."""
    from tingbjerg_eval.run.templates import write_notebook

    click.echo(write_notebook(name, folder))


def study_file(path: Path) -> Path:
    """The study's file; a folder means the study.yaml inside."""
    from tingbjerg_eval.inputs.speaking import language_of, speak

    file = path / "study.yaml" if path.is_dir() else path
    speak(language_of(file), simulated=False)  # a refusal is said in the study's language
    return file


class _Word(logging.Handler):
    """What the package says while it works, as lines on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(record.getMessage(), err=True)


def main() -> None:
    """Run the command line; an input error is a message and exit code 2, never a traceback."""
    logger = logging.getLogger("tingbjerg_eval")
    logger.addHandler(_Word())
    logger.setLevel(logging.INFO)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as raised:
        if os.environ.get("TINGBJERG_DEBUG"):
            raise
        named = _named(raised)
        click.echo(_said(named), err=True)
        sys.exit(named.exit_code if isinstance(named, TingbjergError) else 1)


def _named(error: Exception) -> Exception:
    """The same error; a library that an extra brings is named with it."""
    from tingbjerg_eval.inputs.extras import told

    return (told(error) if isinstance(error, ModuleNotFoundError) else None) or error


def _said(error: Exception) -> str:
    """The message of a foreseen error; for others only the kind, as values may be personal."""
    from tingbjerg_eval.inputs.catalogue import refusal
    from tingbjerg_eval.inputs.speaking import language

    if isinstance(error, InputRefused):
        return refusal(error, language())
    if isinstance(error, TingbjergError):
        return error.said(language())
    if isinstance(error, OSError):
        return f"{error.strerror}: {Path(error.filename).name if error.filename else ''}"
    return (
        f"An unforeseen error ({type(error).__name__}) stopped the command. "
        "Run it again with TINGBJERG_DEBUG=1 to see where."
    )


if __name__ == "__main__":
    main()
