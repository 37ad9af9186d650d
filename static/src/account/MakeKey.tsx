import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { post } from "../api/http";
import type { Scope, TokenMade } from "../api/shapes";
import { useTrying } from "../app/trying";
import { Field } from "../form/Field";
import { newId } from "../ids/uuid";
import { words } from "../words";

const SCOPES: Scope[] = ["upload", "read", "write"];
const LIVES: (number | null)[] = [30, 90, 365, null];

/** `unsure`: no answer came, so there may be one more than before; its secret is lost, and it can be ended. */
export function MakeKey({ made, close, unsure }: { made: (found: TokenMade) => void; close: () => void; unsure: () => void }) {
  const name = useSignal("");
  const scopes = useSignal<Scope[]>(["upload", "read"]);
  const days = useSignal<number | null>(90);
  const missing = useSignal<string | null>(null);
  const { busy, problem, run } = useTrying();
  const first = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => first.current?.focus(), []);

  async function make(event: Event): Promise<void> {
    event.preventDefault();
    missing.value = name.value.trim() === "" ? words.account.needKeyName : scopes.value.length === 0 ? words.account.needScope : null;
    if (missing.value) return;
    const answer = await run(() => post<TokenMade>("/api/tokens", { id: newId(), name: name.value.trim(), scopes: scopes.value, days: days.value }));
    if (answer) made(answer.done);
    else if (problem.value?.passing) unsure();
  }

  function tick(scope: Scope, on: boolean): void {
    scopes.value = SCOPES.filter((each) => (each === scope ? on : scopes.value.includes(each)));
    missing.value = null;
  }

  return (
    <form class="rule" onSubmit={(event) => void make(event)} noValidate>
      <Field label={words.account.keyName} hint={words.account.keyNameHint} value={name} autocomplete="off" input={first} />
      <fieldset class="field">
        <legend>{words.account.keyFor}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="check">
            <input type="checkbox" checked={scopes.value.includes(scope)} onChange={(event) => tick(scope, event.currentTarget.checked)} />
            <span>{words.account.scopes[scope]}</span>
          </label>
        ))}
      </fieldset>
      <label class="field" for={id}>
        <span>{words.account.keyLife}</span>
        <select id={id} value={String(days.value ?? "")} onChange={(event) => (days.value = Number(event.currentTarget.value) || null)}>
          {LIVES.map((each) => <option key={each} value={String(each ?? "")}>{each === null ? words.account.lifeOpen : words.account.lifeDays(each)}</option>)}
        </select>
      </label>
      <p role="alert" class="says">{missing.value ?? problem.value?.detail}</p>
      <p class="actions">
        <button type="submit" class="main" disabled={busy.value}>{words.account.makeKey}</button>
        <button type="button" class="plain" onClick={close}>{words.form.leaveIt}</button>
      </p>
    </form>
  );
}
