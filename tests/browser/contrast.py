"""Whether the words on a page can be read against what is behind them (WCAG 2.2, success criterion 1.4.3)."""

from typing import Any, Final

from playwright.async_api import Page

LEAST: Final = 4.5  # the ratio of luminances for text of ordinary size

_FAINT: Final = """(least) => {
    const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
    const parse = (colour) => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
        return [r, g, b, a];
    };
    const over = (top, below) => [0, 1, 2].map((each) => top[each] * top[3] + below[each] * (1 - top[3]));
    const behind = (element) => {
        if (!element) return [255, 255, 255];
        const colour = parse(getComputedStyle(element).backgroundColor);
        return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement));
    };
    const left = ":disabled, [aria-disabled=true], .offline, [aria-hidden=true], [inert], option, noscript, .skip";
    const shown = { opacityProperty: true, visibilityProperty: true };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const words = walker.currentNode.nodeValue.trim();
        if (!words || element.closest(left) || !element.checkVisibility(shown)) continue;
        const ground = behind(element);
        const ink = over(parse(getComputedStyle(element).color), ground);
        const [light, dark] = [luminance(ink), luminance(ground)].sort((one, other) => other - one);
        const ratio = (light + 0.05) / (dark + 0.05);
        const what = element.className || element.localName;
        if (ratio < least) found.push(`${words.slice(0, 40)} (${what}): ${ratio.toFixed(2)}`);
    }
    return found;
}"""


async def faint_words(page: Page) -> list[Any]:
    """Return the texts of a page that stand out too little, each with its class and its ratio."""
    return await page.evaluate(_FAINT, LEAST)
