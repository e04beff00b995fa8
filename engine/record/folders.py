"""What the runner does to job folders: makes them, sets them aside, deletes them, leaves word for a worker."""

import contextlib
import shutil
from dataclasses import replace

from engine import failpoints
from engine.errors import DataError
from engine.record.jobfile import JobFile
from engine.record.paths import StorePaths, replace_file, sweep_up


class Folders:
    """The job folders of a store."""

    def __init__(self, paths: StorePaths) -> None:
        self.paths = paths

    def fill(self, file: JobFile) -> None:
        """Give a job its folder, with the settings that are frozen from here on."""
        folder = self.paths.job(file.job.id)
        folder.folder.mkdir(mode=0o700, exist_ok=True)
        try:
            # How a job is run, and where its data is, may change from one submission to the next; what it is may not.
            there = JobFile.read(folder.config)
            config = {**there.job.config, "dataset": file.job.config["dataset"]}
            file = replace(file, job=replace(there.job, config=config, digests=file.job.digests))
        except DataError:
            there = None
        if file != there:
            replace_file(folder.config, file.encoded(), durable=False)

    def set_aside(self, job_id: str) -> None:
        """Move a job's folder to `runs/old/ID.N`, so that it can be trained anew without losing what was there."""
        folder = self.paths.job(job_id).folder
        if folder.exists():
            failpoints.reach("folder:setting-aside")
            self.paths.old.mkdir(mode=0o700, exist_ok=True)
            numbers = [int(old.suffix[1:]) for old in self.paths.old.glob(f"{job_id}.*") if old.suffix[1:].isdecimal()]
            folder.rename(self.paths.old / f"{job_id}.{1 + max(numbers, default=0)}")
            failpoints.reach("folder:set-aside")

    def ask_to_stop(self, job_id: str, how: str) -> None:
        """Leave word for the worker of a job: `epoch` or `now`."""
        with contextlib.suppress(FileNotFoundError):
            replace_file(self.paths.job(job_id).stop, how.encode(), durable=False)

    def take_back_stop(self, job_id: str) -> None:
        """The job is to go on after all."""
        self.paths.job(job_id).stop.unlink(missing_ok=True)

    def tidy(self, job_id: str) -> None:
        """Take away what a done job no longer needs, as its worker would have."""
        folder = self.paths.job(job_id)
        sweep_up(folder.folder)
        for path in (*folder.checkpoints().values(), folder.progress, folder.stop):
            path.unlink(missing_ok=True)

    def delete(self, job_id: str) -> None:
        """Remove a job's folder with all that is in it."""
        shutil.rmtree(self.paths.job(job_id).folder, ignore_errors=True)

    def delete_old(self) -> None:
        """Remove every folder that was set aside."""
        shutil.rmtree(self.paths.old, ignore_errors=True)


class UntouchedFolders(Folders):
    """Stands in while old requests are read again, whose work on the folders was done long ago."""

    def fill(self, file: JobFile) -> None:
        """Nothing."""

    def set_aside(self, job_id: str) -> None:
        """Nothing."""

    def ask_to_stop(self, job_id: str, how: str) -> None:
        """Nothing."""

    def take_back_stop(self, job_id: str) -> None:
        """Nothing."""

    def delete(self, job_id: str) -> None:
        """Nothing."""

    def delete_old(self) -> None:
        """Nothing."""
