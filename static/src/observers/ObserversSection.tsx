import { useSignal } from "@preact/signals";
import type { CycleState, Observer } from "../api/shapes";
import { useCommand } from "../app/command";
import { later } from "../app/later";
import { Sure } from "../form/Sure";
import type { OpenCycle } from "../live/cycle";
import { PersonName } from "../people/Face";
import { session } from "../session/session";
import { words } from "../words";
import { lastDay } from "./days";
import { Proposals } from "./Proposals";
import { scopeOf } from "./scope";

const LetIn = later(async () => (await import("./LetIn")).LetIn);
const Propose = later(async () => (await import("./Propose")).Propose);
const Invited = later(async () => (await import("./Invited")).Invited);

/** Who was let in besides the two, and until when. The teacher lets in and ends it, the coach proposes. */
export function ObserversSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  const role = page.snapshot.value?.card.role;
  if (!cycle || !role) return null;
  return role === "observer" ? <Observing page={page} cycle={cycle} /> : <Besides page={page} cycle={cycle} teacher={role === "teacher"} />;
}

function Besides({ page, cycle, teacher }: { page: OpenCycle; cycle: CycleState; teacher: boolean }) {
  const letting = useSignal(false);
  const invitations = useSignal(0);
  const observers = Object.values(cycle.observers);
  const closed = cycle.stage === "closed" || cycle.cancelled !== null;
  return (
    <section class="card" aria-label={words.observers.title}>
      <p class="quiet">{teacher ? words.observers.says : words.observers.coachSays(page.snapshot.value!.card.teacher.name)}</p>
      {observers.length === 0 && <p>{words.observers.none}</p>}
      <ul class="rows">{observers.map((one) => <Present key={one.id} page={page} one={one} mayEnd={teacher} />)}</ul>
      {teacher && <Invited page={page} cycle={cycle} turn={invitations.value} />}
      <Proposals page={page} cycle={cycle} mayLetIn={teacher && !closed} letIn={() => (letting.value = true)} />
      {!closed && teacher && (
        letting.value ? <LetIn page={page} cycle={cycle} done={() => invitations.value++} close={() => (letting.value = false)} />
          : <p class="actions"><button type="button" onClick={() => (letting.value = true)}>{words.observers.letIn}</button></p>
      )}
      {!closed && !teacher && (
        letting.value ? <Propose page={page} close={() => (letting.value = false)} />
          : <p class="actions"><button type="button" onClick={() => (letting.value = true)}>{words.observers.propose}</button></p>
      )}
    </section>
  );
}

function Present({ page, one, mayEnd }: { page: OpenCycle; one: Observer; mayEnd: boolean }) {
  const end = useCommand(`/api/cycles/${page.id}/commands`);
  const name = page.snapshot.value?.people[one.person]?.name ?? words.observers.role;
  const over = Date.parse(one.until) <= Date.now();
  return (
    <li>
      <p class="line"><PersonName role="observer" name={name} /> <span class="quiet" dir="auto">{scopeOf(page, one.lesson)}</span></p>
      <p class="quiet">{over ? words.observers.over(lastDay(one.until)) : words.observers.until(lastDay(one.until))}</p>
      {mayEnd && (
        <Sure
          label={words.observers.end} about={name} question={words.observers.endSure(name)} busy={end.busy.value}
          run={() => void end.run({ type: "end_observing", observer: one.id })}
        />
      )}
      <p role="alert" class="says">{end.says.value}</p>
    </li>
  );
}

/** For an observer: what this is, and the way out. */
function Observing({ page, cycle }: { page: OpenCycle; cycle: CycleState }) {
  const leave = useCommand(`/api/cycles/${page.id}/commands`);
  const me = session.value?.person.id;
  const mine = Object.values(cycle.observers).filter(({ person, lesson }) => person === me && lesson === null);
  const last = mine.map(({ until }) => until).sort().pop();
  if (!last) return null;
  async function out(): Promise<void> {
    for (const one of mine) if (!(await leave.run({ type: "end_observing", observer: one.id }))) return;
  }
  return (
    <section class="card quietly">
      <p>{words.observers.youObserve(lastDay(last))}</p>
      <Sure label={words.observers.leave} question={words.observers.leaveSure} busy={leave.busy.value} run={() => void out()} />
      <p role="alert" class="says">{leave.says.value}</p>
    </section>
  );
}
