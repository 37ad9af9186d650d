import type { Stage } from "../api/shapes";
import { words } from "../words";

const LINE: Stage[] = ["planning", "teaching", "review", "debrief", "follow_up", "closed"];

/** Where the cycle stands: what is done, what is now, what comes. Marks and words both say it, not colour alone. */
export function StageLine({ stage }: { stage: Stage }) {
  const now = LINE.indexOf(stage);
  return (
    <ol class="stages" aria-label={words.stageLine}>
      {LINE.map((one, n) => {
        const where = n < now ? "done" : n === now ? "now" : "next";
        const name = words.stages[one];
        return (
          <li key={one} class={where} aria-current={where === "now" ? "step" : undefined}>
            <span class="dot" aria-hidden="true">{where === "done" ? "✓" : ""}</span>
            <span class="name">{name}</span>
            <span class="unseen">{where === "done" ? words.stageDone("") : where === "now" ? words.stageNow("") : ""}</span>
          </li>
        );
      })}
    </ol>
  );
}

export function nextStage(stage: Stage): Stage | null {
  const now = LINE.indexOf(stage);
  return now < 0 || now >= LINE.length - 2 ? null : LINE[now + 1] ?? null;
}
