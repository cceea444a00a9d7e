"""Discord's markdown as the page reads it, and mentions as it sends them: asked in the browser that runs the page."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page as Tab

from sandbox.web.server import Page
from tests.browser.visit import open_browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

INLINE: list[tuple[str, list[Any]]] = [
    ("plain words", ["plain words"]),
    ("**bold** and *em*", [{"strong": ["bold"]}, " and ", {"em": ["em"]}]),
    ("__under__ _em_ ~~gone~~", [{"underline": ["under"]}, " ", {"em": ["em"]}, " ", {"strike": ["gone"]}]),
    ("***both***", [{"strong": [{"em": ["both"]}]}]),
    ("**a *b* c**", [{"strong": ["a ", {"em": ["b"]}, " c"]}]),
    ("||hidden **much**||", [{"spoiler": ["hidden ", {"strong": ["much"]}]}]),
    ("`**code**` ``a ` b``", [{"code": "**code**"}, " ", {"code": "a ` b"}]),
    (r"\*not em\* \_nor\_ \\", ["*not em* _nor_ \\"]),
    ("snake_case_name stays", ["snake_case_name stays"]),
    ("2 * 3 * 4", ["2 * 3 * 4"]),
    ("**open", ["**open"]),
    ("<@1> <@!2> <@&3> <#4>", [{"user": "1"}, " ", {"user": "2"}, " ", {"role": "3"}, " ", {"channel": "4"}]),
    ("<t:1700000000:R> <t:5>", [{"time": [1700000000, "R"]}, " ", {"time": [5, "f"]}]),
    ("</settings show:12> <:party:34>", [{"command": "settings show"}, " ", {"emoji": "party"}]),
    ("@everyone and me@here.org", [{"everyone": "everyone"}, " and me@here.org"]),
    ("see https://example.com/a_b_c.", ["see ", {"link": "https://example.com/a_b_c"}, "."]),
    ("(https://example.com/x)", ["(", {"link": "https://example.com/x"}, ")"]),
    ("[label](https://example.com/a(b)) end", [{"link": "https://example.com/a(b)", "label": ["label"]}, " end"]),
    ("[x](javascript:alert(1))", ["[x](javascript:alert(1))"]),
    ("<https://example.com/quiet>", [{"link": "https://example.com/quiet"}]),
    ("<b>tags</b> & more", ["<b>tags</b> & more"]),
]
BLOCKS: list[tuple[str, list[Any]]] = [
    ("one\ntwo", [{"text": ["one\ntwo"]}]),
    ("# Big\n### Small\nrest", [{"heading": [1, "Big"]}, {"heading": [3, "Small"]}, {"text": ["rest"]}]),
    ("-# quiet\n#hash stays", [{"subtext": ["quiet"]}, {"text": ["#hash stays"]}]),
    ("> said\n> more\nafter", [{"quote": [{"text": ["said\nmore"]}]}, {"text": ["after"]}]),
    (">>> all\n# of it", [{"quote": [{"text": ["all"]}, {"heading": [1, "of it"]}]}]),
    (">no quote", [{"text": [">no quote"]}]),
    ("- a\n  - b\n- c", [{"list": [False, [["a", {"list": [False, [["b"]]]}], ["c"]]]}]),
    ("3. x\n4. y", [{"list": [True, [["x"], ["y"]]]}]),
    ("a ```py\nx = 1\n``` b", [{"text": ["a "]}, {"code": "x = 1"}, {"text": [" b"]}]),
    ("```\n**raw**\n```", [{"code": "**raw**"}]),
]
# Writes a tree as short as the tables above: what a node is, and what is in it.
SHORT = """({ text, inline }) => import("/page/js/markdown/parse.js").then(({ parse, parseInline }) => {
    const words = (nodes) => nodes.map((node) => (typeof node === "string" ? node : one(node)));
    const one = (node) => {
        const plain = node.children?.length === 1 && node.children[0] === node.url;
        if (node.type === "link") return plain ? { link: node.url } : { link: node.url, label: words(node.children) };
        if (node.type === "time") return { time: [node.at, node.style] };
        return { [node.type]: node.children ? words(node.children) : (node.id ?? node.text ?? node.name) };
    };
    const item = (blocks) => blocks.flatMap((each) => (each.type === "text" ? words(each.children) : [block(each)]));
    const block = (node) => {
        if (node.type === "heading") return { heading: [node.level, ...words(node.children)] };
        if (node.type === "list") return { list: [node.ordered, node.items.map(item)] };
        if (node.type === "code") return { code: node.text };
        const children = node.type === "quote" ? node.children.map(block) : words(node.children);
        return { [node.type]: children };
    };
    return inline ? words(parseInline(text)) : parse(text).map(block);
})"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab() -> AsyncIterator[Tab]:
    """Give a tab at an address where the page's files are."""
    async with Page.open(None) as page, open_browser() as browser:
        app = web.Application()
        app.router.add_routes(page.routes())
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tab = await browser.new_page()
        await tab.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/page/icon.svg")
        yield tab
        await runner.cleanup()


@pytest.mark.parametrize(("text", "expected"), INLINE)
async def test_what_stands_in_a_line_is_read_as_discord_reads_it(tab: Tab, text: str, expected: list[Any]) -> None:
    assert await tab.evaluate(SHORT, {"text": text, "inline": True}) == expected


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
async def test_lines_become_blocks_as_in_discord(tab: Tab, text: str, expected: list[Any]) -> None:
    assert await tab.evaluate(SHORT, {"text": text, "inline": False}) == expected


@pytest.mark.parametrize("mark", ["*", "[", "**_", "||", "> ", "`", "<t:", "[a](http://b"])
async def test_no_text_takes_long_to_read(tab: Tab, mark: str) -> None:
    spent = await tab.evaluate(
        """(text) => import("/page/js/markdown/parse.js").then(({ parse }) => {
            const started = performance.now();
            parse(text);
            return performance.now() - started;
        })""",
        mark * (6000 // len(mark)),
    )
    assert spent < 2_000  # milliseconds; a tenth of that on an idle machine


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@Noor and @Noora", "<@1> and @Noora"),
        ("@Noor, @Noor. (@Noor)", "<@1>, <@1>. (<@1>)"),
        ("@Noor Vale, @Noor", "<@2>, <@1>"),
        ("@Noor.b @Noor_c me@Noor", "@Noor.b @Noor_c me@Noor"),
        ("@A+(b) @A", "<@3> @A"),
        ("@1 @Noor", "<@4> <@1>"),  # an id that was written isn't read as a name
    ],
)
async def test_a_member_who_was_chosen_is_sent_and_no_one_whose_name_is_longer(tab: Tab, typed: str, sent: str) -> None:
    taken = [["@Noor", "<@1>"], ["@Noor Vale", "<@2>"], ["@A+(b)", "<@3>"], ["@1", "<@4>"]]
    written = await tab.evaluate(
        """({ typed, taken }) => import("/page/js/composer/mentions.js").then(
            ({ withMentions }) => withMentions(typed, new Map(taken)))""",
        {"typed": typed, "taken": taken},
    )
    assert written == sent
