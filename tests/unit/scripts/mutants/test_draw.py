"""Which modules are spoiled: found by what they are and define, wherever they stand."""

from pathlib import Path

import pytest

from scripts.mutants.__main__ import DEFINED, PACKAGES, PROJECT, chosen_modules, draw


def test_every_definition_that_is_looked_for_is_found() -> None:
    chosen = chosen_modules(PROJECT / "bot")
    assert {path.name for path in chosen} >= {"submitting.py", "client.py", "gate.py", "counting.py"}
    assert not [path for path in chosen if "presentation" in path.parts]


def test_the_same_seed_draws_the_same_and_another_seed_others() -> None:
    drawn = draw(1, 20)
    assert drawn == draw(1, 20) != draw(2, 20)
    assert len(drawn) == 20


def test_a_module_is_found_wherever_it_moved_and_one_that_is_missing_is_named(tmp_path: Path) -> None:
    bot = tmp_path / "bot"
    for package in PACKAGES:
        (bot / "rooms" / package).mkdir(parents=True)
        (bot / "rooms" / package / "one.py").touch()
    moved = bot / "elsewhere.py"
    moved.write_text("".join(f"class {name}: pass\n" for name in sorted(DEFINED)))
    (bot / "views.py").write_text("class View: pass\n")
    found = {path.relative_to(bot).as_posix() for path in chosen_modules(bot)}
    assert found == {"elsewhere.py", *(f"rooms/{package}/one.py" for package in PACKAGES)}
    moved.write_text("class Gate: pass\n")
    with pytest.raises(SystemExit, match="Reservation"):
        chosen_modules(bot)
