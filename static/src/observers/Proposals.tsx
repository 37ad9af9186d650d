import type { CycleState, ObserverProposal } from "../api/shapes";
import { useCommand } from "../app/command";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import { scopeOf } from "./scope";

/** What the coach wishes. The teacher lets in and puts it away, or only puts it away. */
export function Proposals({ page, cycle, mayLetIn, letIn }: { page: OpenCycle; cycle: CycleState; mayLetIn: boolean; letIn: () => void }) {
  const proposals = Object.values(cycle.proposals);
  if (proposals.length === 0) return null;
  return (
    <section>
      <h3>{words.observers.proposals}</h3>
      <ul class="rows">{proposals.map((one) => <Proposed key={one.id} page={page} one={one} mayLetIn={mayLetIn} letIn={letIn} />)}</ul>
    </section>
  );
}

function Proposed({ page, one, mayLetIn, letIn }: { page: OpenCycle; one: ObserverProposal; mayLetIn: boolean; letIn: () => void }) {
  const settle = useCommand(`/api/cycles/${page.id}/commands`);
  const card = page.snapshot.value!.card;
  const put = (): void => void settle.run({ type: "settle_proposal", proposal: one.id });
  return (
    <li>
      <p dir="auto">{card.role === "teacher" ? words.observers.proposed(card.coach.name, one.who) : words.observers.youProposed(one.who)}</p>
      {one.why && <p class="body" dir="auto">{one.why}</p>}
      <p class="quiet" dir="auto">{scopeOf(page, one.lesson)}</p>
      <p class="actions">
        {mayLetIn && <button type="button" onClick={letIn}>{words.observers.letIn}<span class="unseen"> ({one.who})</span></button>}
        <button type="button" class="plain" disabled={settle.busy.value} onClick={put}>
          {card.role === "teacher" ? words.observers.putAway : words.observers.takeBack}<span class="unseen"> ({one.who})</span>
        </button>
      </p>
      <p role="alert" class="says">{settle.says.value}</p>
    </li>
  );
}
