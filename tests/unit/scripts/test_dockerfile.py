"""The Dockerfile as the container check reads it."""

from pathlib import Path
from typing import Final

import pytest

from scripts.container.dockerfile import NotUnderstood, Surroundings, read_dockerfile

PROJECT: Final = Path(__file__).parents[3]

SMALL: Final = """
# A comment.
FROM python:3.13-slim AS build
RUN one && \\
    # another comment
    two
FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH QUIET=1
WORKDIR /app
COPY --from=build /venv /venv
USER reelcast
HEALTHCHECK --interval=30s CMD ["python", "-c", "print(\\"well\\")"]
CMD ["run"]
"""


def test_steps_are_read_stage_by_stage_and_joined_over_lines() -> None:
    build, last = read_dockerfile(SMALL)
    assert (build.name, last.name) == ("build", None)
    assert [step.rest for step in build.instructions] == ["one && two"]
    assert last.last("COPY").arguments == ["--from=build", "/venv", "/venv"]
    assert last.last("CMD").arguments == ["run"]
    assert last.healthcheck == ["python", "-c", 'print("well")']


def test_a_step_runs_in_what_the_steps_before_have_set() -> None:
    around = Surroundings()
    for step in read_dockerfile(SMALL)[-1].instructions:
        around.take(step)
    assert (around.folder, around.user) == ("/app", "reelcast")
    assert around.environment["PATH"].startswith("/venv/bin:/usr/")
    assert around.environment["QUIET"] == "1"


@pytest.mark.parametrize("text", ["FROM python:3.13\nADD a b", "RUN before any stage", "FROM python:3.13\nSHELL x"])
def test_what_is_not_known_is_refused_and_not_passed_over(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read_dockerfile(text)


def test_our_own_dockerfile_is_understood() -> None:
    last = read_dockerfile((PROJECT / "Dockerfile").read_text(encoding="utf-8"))[-1]
    assert last.last("USER").rest == "10001:10001"  # a number, by which hosts know that it is not root
    assert last.last("ENTRYPOINT").arguments == ["python", "-m", "bot"]
    assert "/healthz" in last.healthcheck[-1]


def test_a_stage_tells_what_it_lacks() -> None:
    with pytest.raises(NotUnderstood, match="no USER"):
        read_dockerfile("FROM python:3.13")[0].last("USER")
