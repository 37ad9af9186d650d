import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { post } from "../api/http";
import type { Commitment } from "../api/shapes";
import { useTrying } from "../app/trying";
import { useCommand } from "../app/command";
import { useReturn } from "../form/returning";
import { Sure } from "../form/Sure";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import type { Two } from "../meetings/people";
import { Last } from "../meetings/PlanForm";
import { daysOn, saidDay, todayIn } from "../time/zones";
import { words } from "../words";
import { byDay, isOpen } from "./due";

/** What the teacher will try, by when, and how both will know. */
export function Commitments({ page, two }: { page: OpenCycle; two: Two }) {
  const cycle = page.cycle.value!;
  const making = useSignal(false);
  const opener = useReturn(making.value);
  const all = Object.values(cycle.commitments).sort(byDay);
  const close = (): void => void (making.value = false);
  return (
    <div class="rule">
      <h3 id="commitments">{words.debrief.commitments}</h3>
      <p class="quiet">{words.debrief.commitmentsSay}</p>
      {all.length === 0 && <p>{words.debrief.commitmentsNone}</p>}
      <ul class="rows">{all.map((one) => <Item key={one.id} page={page} two={two} commitment={one} />)}</ul>
      {two.writes && (making.value
        ? <CommitmentForm page={page} two={two} close={close} />
        : <p><button type="button" ref={opener} onClick={() => (making.value = true)}>{words.debrief.make}</button></p>)}
    </div>
  );
}

function Item({ page, two, commitment }: { page: OpenCycle; two: Two; commitment: Commitment }) {
  const changing = useSignal(false);
  const opener = useReturn(changing.value);
  const { busy, says, run } = useCommand(`/api/cycles/${page.id}/commands`);
  const { id, text, due, measure, follow_ups, carried_from } = commitment;
  const last = follow_ups[follow_ups.length - 1];
  if (changing.value) {
    return <li><CommitmentForm page={page} two={two} commitment={commitment} close={() => (changing.value = false)} /></li>;
  }
  return (
    <li data-commitment={id}>
      <p class="said" dir="auto">{text}</p>
      <p><strong>{words.debrief.by(saidDay(due))}</strong> {last && <span class="tag">{words.debrief.answers[last.answer]}</span>} {carried_from && <span class="tag">{words.debrief.carried}</span>}</p>
      {measure && <p class="said" dir="auto">{words.debrief.know(measure)}</p>}
      <p role="alert" class="says">{says.value}</p>
      {two.writes && isOpen(commitment) && (
        <p class="actions">
          <button type="button" class="plain" ref={opener} onClick={() => (changing.value = true)}>{words.debrief.change}<span class="unseen"> {text}</span></button>
          {follow_ups.length === 0 && <Sure label={words.debrief.drop} about={text} question={words.debrief.dropSure} busy={busy.value} run={() => void run({ type: "drop_commitment", commitment: id })} />}
        </p>
      )}
    </li>
  );
}

function CommitmentForm({ page, two, commitment, close }: { page: OpenCycle; two: Two; commitment?: Commitment; close: () => void }) {
  const text = useSignal(commitment?.text ?? "");
  const due = useSignal(commitment?.due ?? "");
  const measure = useSignal(commitment?.measure ?? "");
  const missing = useSignal<string | null>(null);
  const theirs = useSignal<string | null>(null);
  const revision = useRef(commitment?.revision ?? 1);
  const unanswered = useRef<{ text: string; id: string }>({ text: "", id: "" });
  const fresh = useRef(newId());
  const { busy, problem, run } = useTrying();
  const first = useRef<HTMLTextAreaElement>(null);
  const day = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const teacher = page.cycle.value!.teacher;
  const today = todayIn(two.zone);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const said = { text: text.value.trim(), due: due.value, measure: measure.value.trim() };
    missing.value = said.text === "" ? words.debrief.needWhat : said.due === "" ? words.debrief.needWhen : null;
    if (missing.value) {
      (said.text === "" ? first : day).current?.focus();
      return;
    }
    const body = commitment
      ? { type: "change_commitment", commitment: commitment.id, revision: revision.current, ...said }
      : { type: "make_commitment", commitment: fresh.current, ...said };
    const written = JSON.stringify(body);
    if (unanswered.current.text !== written) unanswered.current = { text: written, id: newId() };
    if (await run(() => post(`/api/cycles/${page.id}/commands`, { id: unanswered.current.id, ...body }))) {
      close();
      return;
    }
    const refused = problem.value;
    if (refused && !refused.passing) unanswered.current = { text: "", id: "" };
    if (refused?.slug === "edited_meanwhile") {
      // What was typed stays; saved once more it goes over what the other one wrote.
      const now = refused.body as unknown as { text: string; revision: number };
      theirs.value = now.text;
      revision.current = now.revision;
    }
  }

  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <label class="field">
        <span>{two.me === teacher ? words.debrief.what : words.debrief.whatCoach(two.name(teacher))}</span>
        <textarea ref={first} rows={3} maxLength={5000} dir="auto" value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
      </label>
      <label class="field short">
        <span>{words.debrief.when}</span>
        <input ref={day} type="date" min={today} value={due.value} onInput={(event) => (due.value = event.currentTarget.value)} />
      </label>
      <p class="actions">
        {[7, 14, 21].map((days) => <button key={days} type="button" class="plain" onClick={() => (due.value = daysOn(today, days))}>{saidDay(daysOn(today, days))}</button>)}
      </p>
      <label class="field">
        <span>{words.debrief.measure}</span>
        <textarea rows={2} maxLength={5000} dir="auto" value={measure.value} onInput={(event) => (measure.value = event.currentTarget.value)} />
      </label>
      {theirs.value !== null && (
        <div class="card quietly" role="alert">
          <p>{words.debrief.meanwhile}</p>
          <blockquote dir="auto">{theirs.value}</blockquote>
          <p>{words.debrief.meanwhileSave}</p>
        </div>
      )}
      <Last says={missing.value ?? (theirs.value === null ? problem.value?.detail ?? null : null)} busy={busy.value} label={words.debrief.save} close={close} />
    </form>
  );
}
