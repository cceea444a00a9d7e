"""The counts of the code's layout."""

from scripts.house import counted, table

SOURCES = {
    "bot/__init__.py": '"""The bot."""\n',
    "bot/app.py": "class App:\n    pass\n",
    "bot/gate/limits.py": "class Limit:\n    pass\n\n\nclass _Clock(Protocol):\n    pass\n",
    "bot/gate/usage.py": "class Limit:\n    pass\n\n\nclass _Clock(Protocol):\n    pass\n\n\nX = 1\n",
    "bot/database/migrations/versions/0001_first.py": "class Limit:\n    pass\n",
}


def test_files_folders_and_lines_are_counted_without_migrations_and_packages() -> None:
    rows = counted(SOURCES).rows()
    assert (rows["files"], rows["lines"], rows["median"]) == ("3", "17", "6")
    assert (rows["longest"], rows["fullest folder"]) == ("9 usage.py", "2 bot/gate")


def test_a_class_name_that_stands_twice_is_named_but_not_a_modules_own_protocol() -> None:
    assert counted(SOURCES).repeated == ["Limit"]


def test_states_stand_beside_one_another() -> None:
    house = counted(SOURCES)
    lines = table({"before": house, "now": house}).splitlines()
    assert lines[0].split() == ["before", "now"]
    assert lines[1].split() == ["files", "3", "3"]


def test_files_that_name_a_setting_or_an_option_are_counted_without_migrations() -> None:
    named = {
        "bot/settings/model.py": "report_threshold: int = 0\n",
        "bot/gate/gate.py": "request.aspect_ratio, settings.report_threshold\n",
        "bot/gate/limits.py": "aspect_ratios = ()\n",
        "bot/database/migrations/versions/0002_more.py": "aspect_ratio = 1\n",
    }
    rows = counted(named).rows()
    assert (rows["files naming report_threshold"], rows["files naming aspect_ratio"]) == ("2", "1")
