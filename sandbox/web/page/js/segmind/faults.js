// What can be switched on the local Segmind. Faults: see sandbox/segmind/settings.py.

const LIMITED = ["submit", "status", "result", "history", "credits", "upload"]; // what counts against the rate limit
const SLOW = 3; // seconds

export const SPEEDS = [1, 10, 40, 200];

export const ENDINGS = {
  completed: { label: "with a video" },
  failed: { label: "failed", about: "Every new generation fails. Nothing is charged for it." },
  blocked: { label: "blocked", about: "Every new generation is blocked by the content filter. Nothing is charged for it." },
};

export const ANSWERS = {
  normal: { label: "normal", faults: [] },
  slow: { label: "slow", about: `Every answer takes ${SLOW} seconds.`, faults: [{ kind: "stall", delay: SLOW }] },
  limited: {
    label: "429",
    about: "Every request is over the rate limit.",
    faults: LIMITED.map((operation) => ({
      kind: "answer",
      operation,
      status: 429,
      body: { error: "Rate limit exceeded. Please try again later" },
    })),
  },
  down: {
    label: "down",
    about: "Every request is answered with 503.",
    faults: [{ kind: "answer", status: 503, body: { error: "Service unavailable. Please try again later" } }],
  },
};

/** Name the answers that faults make, or null for faults from elsewhere. */
export function answersOf(faults) {
  if (!faults.length) return "normal";
  const [first] = faults;
  if (first.kind === "stall") return "slow";
  return { 429: "limited", 503: "down" }[first.status] ?? null;
}
