"""The one device that this worker sees, and what of it decides the bits of a training.

Run as a program it prints the names of all GPUs that TensorFlow sees, as JSON.
"""

import json
import os
import platform
import re
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import config as framework

from engine.plan.jobs import Configuration

# CUDA and its libraries say it in words or by name, and TensorFlow then calls it an internal error.
NO_MEMORY = re.compile(r"out[ _]of[ _]memory|ALLOC_FAILED", re.IGNORECASE)

ASKED_FOR = framework.is_op_determinism_enabled()


def prepare() -> None:
    """Let GPU memory grow with need, so that others on the same GPU are not pushed out."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


def on_gpu() -> bool:
    """Whether trainings of this process run on a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def name() -> str:
    """The GPU's name as TensorFlow tells it, or CPU."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "CPU"
    return str(tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU"))


def names() -> list[str]:
    """Every GPU's name as TensorFlow tells it."""
    gpus = tf.config.list_physical_devices("GPU")
    return [str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)) for gpu in gpus]


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it is memory that was wanting, of this machine or of its GPU."""
    if isinstance(error, tf.errors.ResourceExhaustedError | MemoryError):
        return True
    return isinstance(error, tf.errors.OpError) and bool(NO_MEMORY.search(str(error)))


def uses_xla(config: Configuration) -> bool:
    """Whether a job's steps are compiled by XLA: on a GPU, unless the same bits are wanted again, which TensorFlow
    promises of its own kernels."""
    return on_gpu() and not config["deterministic"]


def choose_kernels(config: Configuration) -> None:
    """Take the kernels that a job's `deterministic` asks for, whichever the job before it took.

    Their bits differ from the others' on a CPU too. TensorFlow has a public way to take them, and none back. Who asks
    for them in TensorFlow's own environment variable has them for every job.
    """
    if config["deterministic"] or ASKED_FOR:
        tf.config.experimental.enable_op_determinism()
    else:
        framework.disable_op_determinism()


def environment(config: Configuration) -> dict[str, str]:
    """What must be the same again for a resumed training to give the same bits; and Python, for the record."""
    return {
        "device": name(),
        "processor": _processor(),
        "threads": str(tf.config.threading.get_intra_op_parallelism_threads() or len(os.sched_getaffinity(0))),
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1"),
        "xla": "on" if uses_xla(config) else "off",
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def _processor() -> str:
    """The CPU's model: kernels are chosen by it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown"
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else "unknown"


if __name__ == "__main__":
    print(json.dumps(names()))  # noqa: T201  the answer to whoever started this
