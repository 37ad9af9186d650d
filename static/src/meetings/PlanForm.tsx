import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Meeting } from "../api/shapes";
import { useCommand } from "../app/command";
import { newId } from "../ids/uuid";
import { words } from "../words";
import type { Two } from "./people";
import { chosen, useWhen, WhenFields } from "./When";

const KINDS = ["planning", "debrief", "check_in"] as const;
export type Kind = (typeof KINDS)[number];

interface Props { path: string; two: Two; close: () => void }

export function PlanForm({ path, two, close, kind: first }: Props & { kind: Kind }) {
  const when = useWhen(two.zone);
  const kind = useSignal<Kind>(first);
  const missing = useSignal<string | null>(null);
  const meeting = useRef(newId());
  const { busy, says, run } = useCommand(path);
  const start = useRef<HTMLSelectElement>(null);
  useEffect(() => start.current?.focus(), []);

  async function plan(event: Event): Promise<void> {
    event.preventDefault();
    const asked = chosen(when, two.zone);
    missing.value = typeof asked === "string" ? asked : null;
    if (typeof asked === "string") return;
    if (await run({ type: "plan_meeting", meeting: meeting.current, kind: kind.value, ...asked })) close();
  }

  return (
    <form class="rule" onSubmit={(event) => void plan(event)} noValidate>
      <label class="field">
        <span>{words.meetings.kind}</span>
        <select ref={start} value={kind.value} onChange={(event) => (kind.value = event.currentTarget.value as Kind)}>
          {KINDS.map((one) => <option key={one} value={one}>{words.meetings.kinds[one]}</option>)}
        </select>
      </label>
      <WhenFields when={when} two={two} />
      <Last says={missing.value ?? says.value} busy={busy.value} label={words.meetings.planIt} close={close} />
    </form>
  );
}

export function MoveForm({ path, two, close, meeting }: Props & { meeting: Meeting }) {
  const when = useWhen(two.zone, meeting);
  const missing = useSignal<string | null>(null);
  const { busy, says, run } = useCommand(path);

  async function move(event: Event): Promise<void> {
    event.preventDefault();
    const asked = chosen(when, two.zone);
    missing.value = typeof asked === "string" ? asked : null;
    if (typeof asked === "string") return;
    if (await run({ type: "move_meeting", meeting: meeting.id, ...asked })) close();
  }

  return (
    <form class="rule" onSubmit={(event) => void move(event)} noValidate>
      <WhenFields when={when} two={two} />
      <Last says={missing.value ?? says.value} busy={busy.value} label={words.meetings.moveTo} close={close} />
    </form>
  );
}

export function OfferForm({ path, two, close }: Props) {
  const when = useWhen(two.zone, undefined, 30);
  const weeks = useSignal("6");
  const missing = useSignal<string | null>(null);
  const offer = useRef(newId());
  const { busy, says, run } = useCommand(path);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const asked = chosen(when, two.zone, 30);
    missing.value = typeof asked === "string" ? asked : null;
    if (typeof asked === "string") return;
    if (await run({ type: "offer_check_ins", offer: offer.current, weeks: Number(weeks.value), time_zone: two.zone, ...asked })) close();
  }

  return (
    <form class="rule" onSubmit={(event) => void send(event)} noValidate>
      <p class="quiet">{words.meetings.weeklySays}</p>
      <WhenFields when={when} two={two} />
      <label class="field">
        <span>{words.meetings.weeks}</span>
        <select value={weeks.value} onChange={(event) => (weeks.value = event.currentTarget.value)}>
          {[2, 3, 4, 5, 6, 8, 10, 12, 16, 20].map((n) => <option key={n} value={String(n)}>{n}</option>)}
        </select>
      </label>
      <Last says={missing.value ?? says.value} busy={busy.value} label={words.meetings.offerIt} close={close} />
    </form>
  );
}

export function Last({ says, busy, label, close }: { says: string | null; busy: boolean; label: string; close: () => void }) {
  return (
    <>
      <p role="alert" class="says">{says}</p>
      <p class="actions">
        <button type="submit" class="main" disabled={busy}>{label}</button>
        <button type="button" class="plain" onClick={close}>{words.form.leaveIt}</button>
      </p>
    </>
  );
}
