// What can be switched on the local Segmind. Faults: see sandbox/segmind/settings.py.

const LIMITED = ["submit", "status", "result", "history", "credits", "upload"]; // what counts against the rate limit
const SLOW = 3; // seconds

export const SPEEDS = [1, 10, 40, 200];

export const ENDINGS = {
  completed: { label: "with a video" },
  failed: { label: "failed", about: "Every run that begins from now on fails; a failed run is not charged." },
  blocked: { label: "blocked", about: "Every run that begins from now on is blocked by the content moderation." },
};

export const ANSWERS = {
  normal: { label: "normal", faults: [] },
  slow: { label: "slow", about: `Every answer waits ${SLOW} seconds.`, faults: [{ kind: "stall", delay: SLOW }] },
  limited: {
    label: "429",
    about: "Every request is one too many.",
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

/** Name the answers that faults make; somebody else's faults have no name. */
export function answersOf(faults) {
  if (!faults.length) return "normal";
  const [first] = faults;
  if (first.kind === "stall") return "slow";
  return { 429: "limited", 503: "down" }[first.status] ?? null;
}
