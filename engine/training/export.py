"""A trained model as a file of Keras' own: `python -P -m engine.training.export JOBFOLDER FILE.keras`.

Runs in a process of its own, so that no front end imports TensorFlow.
"""

import os
import sys
from pathlib import Path

from engine.datasets.load import load
from engine.errors import DataError, EngineError, EnvironmentFault, ModelError, UsageError
from engine.record.jobfile import JobFile
from engine.record.paths import JobPaths
from engine.zoo import ALLOW_CODE, MODELS

FLAGS = ("--allow-code", "--force")


def main(arguments: list[str]) -> int:
    """Save the model; an EngineError goes to stderr and gives the exit code."""
    folder, file = (Path(word) for word in arguments if word not in FLAGS)
    try:
        export(JobPaths(folder), file, allow_code="--allow-code" in arguments, force="--force" in arguments)
    except EngineError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def export(paths: JobPaths, file: Path, *, allow_code: bool = False, force: bool = False) -> None:
    """Save the tested model of a finished job, which takes images (n, height, width, channels) scaled to 0..1.

    The file is written aside and renamed. Raises UsageError where it is there already and not to be replaced, or where
    the model is a person's own code that was not allowed; DataError, ModelError or EnvironmentFault where it cannot be
    made or kept.
    """
    job = JobFile.read(paths.config)
    name = str(job.job.config["model"])
    if name not in MODELS and not allow_code:
        raise UsageError(f"the job's model is code of its own: {name}", where=str(paths.config), hint=ALLOW_CODE)
    refuse_to_replace(file, force=force)

    from engine.training import checkpoint, compiled, models  # noqa: PLC0415  loads TensorFlow

    try:
        weights = checkpoint.load_weights(paths.weights)
    except (OSError, ValueError) as error:
        hint = "only a job that is done has trained weights"
        raise DataError(f"the job's weights cannot be read: {error}", where=str(paths.weights), hint=hint) from None
    dataset, home = str(job.job.config["dataset"]), Path(job.folder)
    data = load(dataset, home, job.job.digests.get(dataset, ""))
    model = models.build(job.job.config, job.job.seed, data.shape, data.classes, home, job.job.digests)
    try:
        compiled.assign(model.variables, weights)
    except ValueError as error:
        hint = "engine run --again trains the job anew"
        raise DataError(
            f"the job's weights are not this model's: {error}", where=str(paths.weights), hint=hint
        ) from None
    # Keras saves by the ending of the name, so the file aside has the same.
    aside = file.with_name(f".{file.stem}.{os.getpid()}.keras")
    try:
        model.save(aside)
        refuse_to_replace(file, force=force)
        aside.rename(file)
    except NotImplementedError:
        hint = "give each class that it is made of a get_config, as keras.io/guides/serialization_and_saving shows"
        raise ModelError(f"Keras cannot save {name}", where=str(job.folder), hint=hint) from None
    except OSError as error:
        hint = "name another file"
        raise EnvironmentFault(
            f"the model cannot be written: {error.strerror or error}", where=str(file), hint=hint
        ) from None
    finally:
        aside.unlink(missing_ok=True)


def refuse_to_replace(file: Path, *, force: bool) -> None:
    """Raises UsageError where the file is there already."""
    if file.exists() and not force:
        raise UsageError("the file is there already", where=str(file), hint="--force replaces it")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
