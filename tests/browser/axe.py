"""What axe-core finds on a page that keeps people from using it."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

GRAVE: Final = {"serious", "critical"}


async def grave_violations(page: Page) -> list[str]:
    """Return a line for each element of the page that breaks a rule of axe-core with a serious or critical impact."""
    await page.evaluate(f"() => {{ if (!window.axe) {{ {AXE_SCRIPT} }} }}")
    results: dict[str, Any] = await page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}: {node['failureSummary'][:300]}"
        for rule in results["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
