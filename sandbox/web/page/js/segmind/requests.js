// One request at the local Segmind.

import { h } from "../lib/dom.js";
import { timeElement } from "../markdown/time.js";

export function requestRow(request) {
  const { state, body, charged, error, request_id: id } = request;
  const images = body.image_urls?.length ?? 0;
  const facts = [
    body.duration ? `${body.duration} s` : null,
    body.aspect_ratio,
    images ? `${images} ${images === 1 ? "image" : "images"}` : null,
  ].filter(Boolean);
  return h(
    "li",
    { key: id, class: "request", title: `${request.model}\n${id}` },
    h(
      "div",
      { class: "request-head" },
      h("span", { class: `state ${state.toLowerCase()}` }, state),
      timeElement(request.created, "R"),
      charged ? h("strong", {}, `$${charged.toFixed(2)}`) : null,
    ),
    h("p", { class: "request-prompt" }, String(body.prompt ?? "")),
    h("p", { class: "fine" }, facts.join(" · ")),
    error ? h("p", { class: "problem" }, error) : null,
  );
}
