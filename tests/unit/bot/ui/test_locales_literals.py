"""No sentence that a person reads stands in the code unmarked: it could not be said in another language."""

import ast
import re
from collections.abc import Iterator

from tests.support.messages import LOOKS_UP, trees

EXPORTED = "bot/records/export.py"  # a table for programs, whose columns have one name everywhere
# What is in the way of the connection and of the registration is told by the health check, to the operator.
FOR_THE_OPERATOR = ("bot/discord_api/door.py", "bot/discord_api/registration.py")
# SQL, errors for the log, and what moderators may type.
SILENT = ("bot/discord_api/channel_pace.py", "bot/moderation/decide.py", "bot/settings/typed_values.py")
SPEAKERS = (
    *("bot/cast/view.py", "bot/delivery/", "bot/discord_api/", "bot/gate/words.py", "bot/members/", "bot/moderation/"),
    *("bot/operator/panel.py", "bot/operator/notices.py", "bot/operator/words.py", "bot/records/", "bot/requests/"),
    *("bot/settings/", "bot/ui/", "cogs/"),
)
PROSE = re.compile(r"[^\W\d_]{2,}[^\w\s]* [^\w\s]*[^\W\d_]{2,}")  # two words
WORD = re.compile(r"[^\W\d_]{2,}")
# Where even one word is read by a person: parameters by name, of what Discord shows.
SHOWN = {
    "TextDisplay": ("content",),
    "Label": ("text", "description"),
    "Button": ("label",),
    "Modal": ("title",),
    "TextInput": ("label", "placeholder"),
    "Select": ("placeholder",),
    "UserSelect": ("placeholder",),
    "RoleSelect": ("placeholder",),
    "ChannelSelect": ("placeholder",),
    "SelectOption": ("label", "description"),
    "RadioGroupOption": ("label", "description"),
    "CheckboxGroupOption": ("label", "description"),
    "say": ("sentence",),
    "send": ("content",),
    "send_message": ("content",),
    "edit_message": ("content",),
}
# Which of their arguments by place are shown.
FIRST = {"TextDisplay": slice(1), "send": slice(1), "send_message": slice(1), "say": slice(1, 2)}
# A language is named in its own, as a format is; names of people are examples, and those of commands are looked up
# elsewhere; an error of a library is known by its words.
OWN_NAMES = {"Português do Brasil", "JPEG XL", "mira", "Session is closed"}
# Not read by members, or taken elsewhere: commands from what Discord is sent; the log is the operator's.
NOT_SHOWN = {
    *("command", "describe", "rename", "Group", "ContextMenu", "compile", "get_logger", "create_task"),
    "option_name",  # of a command, and looked up as such
    "OutcomeUnclear",  # an error, also where it is not raised at once
}
LOGS = {"debug", "info", "warning", "error", "exception"}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def unread(node: ast.AST) -> bool:
    """Tell whether nothing in a piece of code is for members, or all of it is looked up."""
    match node:
        case ast.Call():
            name = called(node)
            return name in LOOKS_UP or name in NOT_SHOWN or (name in LOGS and ast.unparse(node.func).startswith("log."))
        case ast.Raise() | ast.Expr(value=ast.Constant()):  # errors are for the log, and docstrings for us
            return True
        case ast.keyword(arg="operator"):  # what the log says of an answer of Discord's
            return True
        case _:
            return False


def literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the strings below a node that may be read by members; of f-strings their pieces."""
    for child in parts(node):
        if unread(child):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and child.value not in OWN_NAMES:
            yield child
        yield from literals(child)


def parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a piece of code consists of, but for annotations and what a class is made with."""
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "returns"} and not (name == "keywords" and isinstance(node, ast.ClassDef)):
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, ast.AST))


def shown(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the strings that are handed directly to what Discord shows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SHOWN:
            given = [each.value for each in node.keywords if each.arg in SHOWN[called(node)]]
            by_place = FIRST.get(called(node))
            yield from literals(ast.List(elts=given if by_place is None else [*given, *node.args[by_place]]))


def choices(tree: ast.AST) -> set[object]:
    """Return the choices of a module's commands, which Discord shows and the code compares with."""
    literals = [
        each.slice
        for each in ast.walk(tree)
        if isinstance(each, ast.Subscript) and ast.unparse(each.value) == "Literal"
    ]
    return {each.value for literal in literals for each in ast.walk(literal) if isinstance(each, ast.Constant)}


def test_a_sentence_for_people_is_marked_to_be_said_in_their_language() -> None:
    unmarked = [
        f"{path}:{each.lineno} {each.value!r}"
        for path, tree in trees()
        if path.startswith(SPEAKERS) and path not in {EXPORTED, *FOR_THE_OPERATOR, *SILENT}
        for each in literals(tree)
        if PROSE.search(str(each.value)) and each.value not in choices(tree)
    ]
    assert unmarked == [], "wrap these: from bot.ui.language import _, N_, ngettext"


def test_a_word_that_discord_shows_is_marked_too() -> None:
    unmarked = [
        f"{path}:{each.lineno} {each.value!r}"
        for path, tree in trees()
        if path.startswith(SPEAKERS)
        for each in shown(tree)
        if WORD.search(str(each.value))
    ]
    assert unmarked == [], "wrap these: from bot.ui.language import _"


def test_what_is_looked_up_is_a_whole_sentence_as_it_stands_in_the_code() -> None:
    joined = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in LOOKS_UP
        for each in node.args[: LOOKS_UP[called(node)]]
        if isinstance(each, ast.JoinedStr | ast.BinOp)
    ]
    assert joined == [], 'fill places in afterwards: _("… {name} …").format(name=…)'


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported: everything but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ast.walk(child.args)
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from at_import(child)


def test_nothing_is_looked_up_before_it_is_known_who_reads() -> None:
    early = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, tree in trees()
        for node in at_import(tree)
        if isinstance(node, ast.Call) and called(node) in {"_", "ngettext"}
    ]
    assert early == [], "mark a constant with N_, and look it up with _ where it is used"


def test_nothing_else_takes_the_name_under_which_sentences_are_looked_up() -> None:
    taken = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if any(isinstance(each, ast.alias) and each.name == "_" for each in ast.walk(tree))
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == "_")
    ]
    assert taken == []
