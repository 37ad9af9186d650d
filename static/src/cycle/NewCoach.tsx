import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { Sure } from "../form/Sure";
import { newId } from "../ids/uuid";
import { words } from "../words";
import type { Acting } from "./StageActions";

/** Another coach is proposed: the teacher chooses what they see; the coach reads that it is so. */
export function NewCoach({ cycle, found, act }: Acting) {
  const sees = useSignal<boolean | null>(null);
  const missing = useSignal(false);
  const next = useRef(newId());
  const name = useId();
  const { card } = found;
  const proposed = card.proposed_coach;
  if (!proposed) return null;
  if (card.role !== "teacher") return <p class="notice">{words.moving.proposedOther(proposed.name, card.teacher.name)}</p>;
  const ways = [
    { way: true, text: words.moving.seesEarlier(proposed.name) },
    { way: false, text: words.moving.beginsAnew(proposed.name) },
  ];
  const take = (): void => {
    if (sees.value !== null) void act.run({ type: "take_new_coach", coach: proposed.id, sees_earlier: sees.value, cycle: next.current });
  };
  return (
    <section class="once" aria-labelledby={name}>
      <h2 id={name}>{words.moving.proposedTitle(proposed.name)}</h2>
      <p>{words.moving.proposedSays(card.coach.name)}</p>
      <fieldset class="field">
        <legend class="unseen">{words.moving.proposedTitle(proposed.name)}</legend>
        {ways.map(({ way, text }) => (
          <label key={String(way)} class="check">
            <input type="radio" name={`${name}-way`} checked={sees.value === way} onChange={() => { sees.value = way; missing.value = false; }} />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      <p role="alert" class="says">{missing.value && words.moving.choose}</p>
      <p class="actions">
        {sees.value === null
          ? <button type="button" class="main" onClick={() => (missing.value = true)}>{words.moving.take(proposed.name)}</button>
          : <Sure main key={String(sees.value)} label={words.moving.take(proposed.name)} question={words.moving.takeSure(sees.value, proposed.name)} busy={act.busy.value || cycle.proposed_coach === null} run={take} />}
      </p>
    </section>
  );
}
