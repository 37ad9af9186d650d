import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { useCommand } from "../app/command";
import { useFetched } from "../app/fetched";
import type { OverviewRow, ProgramPeople } from "../api/shapes";
import { words } from "../words";

interface Asked { program: string; row: OverviewRow; changed: () => void }

/** Another coach for a cycle. The teacher decides how; a lead reads nothing of the cycle by it. */
export function ProposeCoach(asked: Asked) {
  const open = useSignal(false);
  return (
    <>
      <button type="button" class="plain" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {words.overview.another}<span class="unseen"> ({asked.row.teacher.name})</span>
      </button>
      {open.value && <Choosing {...asked} />}
    </>
  );
}

function Choosing({ program, row, changed }: Asked) {
  const people = useFetched<ProgramPeople>(`/api/programs/${program}/people`);
  const propose = useCommand(`/api/programs/${program}/cycles/${row.id}/coach`);
  const chosen = useSignal("");
  const missing = useSignal<string | null>(null);
  const done = useSignal(false);
  const id = useId();
  const found = people.value.value;
  if (!found) return <p class="quiet" role="status">{people.problem.value?.detail ?? words.loading}</p>;
  const coaches = found.people.filter((each) => each.active && each.roles.includes("coach") && each.id !== row.coach.id && each.id !== row.teacher.id);
  async function send(coach: string | null): Promise<void> {
    done.value = false;
    missing.value = coach === "" ? words.people.choose : null;
    if (coach === "" || !(await propose.run({ type: "propose_coach", coach }))) return;
    done.value = coach !== null;
    changed();
  }
  return (
    <form onSubmit={(event) => { event.preventDefault(); void send(chosen.value); }} noValidate>
      <p class="quiet">{words.overview.anotherSays(row.teacher.name)}</p>
      {coaches.length === 0 ? <p>{words.overview.none}</p> : (
        <div class="field">
          <label for={id}>{words.roles.coach}</label>
          <select id={id} value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)}>
            <option value="">{words.people.choose}</option>
            {coaches.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
          </select>
        </div>
      )}
      <p role="alert" class="says">{missing.value ?? propose.says.value}</p>
      <p class="actions">
        {coaches.length > 0 && <button type="submit" disabled={propose.busy.value}>{words.overview.propose}</button>}
        {row.proposed_coach && <button type="button" class="plain" disabled={propose.busy.value} onClick={() => void send(null)}>{words.overview.takeBack}</button>}
      </p>
      <div role="status" class="answer">{done.value && <p>{words.overview.proposedNow}</p>}</div>
    </form>
  );
}
