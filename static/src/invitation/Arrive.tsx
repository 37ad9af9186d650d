import { useSignal } from "@preact/signals";
import { useId, useMemo, useRef } from "preact/hooks";
import { post } from "../api/http";
import type { Problem } from "../api/problem";
import type { InvitationOffer, Session } from "../api/shapes";
import { navigate } from "../app/router";
import { useTrying } from "../app/trying";
import { EmailField, Field } from "../form/Field";
import { enter } from "../session/session";
import { words } from "../words";
import { justJoined } from "./joined";
import { zones } from "./zones";

interface Arriving { token: string; offer: InvitationOffer; onItsWay: (email: string) => void; over: (why: Problem) => void }

/** For whoever is not signed in: a name, and an address where the invitation went to none. */
export function Arrive({ token, offer, onItsWay, over }: Arriving) {
  const known = useMemo(zones, []);
  const name = useSignal(offer.name ?? "");
  const email = useSignal("");
  const zone = useSignal(known.own);
  const missing = useSignal<string | null>(null);
  const { busy, problem, run } = useTrying();
  const nameInput = useRef<HTMLInputElement>(null);
  const emailInput = useRef<HTMLInputElement>(null);
  const id = useId();
  const handed = offer.email === null;

  async function join(event: Event): Promise<void> {
    event.preventDefault();
    const address = email.value.trim();
    const [says, input] = name.value.trim() === "" ? [words.invitation.needName, nameInput]
      : handed && address === "" ? [words.session.needEmail, emailInput] : [null, null];
    missing.value = says;
    input?.current?.focus();
    if (says) return;
    const body = { token, name: name.value.trim(), time_zone: zone.value, ...(handed ? { email: address } : {}) };
    const answer = await run(() => post<Session | undefined>("/api/invitations/accept", body));
    if (!answer) {
      if (problem.value?.slug === "invitation_over") over(problem.value);
      return;
    }
    if (!answer.done) return onItsWay(offer.email ?? address);
    if (!answer.done.has_password) justJoined.value = { mail: offer.mail };
    enter(answer.done);
    navigate("/", true);
  }

  return (
    <form onSubmit={(event) => void join(event)} noValidate>
      <Field label={words.invitation.name} value={name} autocomplete="name" input={nameInput} hint={words.invitation.nameHint} />
      {handed ? <EmailField value={email} autocomplete="email" input={emailInput} hint={offer.mail ? words.invitation.emailHint : undefined} />
        : <p class="quiet">{words.invitation.address(offer.email!)}</p>}
      <label class="field" for={id}>
        <span>{words.invitation.zone}</span>
        <select id={id} value={zone.value} onChange={(event) => (zone.value = event.currentTarget.value)} aria-describedby={`${id}-hint`}>
          {known.all.map((each) => <option key={each} value={each}>{each.replaceAll("_", " ")}</option>)}
        </select>
        <small id={`${id}-hint`} class="quiet">{words.invitation.zoneHint}</small>
      </label>
      <p role="alert" class="says">{missing.value ?? problem.value?.detail}</p>
      <p class="actions"><button type="submit" class="main" disabled={busy.value}>{offer.role === "observer" ? words.observers.invitation.join : words.invitation.join(offer.program)}</button></p>
    </form>
  );
}
