import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { post } from "../api/http";
import type { Invited, Role } from "../api/shapes";
import { useTrying } from "../app/trying";
import { CopyOnce } from "../form/CopyOnce";
import { EmailField } from "../form/Field";
import { newId } from "../ids/uuid";
import { words } from "../words";

const ROLES: Role[] = ["teacher", "coach", "lead"];

interface Asked { program: string; mail: boolean; wants: Role; changed: () => void }

/** By letter, or by a link to hand over. `wants`: the role that the program lacks most. */
export function Invite({ program, mail, wants, changed }: Asked) {
  const role = useSignal<Role | null>(null);
  const by = useSignal<"letter" | "link">(mail ? "letter" : "link");
  const email = useSignal("");
  const missing = useSignal<string | null>(null);
  const made = useSignal<Invited | null>(null);
  const { busy, problem, run } = useTrying();
  // The same id until there is an answer: a second press after a lost one invites nobody twice.
  const next = useRef({ id: newId(), for: "" });
  const input = useRef<HTMLInputElement>(null);
  const name = useId();
  const chosen = role.value ?? wants;

  async function invite(event: Event): Promise<void> {
    event.preventDefault();
    const address = by.value === "letter" ? email.value.trim() : null;
    missing.value = address === "" ? words.session.needEmail : null;
    made.value = null;
    if (missing.value) return input.current?.focus();
    const about = `${chosen} ${address}`;
    if (next.current.for !== about) next.current = { id: newId(), for: about };
    const answer = await run(() => post<Invited>(`/api/programs/${program}/invitations`, { id: next.current.id, role: chosen, email: address }));
    if (!answer) return;
    next.current = { id: newId(), for: "" };
    made.value = answer.done;
    email.value = "";
    changed();
  }

  return (
    <section class="card" aria-labelledby={`${name}-title`}>
      <h2 id={`${name}-title`}>{words.people.invite}</h2>
      <form onSubmit={(event) => void invite(event)} noValidate>
        <fieldset class="field">
          <legend>{words.people.as}</legend>
          {ROLES.map((each) => (
            <label key={each} class="check">
              <input type="radio" name={`${name}-role`} checked={chosen === each} onChange={() => (role.value = each)} />
              <span>{words.roles[each]} <span class="quiet">{words.people.roleSays[each]}</span></span>
            </label>
          ))}
        </fieldset>
        {mail && (
          <fieldset class="field">
            <legend>{words.people.how}</legend>
            {(["letter", "link"] as const).map((each) => (
              <label key={each} class="check">
                <input type="radio" name={`${name}-by`} checked={by.value === each} onChange={() => (by.value = each)} />
                <span>{words.people.by[each]}</span>
              </label>
            ))}
          </fieldset>
        )}
        {by.value === "letter" ? <EmailField value={email} autocomplete="off" input={input} /> : <p class="quiet">{mail ? words.people.linkSays : words.people.linkSaysNoMail}</p>}
        <p role="alert" class="says">{missing.value ?? problem.value?.detail}</p>
        <p class="actions">
          <button type="submit" class="main" disabled={busy.value}>{words.people.send[by.value]}</button>
        </p>
      </form>
      <div role="status" class="answer">{made.value?.email && <p>{words.people.sent(made.value.email)}</p>}</div>
      {made.value?.link && <CopyOnce label={words.people.linkFor(words.roles[made.value.role])} text={made.value.link} />}
    </section>
  );
}
