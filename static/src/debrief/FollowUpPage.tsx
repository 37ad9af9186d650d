import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { CycleSnapshot, Id, Session } from "../api/shapes";
import { useFetched } from "../app/fetched";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { Unsent } from "../outbox/command";
import { discard, heldUp, submit, unsent } from "../outbox/outbox";
import { daysOn, saidDay, todayIn } from "../time/zones";
import { words } from "../words";
import { waiting } from "./due";
import { type Answer, keepDraft, type Said, useDraft } from "./draft";

const ANSWERS: Answer[] = ["kept", "adapted", "not_yet"];

/** One minute on a phone, straight from a letter: what became of a commitment. `next`: the one that is longest due. */
export function FollowUpPage({ who, id, commitment: asked }: { who: Session; id: Id; commitment: Id | "next" }) {
  const found = useFetched<CycleSnapshot>(`/api/cycles/${id}`);
  const snapshot = found.value.value;
  const sent = useSignal(false);
  const due = snapshot ? waiting(snapshot.cycle.commitments, todayIn(who.person.time_zone)) : [];
  const commitment = asked === "next" ? due[0]?.id ?? "" : asked;
  useTitle(words.debrief.followUp);
  const path = `/api/cycles/${id}/commands`;
  const mine = unsent.value.find(({ path: to, body }) => to === path && body.type === "follow_up" && body.commitment === commitment);
  if (!snapshot) {
    const problem = found.problem.value;
    // Words that wait are kept here also where the page itself cannot be fetched just now.
    return problem ? <Trouble problem={problem} again={found.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  const { cycle, card } = snapshot;
  const known = cycle.commitments[commitment];
  const rest = due.filter((one) => one.id !== commitment);
  return (
    <div class="column-page">
      <p class="crumb"><a href={`/cycles/${id}`}>{words.debrief.cycle(card.number, card.coach.name)}</a></p>
      <h1>{words.debrief.followUp}</h1>
      {!known ? <p>{asked === "next" ? words.debrief.noneDue : words.debrief.gone}</p> : (
        <>
          <blockquote class="said" dir="auto">{known.text}</blockquote>
          <p class="quiet">{words.debrief.by(saidDay(known.due))}</p>
          {known.measure && <p class="said" dir="auto">{words.debrief.know(known.measure)}</p>}
          {who.person.id !== cycle.teacher ? <p>{words.debrief.onlyTeacher(card.teacher.name)}</p>
            : sent.value || mine ? <Sent item={mine} cycle={id} next={rest[0]?.id} edit={(said) => {
                keepDraft(who.person.id, commitment, said);
                sent.value = false;
              }} />
            : <Form key={commitment} who={who} path={path} commitment={commitment} done={() => (sent.value = true)} />}
        </>
      )}
    </div>
  );
}

interface FormProps { who: Session; path: string; commitment: Id; done: () => void }

function Form({ who, path, commitment, done }: FormProps) {
  const said = useDraft(who.person.id, commitment);
  const missing = useSignal<string | null>(null);
  const details = useRef<HTMLDivElement>(null);
  const { answer } = said.value;
  const before = useRef(answer);
  useLayoutEffect(() => {
    if (before.current === null && answer !== null) details.current?.scrollIntoView({ block: "nearest" });
    before.current = answer;
  }, [answer]);
  const put = (change: Partial<Said>): void => {
    missing.value = null;
    said.value = { ...said.value, ...change };
    keepDraft(who.person.id, commitment, said.value);
  };

  function send(event: Event): void {
    event.preventDefault();
    const { answer, again, evidence, still_need, coach_could } = said.value;
    missing.value = answer === null ? words.debrief.choose : null;
    if (answer === null) return;
    const texts = { evidence: evidence.trim(), still_need: still_need.trim(), coach_could: coach_could.trim() };
    submit(path, { type: "follow_up", commitment, answer, ...texts, again: answer === "not_yet" && again ? again : null });
    keepDraft(who.person.id, commitment, null);
    done();
  }

  const today = todayIn(who.person.time_zone);
  return (
    <form class="follow-up" onSubmit={send} noValidate>
      <fieldset>
        <legend class="unseen">{words.debrief.followUp}</legend>
        {ANSWERS.map((one) => (
          <label key={one} class={`big ${answer === one ? "chosen" : ""}`}>
            <input type="radio" name="answer" class="unseen" checked={answer === one} onChange={() => put({ answer: one })} />
            <strong>{words.debrief.answers[one]}</strong>
            <span>{words.debrief.answerSays[one]}</span>
          </label>
        ))}
      </fieldset>
      {answer !== null && (
        <div ref={details}>
          {answer === "not_yet" && (
            <>
              <label class="field short">
                <span>{words.debrief.again}</span>
                <input type="date" min={today} value={said.value.again} onInput={(event) => put({ again: event.currentTarget.value })} />
              </label>
              <p class="actions">
                {[7, 14].map((days) => <button key={days} type="button" class="plain" onClick={() => put({ again: daysOn(today, days) })}>{saidDay(daysOn(today, days))}</button>)}
              </p>
            </>
          )}
          <Text label={words.debrief.evidence} said={said} name="evidence" put={put} />
          <Text label={words.debrief.stillNeed} said={said} name="still_need" put={put} />
          <Text label={words.debrief.coachCould} said={said} name="coach_could" put={put} />
          <p class="quiet">{words.debrief.optional}</p>
        </div>
      )}
      <p role="alert" class="says">{missing.value}</p>
      <p class="actions"><button type="submit" class="main wide">{words.debrief.send}</button></p>
    </form>
  );
}

type TextName = "evidence" | "still_need" | "coach_could";

function Text({ label, said, name, put }: { label: string; said: Signal<Said>; name: TextName; put: (change: Partial<Said>) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea rows={2} maxLength={5000} dir="auto" value={said.value[name]} onInput={(event) => put({ [name]: event.currentTarget.value })} />
    </label>
  );
}

/** It is on its way or there: what comes next. One that was refused can be changed; nothing that was written is lost. */
function Sent({ item, cycle, next, edit }: { item: Unsent | undefined; cycle: Id; next: Id | undefined; edit: (said: Said) => void }) {
  const heading = useRef<HTMLParagraphElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const refused = item?.refused ?? null;

  function change(): void {
    if (item?.body.type !== "follow_up") return;
    const { answer, evidence = "", still_need = "", coach_could = "", again = null } = item.body;
    discard(item.id);
    edit({ answer, evidence, still_need, coach_could, again: again ?? "" });
  }

  if (refused !== null) {
    return (
      <div role="alert" class="rule">
        <p>{words.debrief.refused(refused)}</p>
        <p><button type="button" class="main" onClick={change}>{words.debrief.edit}</button></p>
      </div>
    );
  }
  return (
    <div class="rule">
      <p ref={heading} tabIndex={-1} role="status"><strong>{item ? (heldUp.value ? words.debrief.keptHere : words.debrief.sending) : words.debrief.thanks}</strong></p>
      {next ? <p><a class="button main" href={`/cycles/${cycle}/follow-up/${next}`}>{words.debrief.nextOne}</a></p> : <p>{words.debrief.nextNone}</p>}
      <p><a class="button" href={`/cycles/${cycle}`}>{words.debrief.toCycle}</a></p>
    </div>
  );
}
