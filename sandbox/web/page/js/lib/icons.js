// The page's own icons, drawn on a field of 24 by 24.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  hash: "M10 3 8 21M16 3l-2 18M4 8.500h17M3 15.500h17",
  thread: "M4 5h16v11H11l-4 4v-4H4zM8 9.500h8M8 12.500h5",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  menu: "M4 6h16M4 12h16M4 18h16",
  people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c0-3.600 2.900-6 6.500-6s6.500 2.400 6.500 6M16 4.500a3.200 3.200 0 0 1 0 6M18 14.200c2 .7 3.500 2.700 3.500 5.300",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2.500M12 19.500V22M2 12h2.500M19.500 12H22M5 5l1.700 1.700M17.300 17.300 19 19M19 5l-1.700 1.700M6.700 17.300 5 19",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  plus: "M12 5v14M5 12h14",
  send: "M4 12 3 4.500 21 12 3 19.500 4 12zm0 0h8",
  close: "M6 6l12 12M18 6 6 18",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  reply: "M9.500 6 4 11.500 9.500 17M4 11.500h9a7 7 0 0 1 7 7",
  down: "M6 9.500l6 6 6-6",
  left: "M14.500 5.500 8 12l6.500 6.500",
  right: "M9.500 5.500 16 12l-6.500 6.500",
  check: "M5 12.500l4.500 4.500L19 7.500",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  upload: "M12 16V5M7 9.500l5-5 5 5M5 19.500h14",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 9.500h.01",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  film: "M4 10h16v9.500H4zM4 10l-.700-3.300 15.700-3.300.700 3.300L4 10zM8.500 5.800l2 3M13.500 4.700l2 3",
  spark: "M12 3.500l1.900 5.600 5.600 1.900-5.600 1.900L12 18.500l-1.900-5.600L4.500 11l5.600-1.900zM19 16.500v4M17 18.500h4",
  open: "M13.500 4.500h6v6M19.500 4.500 11 13M17.500 14v5.500h-13v-13H10",
};

/** Draw an icon; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
