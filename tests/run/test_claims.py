"""Who gets which device: GPUs first, strangers' left alone, the CPU in their place only where asked."""

from engine.record.ledger import Queued
from engine.record.locks import Identity
from engine.results.devices import gpus_named
from engine.results.rows import Device
from engine.run.claims import claim
from engine.run.devices import cpu, visible
from engine.run.process import Worker

CPU = cpu()
GPUS = [Device("GPU-aaaa1", "GPU0", "H100"), Device("GPU-bbbb2", "GPU1", "H100")]


def names(given):
    return [(job.id, device.label) for job, device in given]


def worker(device, pid=1, job_id="x"):
    return Worker(device, Identity("h", "b", pid, 1.0), job_id)


def test_without_a_gpu_auto_is_the_cpu_and_only_what_requires_one_waits():
    queued = [Queued("a", "auto", True), Queued("b", "auto", False), Queued("c", "gpu", False)]
    given, waiting, _ = claim(queued, [CPU], [], 1)
    assert names(given) == [("b", "CPU")]
    assert waiting == [(job, "a GPU, and this machine has none") for job in ("a", "c")]
    given, _, _ = claim([Queued("a", "cpu", True)], [CPU], [], 1)
    assert names(given) == [("a", "CPU")]


def test_jobs_spread_over_the_gpus_up_to_the_slots():
    queued = [Queued(str(n), "auto", False) for n in range(5)]
    given, waiting, _ = claim(queued, [*GPUS, CPU], [worker("GPU-aaaa1")], 2)
    assert names(given) == [("0", "GPU1"), ("1", "GPU0"), ("2", "GPU1")]
    assert waiting == []


def test_a_strangers_gpu_is_left_alone_and_named():
    held = Device("GPU-aaaa1", "GPU0", "H100", holders=(77,))
    given, waiting, _ = claim([Queued("a", "auto", False)], [held, CPU], [], 1)
    assert given == []
    assert waiting == [("a", "GPU0 (held by process 77)")]
    assert claim([Queued("a", "auto", False, "GPU0 (held by process 77)")], [held, CPU], [], 1)[1] == []
    given, _, _ = claim([Queued("a", "auto", False)], [held, CPU], [worker("GPU-aaaa1", 77, None)], 1)
    assert names(given) == [("a", "GPU0")]
    given, _, _ = claim([Queued("a", "auto", False)], [held, GPUS[1], CPU], [], 1)
    assert names(given) == [("a", "GPU1")]


def test_in_a_container_a_worker_that_the_driver_names_otherwise_is_not_taken_for_a_stranger():
    queued = [Queued("a", "auto", False)]
    held = Device("GPU-aaaa1", "GPU0", "H100", unseen=1)
    assert names(claim(queued, [held, CPU], [worker("GPU-aaaa1", 5, None)], 1).given) == [("a", "GPU0")]
    outside = [("a", "GPU0 (held by a process outside this container)")]
    for workers in ([], [worker("GPU-bbbb2", 5, None)]):
        assert claim(queued, [held, CPU], workers, 1).waiting == outside
    named = Device("GPU-aaaa1", "GPU0", "H100", holders=(5,), unseen=1)
    assert claim(queued, [named, CPU], [worker("GPU-aaaa1", 5, None)], 1).waiting == outside


def test_gpus_are_chosen_by_number_or_uuid():
    assert gpus_named(GPUS, []) == GPUS
    assert gpus_named(GPUS, [1]) == [GPUS[1]]
    assert gpus_named(GPUS, ["GPU-aaaa1"]) == [GPUS[0]]


def test_a_preset_of_the_users_is_respected_as_cuda_does():
    assert visible(GPUS, None) == GPUS
    assert visible(GPUS, "1,0") == [GPUS[1], GPUS[0]]
    assert visible(GPUS, "GPU-bbbb") == [GPUS[1]]
    assert visible(GPUS, "") == []
    assert visible(GPUS, "-1") == []
    assert visible(GPUS, "1,7,0") == [GPUS[1]]


def test_a_gpu_that_a_stranger_holds_is_worth_waiting_for_and_one_that_is_not_there_is_not():
    held = Device("GPU-aaaa1", "GPU0", "H100", holders=(77,))
    assert claim([Queued("a", "auto", False)], [held, CPU], [], 1).held_up
    assert not claim([Queued("a", "auto", True)], [CPU], [], 1).held_up
    # The driver goes on showing a process for a moment after it has ended.
    assert names(claim([Queued("a", "auto", False)], [held, CPU], [], 1, ours={77}).given) == [("a", "GPU0")]


def test_where_none_of_the_gpus_asked_for_is_here_the_cpu_does_not_take_their_place():
    queued = [Queued("a", "auto", False), Queued("b", "cpu", False)]
    given, waiting, held_up = claim(queued, [CPU], [], 2, gpus_asked="5")
    assert names(given) == [("b", "CPU")]
    assert waiting == [("a", "GPU 5, and this machine has none of that name")]
    assert not held_up
