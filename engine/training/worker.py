"""Entry of a worker: `python -P -m engine.training.worker STORE`. Job ids come on stdin; each is trained to its end."""

import os
import select
import signal
import sys
from pathlib import Path

from engine.record.locks import FileLock
from engine.record.paths import JobPaths, StorePaths


def main() -> int:
    """Train what is assigned until stdin ends, which means that the runner is gone or wants no more."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    os.umask(0o077)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    store = StorePaths(Path(sys.argv[1]))
    told, log = os.dup(1), os.dup(2)
    os.set_blocking(told, False)

    from engine.training import device, trainer  # noqa: PLC0415  loads TensorFlow, which reads the environment
    from engine.training.compiled import Warm  # noqa: PLC0415
    from engine.training.data import WarmData  # noqa: PLC0415

    def notify(word: str) -> None:
        """Wake the runner. The store tells all of it too, so a closed or full pipe is no fault."""
        try:
            os.write(told, word.encode() + b"\n")
        except OSError:
            return

    device.prepare()
    warm, warm_data = Warm(), WarmData()
    notify("ready")
    for line in iter(sys.stdin.readline, ""):
        paths = store.job(line.strip())
        lock = FileLock(paths.lock)
        if not paths.config.is_file() or not lock.acquire() or trainer.is_done(paths) or is_alone():
            lock.release()
            notify(f"skipped {paths.id}")
            continue
        write_to(paths)
        trainer.run(paths, warm, warm_data, notify)
        os.dup2(told, 1)
        os.dup2(log, 2)
        lock.release()
        notify(f"ended {paths.id}")
    return 0


def is_alone() -> bool:
    """Whether nobody is left at the other end of stdin: what stands there still was assigned by a runner that is dead.

    The next one gives the job to another worker, or to none where somebody has stopped it meanwhile.
    """
    end = select.poll()
    end.register(0, 0)
    return bool(end.poll(0))


def write_to(paths: JobPaths) -> None:
    """From here on everything that is printed, by TensorFlow's C++ too, is appended to the job's log."""
    descriptor = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
