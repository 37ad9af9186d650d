import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { CycleState } from "../api/shapes";
import { useCommand } from "../app/command";
import { EmailField, Field } from "../form/Field";
import { newId } from "../ids/uuid";
import type { OpenCycle } from "../live/cycle";
import { words } from "../words";
import { endOf, inDays } from "./days";
import { invitationsOf } from "./invitations";
import "./observers.css";

interface Asked { page: OpenCycle; cycle: CycleState; done(): void; close(): void }

/** An address, what they may see in plain words, and until when. What was typed stays until it is taken. */
export function LetIn({ page, cycle, done, close }: Asked) {
  const email = useSignal("");
  const name = useSignal("");
  const lesson = useSignal<string | null>(null);
  const until = useSignal(inDays(14));
  const missing = useSignal<string | null>(null);
  const says = useSignal<string | null>(null);
  const observer = useRef({ id: newId(), about: "" });
  const letIn = useCommand(`/api/cycles/${page.id}/commands`);
  const mail = invitationsOf(page.id).value?.mail ?? true;
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const lessons = page.snapshot.value!.card.lessons;
  const chosen = lessons.find((one) => one.id === lesson.value);
  useEffect(() => input.current?.focus(), []);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const address = email.value.trim();
    const end = endOf(until.value);
    missing.value = address === "" ? words.observers.needEmail : end === null ? words.observers.needDay : null;
    says.value = null;
    if (missing.value || end === null) return input.current?.focus();
    // The same id until there is an answer; another address, lesson or day is another letting in.
    const about = JSON.stringify([address, lesson.value, end, name.value]);
    if (observer.current.about !== about) observer.current = { id: newId(), about };
    const asked = { observer: observer.current.id, email: address, until: end, lesson: lesson.value, name: name.value.trim() };
    if (!(await letIn.run({ type: "let_observer_in", ...asked }))) return;
    observer.current = { id: newId(), about: "" };
    says.value = mail ? words.observers.done(address) : words.observers.doneNoMail;
    email.value = name.value = "";
    done();
  }

  return (
    <form class="let-in" onSubmit={(event) => void send(event)} noValidate aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{words.observers.letIn}</h3>
      <EmailField label={words.observers.email} value={email} autocomplete="off" input={input} />
      {!mail && <Field label={words.observers.who} value={name} autocomplete="off" />}
      <fieldset class="field">
        <legend>{words.observers.what}</legend>
        {[null, ...lessons].map((one) => (
          <label key={one?.id ?? ""} class="check">
            <input type="radio" name={`${id}-what`} checked={lesson.value === (one?.id ?? null)} onChange={() => (lesson.value = one?.id ?? null)} />
            <span dir="auto">{one ? words.observers.lesson(one.title) : words.observers.whole}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{words.observers.untilDay}</span>
        <input type="date" value={until.value} min={inDays(0)} max={inDays(364)} onInput={(event) => (until.value = event.currentTarget.value)} />
      </label>
      <div class="see" role="status">
        <p dir="auto">{chosen ? words.observers.see.lesson(chosen.title) : words.observers.see.whole}</p>
        {chosen && !cycle.lessons.some((one) => one.lesson === chosen.id) && <p>{words.observers.see.early}</p>}
        <p>{words.observers.see.never}</p>
      </div>
      <p role="alert" class="says">{missing.value ?? letIn.says.value}</p>
      <p class="actions">
        <button type="submit" class="main" disabled={letIn.busy.value}>{words.observers.send}</button>
        <button type="button" class="plain" onClick={close}>{words.close}</button>
      </p>
      <p role="status" class="answer">{says.value}</p>
    </form>
  );
}
