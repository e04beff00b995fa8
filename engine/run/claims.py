"""Which queued job goes to which device, and what every other one waits for: pure, from what is queued and present."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from engine.record.ledger import Queued
from engine.results.rows import CPU, Device
from engine.run.process import Worker


class Claims(NamedTuple):
    """Jobs to start now, each with its device, in the order of the queue; every other job whose reason to wait is new;
    and whether any waits for a GPU that somebody else will let go of one day."""

    given: list[tuple[Queued, Device]]
    waiting: list[tuple[str, str]]
    held_up: bool


def claim(
    queued: Sequence[Queued],
    present: Sequence[Device],
    workers: Sequence[Worker],
    slots: int,
    *,
    ours: Collection[int] = (),
    gpus_asked: str = "",
) -> Claims:
    """Who starts now, and what everybody else waits for.

    `present` holds the GPUs and the CPU, `slots` says how many jobs a device trains at once. `ours` are processes that
    the driver may still show though they have just ended. `gpus_asked` names GPUs that somebody chose, of which none is
    here: then nothing takes their place, unless it was to be the CPU anyway.
    """
    busy = Counter(worker.device for worker in workers if worker.job_id is not None)
    own = {worker.identity.pid for worker in workers} | set(ours)
    holders = {device.key: stranger(device, own, workers) for device in present}
    held_up = False
    given: list[tuple[Queued, Device]] = []
    waiting: list[tuple[str, str]] = []
    # Of ten thousand queued jobs nearly all want the same; what that is, is worked out once.
    kinds: dict[tuple[str, bool], tuple[list[Device], str, bool]] = {}
    for job in queued:
        kind = (job.wish, bool(job.requires_gpu))
        if kind not in kinds:
            kinds[kind] = _choice(job, present, holders, gpus_asked)
        usable, reason, held = kinds[kind]
        held_up = held_up or held
        free = [device for device in usable if busy[device.key] < slots] if usable else []
        if free:
            device = min(free, key=lambda candidate: busy[candidate.key])
            busy[device.key] += 1
            given.append((job, device))
            continue
        if usable:
            kinds[kind] = ([], "", False)
        if job.waits_for != reason:
            waiting.append((job.id, reason))
    return Claims(given, waiting, held_up)


def _choice(
    job: Queued, present: Sequence[Device], holders: Mapping[str, str], gpus_asked: str
) -> tuple[list[Device], str, bool]:
    """The devices that a job may have once they are free, else what it waits for, and whether that may come.

    `holders` says, by key, which stranger holds a device.
    """
    gpus = [device for device in present if device.is_gpu]
    usable = suitable(job, present, gpus)
    if gpus_asked and job.wish != "cpu":
        return [], f"GPU {gpus_asked}, and this machine has none of that name", False
    if not usable:
        return [], "a GPU, and this machine has none", False
    open_to_us = [device for device in usable if not holders[device.key]]
    if open_to_us:
        return open_to_us, "", False
    held = ", ".join(f"{device.label} (held by {holders[device.key]})" for device in usable)
    return [], held, True


def suitable(job: Queued, present: Sequence[Device], gpus: Sequence[Device]) -> list[Device]:
    """The devices that a job may be trained on."""
    if job.needs_gpu:
        return list(gpus)
    if job.wish == "cpu" or not gpus:
        return [device for device in present if device.key == CPU]
    return list(gpus)


def stranger(device: Device, own: Collection[int], workers: Sequence[Worker]) -> str:
    """The first process on a GPU that is none of our workers; empty where all are ours.

    Of processes that are not seen from here, as many are taken for ours as we have workers there that the driver does
    not name.
    """
    for pid in device.holders:
        if pid not in own:
            return f"process {pid}"
    unnamed = sum(worker.device == device.key and worker.identity.pid not in device.holders for worker in workers)
    return "a process outside this container" if device.unseen > unnamed else ""
