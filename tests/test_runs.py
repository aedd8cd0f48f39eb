from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import threading
from uuid import UUID

import pytest

from artifolio import flow, task
from artifolio.origins import Run
from artifolio.runs import current_run


@flow
def show_flow() -> Run | None:
    return current_run()


@task
def show_task() -> Run | None:
    return current_run()


@flow
async def show_async_flow() -> Run | None:
    await asyncio.sleep(0)
    return current_run()


@task
async def show_async_task() -> Run | None:
    await asyncio.sleep(0)
    return current_run()


def in_thread(function):
    """Return what a function gives in a thread of its own."""
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(function()))
    thread.start()
    thread.join()
    return outcome[0]


def test_outside_of_a_run_there_is_none():
    assert current_run() is None


def test_a_flow_has_a_name_an_id_and_a_name_of_its_run():
    run = show_flow()
    assert run.flow == "show-flow"
    assert UUID(run.flow_run).version == 7
    assert len(run.flow_run_name.split("-")) == 2
    assert (run.task, run.task_run) == (None, None)


def test_every_call_is_a_run_of_its_own():
    assert show_flow().flow_run != show_flow().flow_run


def test_names_may_be_given():
    @flow(name="churn", flow_run_name="churn of {month}, {year}")
    def named(month: str, year: int = 2026) -> Run | None:
        return current_run()

    assert named("May").flow == "churn"
    assert named(month="May").flow_run_name == "churn of May, 2026"


def test_a_task_is_part_of_the_flow_around_it():
    @flow
    def outer() -> tuple[Run | None, Run | None, Run | None]:
        return current_run(), show_task(), current_run()

    before, inside, after = outer()
    assert before == after
    assert inside == Run(
        before.flow, before.flow_run, before.flow_run_name, "show-task", inside.task_run
    )
    assert UUID(inside.task_run).version == 7


def test_two_tasks_of_one_flow_differ_in_their_task_run_only():
    @flow
    def outer() -> list[Run | None]:
        return [show_task(), show_task()]

    one, other = outer()
    assert one.flow_run == other.flow_run
    assert one.task_run != other.task_run


def test_a_task_outside_of_a_flow_has_no_flow():
    run = show_task()
    assert (run.flow, run.flow_run, run.task) == (None, None, "show-task")
    assert run.task_run


def test_a_flow_in_a_flow_is_a_run_of_its_own():
    @flow
    def outer() -> list[Run | None]:
        return [current_run(), show_flow(), current_run()]

    before, inner, after = outer()
    assert before == after
    assert inner.flow == "show-flow"
    assert inner.flow_run != before.flow_run


def test_a_flow_in_a_task_does_not_inherit_the_task():
    @task
    def outer() -> Run | None:
        return show_flow()

    assert outer().task is None


def test_a_task_in_a_task_is_the_one_that_counts():
    @task(name="outer")
    def outer() -> list[Run | None]:
        return [show_task(), current_run()]

    inner, after = outer()
    assert (inner.task, after.task) == ("show-task", "outer")


@pytest.mark.parametrize("decorator", [flow, task])
def test_an_exception_ends_the_run(decorator):
    @decorator
    def fail() -> None:
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert current_run() is None


@pytest.mark.parametrize("decorator", [flow, task])
def test_an_exception_ends_the_run_of_a_coroutine(decorator):
    @decorator
    async def fail() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("on purpose")

    async def main() -> Run | None:
        with pytest.raises(RuntimeError, match="on purpose"):
            await fail()
        return current_run()

    assert asyncio.run(main()) is None


def test_wrong_arguments_are_a_type_error_and_no_run():
    with pytest.raises(TypeError, match="argument"):
        show_flow(1)
    assert current_run() is None


def test_a_coroutine_runs_in_its_run():
    run = asyncio.run(show_async_flow())
    assert run.flow == "show-async-flow"
    assert inspect.iscoroutinefunction(show_async_flow)


def test_coroutines_of_tasks_are_part_of_the_flow_around_them():
    @flow
    async def outer() -> tuple[Run | None, list[Run | None]]:
        return current_run(), await asyncio.gather(show_async_task(), show_async_task())

    around, (one, other) = asyncio.run(outer())
    assert {around.flow_run} == {one.flow_run, other.flow_run}
    assert one.task_run != other.task_run


def test_flows_that_run_at_once_do_not_mix():
    @flow(flow_run_name="{number}")
    async def slow(number: int) -> list[str]:
        seen = []
        for _ in range(5):
            await asyncio.sleep(0)
            seen.append(current_run().flow_run_name)
            seen.append((await show_async_task()).flow_run_name)
        return seen

    async def main() -> list[list[str]]:
        return await asyncio.gather(*(slow(number) for number in range(20)))

    assert asyncio.run(main()) == [[str(number)] * 10 for number in range(20)]


def test_a_plain_task_in_a_flow_of_coroutines_is_part_of_it():
    @flow
    async def outer() -> tuple[Run | None, Run | None]:
        return current_run(), show_task()

    around, inside = asyncio.run(outer())
    assert around.flow_run == inside.flow_run


def test_a_thread_of_asyncio_sees_the_run():
    @flow
    async def outer() -> tuple[Run | None, Run | None, Run | None]:
        return (
            current_run(),
            await asyncio.to_thread(current_run),
            await asyncio.to_thread(show_task),
        )

    around, seen, inside = asyncio.run(outer())
    assert seen == around
    assert inside.flow_run == around.flow_run


def test_a_thread_with_a_copied_context_sees_the_run():
    @flow
    def outer() -> tuple[Run | None, Run | None]:
        copied = contextvars.copy_context()
        return current_run(), in_thread(lambda: copied.run(show_task))

    around, inside = outer()
    assert inside.flow_run == around.flow_run


def test_flows_in_threads_do_not_mix():
    barrier = threading.Barrier(8)

    @flow(flow_run_name="{number}")
    def slow(number: int) -> str:
        barrier.wait()
        return current_run().flow_run_name

    names = [""] * 8
    threads = [
        threading.Thread(target=lambda n=number: names.__setitem__(n, slow(n)))
        for number in range(8)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert names == [str(number) for number in range(8)]


def test_a_decorated_function_keeps_its_name_help_and_signature():
    @flow
    def documented(month: str, *, year: int = 2026) -> str:
        """Say when."""
        return f"{month} {year}"

    assert (documented.__name__, documented.__doc__) == ("documented", "Say when.")
    assert list(inspect.signature(documented).parameters) == ["month", "year"]
    assert documented("May", year=1) == "May 1"


def test_a_method_is_decorated_as_a_function_is():
    class Job:
        @flow(flow_run_name="of {self.name}")
        def run(self) -> str:
            return current_run().flow_run_name

        name = "job"

    assert Job().run() == "of job"


def test_a_partial_function_is_decorated():
    assert task(functools.partial(lambda x: current_run(), 1))().task == "task"


def generator():
    yield 1


async def async_generator():
    yield 1


@pytest.mark.parametrize("decorator", [flow, task])
@pytest.mark.parametrize("function", [generator, async_generator])
def test_a_generator_is_refused(decorator, function):
    with pytest.raises(TypeError, match=f"cannot decorate the generator {function.__name__}"):
        decorator(function)


@pytest.mark.parametrize("decorator", [flow, task])
def test_what_is_not_a_function_is_refused(decorator):
    with pytest.raises(TypeError, match=f"{decorator.__name__} decorates a function, not int"):
        decorator(5)
