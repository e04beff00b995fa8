"""Workers as processes: started, given jobs, found again after the runner died, and ended."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from engine.errors import EngineError, EnvironmentFault, Fault
from engine.record.locks import Identity, identify
from engine.record.paths import StorePaths
from engine.results.rows import CPU, Device


@dataclass
class Worker:
    """A process that trains jobs on one device, one after another.

    One that an earlier runner started is `adopted`: it hears no assignment, ends after its job, and has no pipe.
    `label` names the device for people, and `given` is the Unix time at which it got its job.
    """

    device: str
    identity: Identity
    job_id: str | None = None
    child: subprocess.Popen[bytes] | None = None
    ready: bool = False
    skipped: list[str] = field(default_factory=list)
    label: str = ""
    given: float = 0.0

    @property
    def adopted(self) -> bool:
        return self.child is None

    def is_alive(self) -> bool:
        """Whether the process still runs; a child that ended is reaped."""
        return self.identity.is_alive() if self.child is None else self.child.poll() is None

    def assign(self, job_id: str) -> None:
        """Tell the worker what to train next; if it has just died, reaping will notice."""
        self.job_id, self.given = job_id, time.time()
        assert self.child is not None and self.child.stdin is not None, "an adopted worker gets no job"
        try:
            self.child.stdin.write(f"{job_id}\n".encode())
            self.child.stdin.flush()
        except BrokenPipeError:
            pass

    def listen(self) -> None:
        """Take in what the worker said; all of it is advice, the truth is in the job's folder."""
        assert self.child is not None and self.child.stdout is not None, "an adopted worker has no pipe"
        for line in os.read(self.child.stdout.fileno(), 65536).decode("utf-8", "replace").splitlines():
            self.ready = self.ready or line == "ready"
            if line.startswith("skipped "):
                self.skipped.append(line.removeprefix("skipped "))

    def finish(self) -> None:
        """No more jobs: the end of its input tells the worker to go once its job is done."""
        if self.child is not None and self.child.stdin is not None:
            self.child.stdin.close()

    def ending(self) -> str:
        """How it ended, in words, as far as anybody knows."""
        code = self.child.poll() if self.child is not None else None
        if not code:
            return "its worker ended without a word"
        if code > 0:
            return f"its worker ended with exit code {code}"
        killed = f"its worker was killed by signal {-code}"
        return f"{killed}, as the kernel does where memory runs out" if -code == signal.SIGKILL else killed

    def end(self, *, force: bool) -> None:
        """SIGTERM, or with `force` SIGKILL, to this very process and no stranger with its number."""
        try:
            descriptor = os.pidfd_open(self.identity.pid)
        except OSError:
            return
        try:
            if self.identity.is_alive():
                signal.pidfd_send_signal(descriptor, signal.SIGKILL if force else signal.SIGTERM)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)


def start(paths: StorePaths, device: Device) -> Worker:
    """A new worker for `device`. It leads its own session, so that no terminal's end reaches it. Raises OSError."""
    command = [sys.executable, "-P", "-m", "engine.training.worker", str(paths.root)]
    with paths.runner_log.open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(device),
            start_new_session=True,
        )
    return Worker(device.key, identify(child.pid), child=child, label=device.label)


def run_command(command: str, paths: StorePaths) -> subprocess.Popen[bytes]:
    """Start a person's own command beside the queue file, in a session of its own; what it prints goes to runner.log.

    Raises OSError.
    """
    env = os.environ | {"LABTOP_STORE": str(paths.root)}
    with paths.runner_log.open("ab") as log:
        return subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=paths.root.parent,
            env=env,
            start_new_session=True,
        )


def environment(device: Device) -> dict[str, str]:
    """What a worker's libraries read before they start: one visible device, oneDNN on, and quiet logs."""
    env = dict(os.environ)
    env["CUDA_VISIBLE_DEVICES"] = device.key if device.is_gpu else "-1"
    env.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    env.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    env["PYTHONUNBUFFERED"] = "1"
    return env


def device_of(pid: int) -> str:
    """The key of the one device that a worker sees, as its environment tells; the CPU where that cannot be read."""
    try:
        seen = psutil.Process(pid).environ().get("CUDA_VISIBLE_DEVICES", "")
    except psutil.Error:
        return CPU
    return CPU if seen in ("", "-1") else seen


def inspect(kind: str, argument: str, *, allow_code: bool = False) -> dict[str, Any]:
    """What a data set or a model looks like, asked in a process of its own, since the answer may need TensorFlow.

    `kind` is "data" (with a name or path) or "model" (with the JSON of every setting). A person's own code is run only
    with `allow_code`. Raises EngineError.
    """
    flags = ["--allow-code"] if allow_code else []
    told = _ask("engine.training.inspect", [kind, argument, *flags], f"the {kind} cannot be inspected")
    answer: dict[str, Any] = json.loads(told)
    return answer


def export(folder: Path, file: Path, *, allow_code: bool, force: bool) -> None:
    """Save the model of the job in `folder` to `file`, in a process of its own, since only TensorFlow can.

    Raises EngineError.
    """
    flags = [*(["--allow-code"] if allow_code else []), *(["--force"] if force else [])]
    _ask("engine.training.export", [str(folder.absolute()), str(file), *flags], "the model cannot be exported")


def gpus() -> list[Device]:
    """The GPUs as TensorFlow lists them, which knows nothing of their use or memory. Takes seconds.

    Raises EnvironmentFault.
    """
    names: list[str] = json.loads(_ask("engine.training.device", [], "the GPUs cannot be listed", gpu=True))
    preset = os.environ.get("CUDA_VISIBLE_DEVICES")
    keys = [word.strip() for word in preset.split(",")] if preset else [str(n) for n in range(len(names))]
    return [Device(key, f"GPU{n}", name) for n, (key, name) in enumerate(zip(keys, names, strict=False))]


def _ask(module: str, arguments: list[str], failure: str, *, gpu: bool = False) -> bytes:
    """What a module prints, run without a GPU unless `gpu`. Raises EngineError with what it complains of."""
    env = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, **({} if gpu else {"CUDA_VISIBLE_DEVICES": "-1"})}
    command = [sys.executable, "-P", "-m", module, *arguments]
    result = subprocess.run(command, capture_output=True, env=env, check=False)
    if result.returncode == 0:
        return result.stdout
    told = result.stderr.decode("utf-8", "replace").strip().splitlines() or ["it ended without a word"]
    if result.returncode in (2, 3):
        error = EngineError(told[-1], hint="engine doctor looks at the machine")
        error.exit_code = result.returncode
        error.faults = (_last_fault(told),)
        raise error
    raise EnvironmentFault(f"{failure}: {told[-1]}", hint="engine doctor looks at the machine")


def _last_fault(told: list[str]) -> Fault:
    """The fault that a child's last lines tell, whatever its libraries have said before."""
    start = max((at for at, line in enumerate(told) if not line.startswith("  ")), default=0)
    lead, *rest = told[start:]
    where = rest.pop(0).removeprefix("  at ") if rest and rest[0].startswith("  at ") else ""
    return Fault(lead, where, allowed=" ".join(line.strip() for line in rest))
