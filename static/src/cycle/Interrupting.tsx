import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { CancelCycle, PauseCycle } from "../api/shapes";
import { Sure } from "../form/Sure";
import { words } from "../words";
import type { Acting } from "./StageActions";

const PAUSES = Object.keys(words.moving.pauseReasons) as PauseCycle["reason"][];
const ENDS = (Object.keys(words.moving.cancelReasons) as CancelCycle["reason"][]).filter((reason) => reason !== "coach_changed");

/** Pausing, and ending early, each with a reason from a list. */
export function Interrupting({ cycle, act }: Acting) {
  const pause = useSignal<PauseCycle["reason"]>("timetable");
  const end = useSignal<CancelCycle["reason"]>("by_agreement");
  const busy = act.busy.value;
  return (
    <>
      {!cycle.paused && (
        <div class="rule">
          <h3>{words.moving.pause}</h3>
          <p class="quiet">{words.moving.pauseHint}</p>
          <Reason reasons={PAUSES} names={words.moving.pauseReasons} chosen={pause} />
          <p class="actions"><button type="button" disabled={busy} onClick={() => void act.run({ type: "pause_cycle", reason: pause.value })}>{words.moving.pause}</button></p>
        </div>
      )}
      <div class="rule">
        <h3>{words.moving.cancel}</h3>
        <p class="quiet">{words.moving.cancelHint}</p>
        <Reason reasons={ENDS} names={words.moving.cancelReasons} chosen={end} />
        <p class="actions"><Sure label={words.moving.cancel} question={words.moving.cancelSure} busy={busy} run={() => void act.run({ type: "cancel_cycle", reason: end.value })} /></p>
      </div>
    </>
  );
}

function Reason<R extends string>({ reasons, names, chosen }: { reasons: R[]; names: Record<R, string>; chosen: Signal<R> }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{words.moving.why}</label>
      <select id={id} value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value as R)}>
        {reasons.map((reason) => <option key={reason} value={reason}>{names[reason]}</option>)}
      </select>
    </div>
  );
}
