"""The commands, one file each, by the panel of ``--help`` that shows them."""

from selftaught.cli.commands.bypass import bypass
from selftaught.cli.commands.compare import compare
from selftaught.cli.commands.control import approve, pause, stop
from selftaught.cli.commands.delete import delete
from selftaught.cli.commands.doctor import doctor
from selftaught.cli.commands.export import export, import_
from selftaught.cli.commands.improve import improve
from selftaught.cli.commands.improvers import improvers
from selftaught.cli.commands.minimise import minimise
from selftaught.cli.commands.models import models
from selftaught.cli.commands.new import new
from selftaught.cli.commands.paper import paper
from selftaught.cli.commands.resume import resume
from selftaught.cli.commands.revalidate import revalidate
from selftaught.cli.commands.run import run
from selftaught.cli.commands.runs import runs
from selftaught.cli.commands.score import score
from selftaught.cli.commands.show import show
from selftaught.cli.commands.strategies import strategies
from selftaught.cli.commands.tasks import tasks
from selftaught.cli.commands.transfer import transfer

COMMANDS = {
    "Improve": (improve, run, score, new),
    "Judge": (compare, transfer, revalidate, minimise, bypass, strategies, paper),
    "Runs": (runs, show, resume, pause, stop, approve, export, import_, delete),
    "Reference": (tasks, improvers, models, doctor),
}
