// Light or dark: as the system says until the reader chooses, then as they chose.

const KEY = "theme";
const system = matchMedia("(prefers-color-scheme: light)");

export function currentTheme() {
  return localStorage.getItem(KEY) ?? (system.matches ? "light" : "dark");
}

/** Show the theme, and anew when the system's changes. */
export function startTheme(changed) {
  const apply = () => {
    document.documentElement.dataset.theme = currentTheme();
    changed();
  };
  system.addEventListener("change", apply);
  addEventListener("storage", apply); // another tab chose
  apply();
  return () => {
    localStorage.setItem(KEY, currentTheme() === "light" ? "dark" : "light");
    apply();
  };
}
