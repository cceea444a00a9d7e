// Discord's markdown as a tree of plain objects. https://support.discord.com/hc/en-us/articles/210298617
//
// Blocks: text, heading (level), subtext, quote, list (ordered, start, items), code (language, text).
// Inline: a string, or {type: strong | em | underline | strike | spoiler | code | link | user | role | channel |
// time | command | emoji | everyone, …}.

const DEEPEST = 12; // nesting beyond this stays as it was typed

const FENCE = /(?<!\\)```(?:([\w+#.-]{1,20})\n)?\n*([\s\S]+?)\n*```/g;

/** Parse a whole text into blocks. */
export function parse(text) {
  const blocks = [];
  let end = 0;
  for (const found of text.matchAll(FENCE)) {
    blocks.push(...parseLines(text.slice(end, found.index).replace(/\n$/, "")));
    blocks.push({ type: "code", language: found[1] ?? "", text: found[2] });
    end = found.index + found[0].length;
  }
  return [...blocks, ...parseLines(text.slice(end).replace(end ? /^\n/ : /^(?!)/, ""))];
}

function parseLines(text, quoted = false) {
  if (!text) return [];
  const lines = text.split("\n");
  const blocks = [];
  while (lines.length) {
    const block = (!quoted && takeQuote(lines)) || takeList(lines) || takeHeading(lines) || takeText(lines, quoted);
    blocks.push(block);
  }
  return blocks;
}

function takeQuote(lines) {
  if (lines[0].startsWith(">>> ")) {
    const rest = lines.splice(0).join("\n").slice(4);
    return { type: "quote", children: parseLines(rest, true) };
  }
  const quoted = [];
  while (/^> /.test(lines[0] ?? "") || lines[0] === ">") quoted.push(lines.shift().slice(2));
  return quoted.length ? { type: "quote", children: parseLines(quoted.join("\n"), true) } : null;
}

function takeHeading(lines) {
  const heading = /^(#{1,3}) +(\S.*)$/.exec(lines[0]);
  const subtext = /^-# +(\S.*)$/.exec(lines[0]);
  if (heading) {
    lines.shift();
    return { type: "heading", level: heading[1].length, children: parseInline(heading[2]) };
  }
  if (!subtext) return null;
  lines.shift();
  return { type: "subtext", children: parseInline(subtext[1]) };
}

const ITEM = /^( *)([-*]|\d{1,9}\.) +(\S.*)$/;

function takeList(lines, least = 0) {
  const first = ITEM.exec(lines[0] ?? "");
  if (!first || first[1].length < least) return null;
  const ordered = first[2].endsWith(".");
  const list = { type: "list", ordered, start: ordered ? Number.parseInt(first[2], 10) : 1, items: [] };
  const indent = first[1].length;
  while (lines.length) {
    const item = ITEM.exec(lines[0]);
    if (!item || item[1].length < indent || item[2].endsWith(".") !== ordered) break;
    lines.shift();
    const children = [{ type: "text", children: parseInline(item[3]) }];
    const inner = takeList(lines, indent + 1);
    if (inner) children.push(inner);
    list.items.push(children);
  }
  return list;
}

function takeText(lines, quoted) {
  const taken = [lines.shift()];
  while (lines.length && !startsBlock(lines[0], quoted)) taken.push(lines.shift());
  return { type: "text", children: parseInline(taken.join("\n")) };
}

function startsBlock(line, quoted) {
  if (!quoted && (/^(>>>|>) /.test(line) || line === ">")) return true;
  return /^#{1,3} +\S/.test(line) || /^-# +\S/.test(line) || ITEM.test(line);
}

const PAIRS = [
  ["strong", /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/],
  ["underline", /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/],
  ["strike", /^~~((?:\\[\s\S]|[^\\])+?)~~/],
  ["spoiler", /^\|\|((?:\\[\s\S]|[^\\])+?)\|\|/],
  ["em", /^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/],
  ["em", /^_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)/],
];

// What begins with its own mark: how it is found, and what it becomes. What comes first goes first.
const MARKS = [
  [/^\\([^A-Za-z0-9\s])/, (found) => found[1]],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, (found) => ({ type: "code", text: found[2].replace(/^ (.+) $/, "$1") })],
  [/^<@!?(\d{1,20})>/, (found) => ({ type: "user", id: found[1] })],
  [/^<@&(\d{1,20})>/, (found) => ({ type: "role", id: found[1] })],
  [/^<#(\d{1,20})>/, (found) => ({ type: "channel", id: found[1] })],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (found) => ({ type: "time", at: Number(found[1]), style: found[2] ?? "f" })],
  [/^<\/([^:>\n]{1,98}):(\d{1,20})>/, (found) => ({ type: "command", name: found[1] })],
  [/^<a?:(\w{2,32}):\d{1,20}>/, (found) => ({ type: "emoji", name: found[1] })],
  [/^@(everyone|here)\b/, (found) => ({ type: "everyone", name: found[1] })],
  [/^<(https?:\/\/[^\s<>]+)>/i, (found) => link(found[1], [found[1]])],
];

const MASKED =
  /^\[((?:\\[\s\S]|[^\\[\]\n])+)\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?: +"[^"\n]*")?\)/i;
const BARE = /^https?:\/\/[^\s<]*[^\s<.,:;"'\])!?*_~|]/i;
const PLAIN = /^[^\\`<@[*_~|h]+|^[\s\S]/;

/** Parse what stands within a line, or within several lines of text. */
export function parseInline(text, depth = 0) {
  const nodes = [];
  let before = "";
  for (let rest = text; rest;) {
    const [node, length] = takeNode(rest, depth, before);
    if (typeof node === "string" && typeof nodes.at(-1) === "string") nodes[nodes.length - 1] += node;
    else nodes.push(node);
    before = rest[length - 1];
    rest = rest.slice(length);
  }
  return nodes;
}

function takeNode(rest, depth, before) {
  const isWord = /\w/.test(before);
  for (const [pattern, make] of MARKS) {
    const found = isWord && rest[0] === "@" ? null : pattern.exec(rest);
    if (found) return [make(found), found[0].length];
  }
  const bare = isWord ? null : BARE.exec(rest);
  if (bare) return [link(balanced(bare[0]), [balanced(bare[0])]), balanced(bare[0]).length];
  if (depth < DEEPEST) {
    const masked = MASKED.exec(rest);
    if (masked) return [link(masked[2], parseInline(masked[1], depth + 1)), masked[0].length];
    for (const [type, pattern] of PAIRS) {
      const found = isWord && rest[0] === "_" ? null : pattern.exec(rest);
      if (found) return [{ type, children: parseInline(found[1], depth + 1) }, found[0].length];
    }
  }
  const plain = PLAIN.exec(rest)[0];
  return [plain, plain.length];
}

function link(url, children) {
  return { type: "link", url, children };
}

/** Cut an address at a closing bracket that it did not open: "(see https://example.com/a)". */
function balanced(url) {
  let open = 0;
  for (let place = 0; place < url.length; place += 1) {
    if (url[place] === "(") open += 1;
    if (url[place] === ")" && (open -= 1) < 0) return url.slice(0, place);
  }
  return url;
}
