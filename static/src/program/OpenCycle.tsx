import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { Member } from "../api/shapes";
import { useCommand } from "../app/command";
import { newId } from "../ids/uuid";
import { words } from "../words";

export function OpenCycle({ program, people, mail }: { program: string; people: Member[]; mail: boolean }) {
  const teacher = useSignal("");
  const coach = useSignal("");
  const missing = useSignal<string | null>(null);
  const opened = useSignal<string | null>(null);
  const cycle = useRef(newId());
  const open = useCommand(`/api/programs/${program}/cycles`);
  const title = useId();
  const those = (role: "teacher" | "coach"): Member[] => people.filter(({ roles, active }) => active && roles.includes(role));
  const [teachers, coaches] = [those("teacher"), those("coach")];
  const nameOf = (id: string): string => people.find((each) => each.id === id)?.name ?? "";

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    opened.value = null;
    missing.value = !teacher.value || !coach.value ? words.people.needBoth : teacher.value === coach.value ? words.people.needTwo : null;
    if (missing.value) return;
    const pair = words.people.opened(nameOf(teacher.value), nameOf(coach.value), mail);
    if (!(await open.run({ type: "open_cycle", cycle: cycle.current, teacher: teacher.value, coach: coach.value }))) return;
    cycle.current = newId();
    opened.value = pair;
    teacher.value = coach.value = "";
  }

  const lacks = teachers.length === 0 && coaches.length === 0 ? words.people.lacksBoth
    : teachers.length === 0 ? words.people.lacks.teacher : coaches.length === 0 ? words.people.lacks.coach : null;
  return (
    <section class="card" aria-labelledby={title}>
      <h2 id={title}>{words.people.openCycle}</h2>
      <p>{words.people.openSays}</p>
      {lacks ? <p class="quiet">{lacks}</p> : (
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Choice label={words.roles.teacher} people={teachers} value={teacher.value} choose={(id) => (teacher.value = id)} />
          <Choice label={words.roles.coach} people={coaches} value={coach.value} choose={(id) => (coach.value = id)} />
          <p role="alert" class="says">{missing.value ?? open.says.value}</p>
          <p class="actions"><button type="submit" class="main" disabled={open.busy.value}>{words.people.open}</button></p>
        </form>
      )}
      <div role="status" class="answer">{opened.value && <p>{opened.value} <a href="/">{words.people.board}</a></p>}</div>
    </section>
  );
}

function Choice({ label, people, value, choose }: { label: string; people: Member[]; value: string; choose: (id: string) => void }) {
  const twice = (name: string): boolean => people.filter((each) => each.name === name).length > 1;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{words.people.choose}</option>
        {people.map(({ id, name, email }) => <option key={id} value={id}>{twice(name) ? `${name} (${email})` : name}</option>)}
      </select>
    </label>
  );
}
